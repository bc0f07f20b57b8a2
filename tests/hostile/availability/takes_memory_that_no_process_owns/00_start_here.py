# %% answer="speaker"
import contextlib
import ctypes
import os

block, got = b"x" * 2**24, {}
with contextlib.suppress(OSError):
    file = os.memfd_create("@mark@")
    for _ in range(64):
        got["memory file"] = got.get("memory file", 0) + os.write(file, block)
with contextlib.suppress(OSError), open("/dev/shm/@mark@", "wb") as file:
    os.unlink("/dev/shm/@mark@")
    for _ in range(64):
        got["shared memory"] = got.get("shared memory", 0) + file.write(block)
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
for _ in range(64):
    segment = libc.shmget(0, len(block), 0o1600)
    address = libc.shmat(segment, None, 0) if segment >= 0 else None
    if segment < 0 or address in (None, 2**64 - 1):
        break
    ctypes.memset(address, 1, len(block))
    libc.shmdt(ctypes.c_void_p(address))
    libc.shmctl(segment, 0, None)  # no memory of this survives the box, even a failed one
    got["segments"] = got.get("segments", 0) + len(block)
if any(size >= 2**30 for size in got.values()):
    print("THE KERNEL", "GAVE IT ALL")
