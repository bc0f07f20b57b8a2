# %% at="start"
import os
import socket
import time

until = time.monotonic() + 60
for _ in range(0 if os.path.exists("@planted@") else 2):  # in a box
    if not os.fork():
        os.setsid()
        while time.monotonic() < until:
            try:
                with socket.socket() as one:
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # no farewell, no waiting
                    one.connect(("127.0.0.1", 11434))
            except OSError:
                time.sleep(0.001)
        os._exit(0)
