# %%
import os

for name in os.listdir("/dev"):
    if name not in ("null", "zero", "full", "random", "urandom", "fd", "stdin", "stdout", "stderr", "shm", "pts", "ptmx", "tty", "console", "core", "mqueue"):
        print(@leaked@, name)
for path in ("/dev/mem", "/dev/kmsg", "/dev/sda", "/dev/vda", "/proc/kcore", "/proc/kmsg", "/sys/firmware", "/sys/kernel/debug", "/boot"):
    try:
        print(@leaked@, os.listdir(path) if os.path.isdir(path) and os.listdir(path) else open(path, "rb").read(10))
    except OSError:
        pass
for path in ("/proc/self/oom_score_adj", "/proc/self/uid_map", "/proc/self/setgroups", "/proc/self/attr/current"):
    try:
        before = open(path).read()
        if path.endswith("oom_score_adj"):
            with open(path, "wb", buffering=0) as file:
                file.write(b"-999")
            print(@leaked@, path)
    except OSError:
        pass
for path in ("/proc/sys/kernel/hostname", "/etc/hosts", "/usr/bin", os.path.dirname(os.__file__)):
    if os.access(path, os.W_OK):
        print(@leaked@, path)
