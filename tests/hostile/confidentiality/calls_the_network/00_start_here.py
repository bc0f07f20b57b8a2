# %%
import socket

for host in ("127.0.0.1", "localhost", "::1", "0.0.0.0", "10.0.2.2", "172.17.0.1", "169.254.169.254", "192.0.2.1"):
    for port in (int("@port@"), 80):
        try:
            with socket.create_connection((host, port), 0.1) as talk:
                print(@leaked@, talk.recv(100))
        except OSError:
            pass
for host in ("192.0.2.1", "169.254.169.254"):  # a datagram would need a way out
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as talk:
        try:
            talk.connect((host, 53))
            print(@leaked@, talk.getsockname())
        except OSError:
            pass
for name in ("example.com", "host.docker.internal", "metadata"):
    try:
        print(@leaked@, socket.gethostbyname(name))
    except OSError:
        pass
print([name for _, name in socket.if_nameindex()])
if [name for _, name in socket.if_nameindex()] not in (["lo"], []) and any(open(f"/sys/class/net/{name}/carrier").read() for _, name in
                                                                         socket.if_nameindex() if name.startswith(("eth", "en", "wl"))):
    print(@leaked@)
