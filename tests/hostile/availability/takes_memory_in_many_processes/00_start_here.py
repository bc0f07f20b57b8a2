# %% answer="speaker"
import os
import time

for _ in range(8):
    if not os.fork():
        held = []
        for _ in range(20):
            held.append(bytearray(b"x") * (10 * 2**20))
            time.sleep(0.01)
        time.sleep(30)
        os._exit(0)
time.sleep(30)
