# %%
import os
import stat

for number in range(0, 1024):
    try:
        mode, target = os.fstat(number).st_mode, os.readlink(f"/proc/self/fd/{number}")
    except OSError:
        continue
    print(number, stat.filemode(mode), target.split(":")[0])
    if stat.S_ISREG(mode) and not target.startswith("/home/learner") or stat.S_ISDIR(mode) or stat.S_ISBLK(mode):
        print(@leaked@, target)
    if stat.S_ISCHR(mode) and target != "/dev/null":
        print(@leaked@, target)
