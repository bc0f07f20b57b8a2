# %% answer="ask"
import time


def slowly(*args, **kwargs):
    time.sleep(1.3)
    return "x"


ask = slowly

# %% answer="installed_models"
installed_models = slowly

# %% answer="ask_or_explain"
ask_or_explain = slowly

# %% answer="chat_turn"
chat_turn = slowly

# %%
import os
import signal

if not os.path.exists("@planted@"):  # in a box
    os.kill(-1, signal.SIGKILL)
