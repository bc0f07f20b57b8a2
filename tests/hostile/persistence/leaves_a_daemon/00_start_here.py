# %%
import os
import signal
import socket
import subprocess
import time

with socket.socket(socket.AF_UNIX) as talk:
    try:
        talk.connect("\0@mark@-daemon")
        print(@leaked@)
    except OSError:
        pass
if not os.fork():
    os.setsid()
    if os.fork():
        os._exit(0)
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        try:
            signal.signal(number, signal.SIG_IGN)
        except OSError:
            pass
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("\0@mark@-daemon")
    listener.listen()
    os.closerange(0, listener.fileno())
    open("/proc/self/comm", "w").write("@mark@")
    time.sleep(60)
    os._exit(0)
subprocess.Popen(["sh", "-c", "trap '' TERM HUP INT; setsid nohup sleep 61 '' @mark@ & sleep 60; : @mark@"], start_new_session=True)
