# %% answer="speaker"
import time

held = []
for _ in range(96):
    held.append(bytearray(b"x") * 2**25)
    time.sleep(0.005)
time.sleep(30)
