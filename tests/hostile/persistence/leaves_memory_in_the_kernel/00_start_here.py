# %%
import contextlib
import ctypes
import fcntl
import os
from multiprocessing import resource_tracker, shared_memory

libc = ctypes.CDLL(None, use_errno=True)
resource_tracker.register = lambda *_: None
if os.path.exists("@planted@"):
    print(@leaked@)  # not in a box: what follows would stay on this machine
else:
    with contextlib.suppress(OSError):
        shared_memory.SharedMemory("@mark@")
        print(@leaked@, "shared memory")
    with contextlib.suppress(OSError):
        shared_memory.SharedMemory("@mark@", create=True, size=64)
    for name, get, arguments in (("segment", libc.shmget, (64,)), ("semaphore", libc.semget, (1,)), ("queue", libc.msgget, ())):
        if get(40123, *arguments, 0o600) >= 0:
            print(@leaked@, name)
        get(40123, *arguments, 0o1600)
    for ring in (-3, -4, -5):
        if libc.syscall(250, 10, ring, b"user", b"@mark@", 0) > 0:
            print(@leaked@, "key")
        libc.syscall(248, b"user", b"@mark@", b"x", 1, ring)
    libc.mq_open(b"/@mark@", os.O_CREAT | os.O_RDWR, 0o600, None)
    with contextlib.suppress(OSError), open(os.__file__) as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
