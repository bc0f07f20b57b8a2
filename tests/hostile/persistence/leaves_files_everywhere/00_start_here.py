# %%
import os

places = {"/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run", "/run/lock", "/var/lock", "/var/spool/cron", "/mnt", "/", "/home", "..", os.path.expanduser("~"),
          "@planted@", "@checkout@"}
for place in places:
    for name in ("@mark@", "-rf @mark@", "@mark@\n\x1b[31m", "@mark@.ipynb"):
        path = os.path.join(place, name)
        if os.path.lexists(path):
            print(@leaked@)
        try:
            with open(path, "w") as file:
                file.write("sticky")
            os.chmod(path, 0o4755)
        except OSError:
            pass
