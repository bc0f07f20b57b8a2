# %% answer="speaker"
import contextlib
import http.client
import socket

for body in (b"x" * 20_000_000, b"[" * 1_000_000, b'{"model": ' * 100_000, b'{"model": "' + b"x" * 1_500_000 + b'"}', b"9" * 1_000_000):
    with contextlib.suppress(OSError, http.client.HTTPException):
        talk = http.client.HTTPConnection("127.0.0.1", 11434, timeout=0.2)
        talk.request("POST", "/api/chat", body)
        talk.getresponse().read()
for start in (b"GET /" + b"x" * 10_000_000, b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 1_000_000,
              b"POST /api/chat HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + b"5\r\nhello\r\n" * 1_000_000):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", 11434), 1) as raw:
        raw.settimeout(0.2)
        raw.sendall(start)
while True:
    with contextlib.suppress(OSError, http.client.HTTPException):
        talk = http.client.HTTPConnection("127.0.0.1", 11434, timeout=0.2)
        for _ in range(50):
            talk.request("POST", "/api/chat", b'{"model": "llama3.2", "messages": [], "stream": false}')
            talk.getresponse().read()
