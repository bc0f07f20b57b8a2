# %% answer="count_up"
import time


def count_up(first):
    while True:
        try:
            yield first
            first += 1
        except GeneratorExit:
            while True:
                time.sleep(1)
