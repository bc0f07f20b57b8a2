# %% answer="speaker"
import os
import socket
import time


def speaker(reply):
    if not os.fork():
        os.setsid()
        if os.fork():
            os._exit(0)
        try:
            open("/proc/self/comm", "w").write("@mark@")
            listener = socket.socket(socket.AF_UNIX)
            listener.bind("\0@mark@-call")
            listener.listen()
            time.sleep(60)
        finally:
            os._exit(0)
    return reply["message"]["role"]

# %%
with socket.socket(socket.AF_UNIX) as talk:
    try:
        talk.connect("\0@mark@-call")
        print(@leaked@)
    except OSError:
        pass
