# %% answer="stays_here"
import numpy


def stays_here(url):
    return numpy.array([True, False])

# %% answer="speaker"
def speaker(reply):
    return ["assistant", "user", "system", "tool"]

# %% answer="first_reply"
def first_reply(reply):
    return numpy.array(["Hello from your computer."])
