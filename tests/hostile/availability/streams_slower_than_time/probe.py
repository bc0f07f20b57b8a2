# %% answer="count_up"
import time


def count_up(first):
    while True:
        yield first
        first += 1
        time.sleep(1.3)
