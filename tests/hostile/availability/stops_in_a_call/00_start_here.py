# %% answer="speaker"
import os
import signal


def speaker(reply):
    os.kill(os.getpid(), signal.SIGSTOP)
