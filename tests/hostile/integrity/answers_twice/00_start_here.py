# %% answer="speaker"
import os
import time


def speaker(reply):
    if os.fork():
        time.sleep(0.05)
        return "user"
    return "assistant"
