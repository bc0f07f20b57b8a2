# %% answer="speaker"
import os
import threading
import time


def speaker(reply):
    return reply["message"]["role"]


def chatter():
    for number in range(2000):
        print("background", number)
        time.sleep(0.001)


threading.Thread(target=chatter, daemon=True).start()
if not os.fork():
    for _ in range(2000):
        os.write(1, b"child\n")
        time.sleep(0.001)
    os._exit(0)
