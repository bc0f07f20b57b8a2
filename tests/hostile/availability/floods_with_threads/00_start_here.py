# %% answer="speaker"
import threading


def speaker(reply):
    return reply["message"]["role"]


for _ in range(300):
    threading.Thread(target=threading.Event().wait).start()
