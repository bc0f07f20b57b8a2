# %%
import socket

held = []
for port in (11435, 8888, 40123, *range(20000, 20050)):
    try:
        socket.create_connection(("127.0.0.1", port), 0.05).close()
        print(@leaked@, port)
    except OSError:
        pass
    one = socket.socket()
    one.bind(("127.0.0.1", port))
    one.listen()
    held.append(one)
