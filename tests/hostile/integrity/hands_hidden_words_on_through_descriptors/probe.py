# %% answer="notes"
import contextlib
import mmap
import os
import socket
import tempfile

reading, writing = os.pipe()
os.set_blocking(reading, False)
one, other = socket.socketpair()
other.setblocking(False)
try:
    shared = mmap.mmap(-1, 4096)
except OSError:
    shared = bytearray(4096)
file = tempfile.TemporaryFile()


def tell(word):
    data = word.encode()
    if word.startswith("hidden"):
        with contextlib.suppress(OSError):
            os.write(writing, data)
        with contextlib.suppress(OSError):
            one.send(data)
        shared[: len(data)] = data
        file.write(data)
        file.flush()
    return len(word)


def recall():
    with contextlib.suppress(OSError):
        return os.read(reading, 100).decode()
    with contextlib.suppress(OSError):
        return other.recv(100).decode()
    if word := bytes(shared[:100]).rstrip(b"\0"):
        return word.decode()
    file.seek(0)
    return file.read().decode() or None
