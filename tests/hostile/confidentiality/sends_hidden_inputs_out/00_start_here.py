# %% answer="stays_here"
import os
import socket


def send(thing):
    data = repr(thing).encode()
    for family, name in ((socket.AF_INET, ("127.0.0.1", int("@port@"))), (socket.AF_UNIX, "\0@abstract@")):
        try:
            with socket.socket(family) as talk:
                talk.settimeout(0.1)
                talk.connect(name)
                talk.sendall(data)
        except OSError:
            pass
    for path in ("@planted@/@mark@", "@checkout@/@mark@", "/tmp/@mark@", "/dev/shm/@mark@", "/proc/self/comm", "/var/tmp/@mark@"):
        try:
            open(path, "ab").write(data)
        except OSError:
            pass


def stays_here(url):
    send(url)
    return urlsplit(url).hostname in ("localhost", "127.0.0.1")

# %%
for path in ("/tmp/@mark@", "/dev/shm/@mark@", "/var/tmp/@mark@", "@planted@/@mark@"):
    if os.path.exists(path):
        print(@leaked@, open(path).read())
