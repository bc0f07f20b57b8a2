# %% answer="count_up"
import time


def count_up(first):
    yield first
    yield first + 1
    time.sleep(60)
