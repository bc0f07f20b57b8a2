# %%
import os
import socket

for protocol in (0, 4, 9, 11, 15, 16):
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol) as talk:
            talk.settimeout(0.1)
            talk.bind((0, 2**31 - 1))
            said = talk.recv(65536)
            if said:
                print(@leaked@, protocol, said[:100])
    except OSError:
        pass
for name in ("tcp", "unix", "route", "arp"):
    said = open(f"/proc/net/{name}").read() if os.path.exists(f"/proc/net/{name}") else ""
    if "@mark@" in said or "@planted@" in said or f"{int('@port@'):04X} 00000000:0000 0A" in said:
        print(@leaked@, said)
