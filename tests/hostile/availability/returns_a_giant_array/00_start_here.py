# %% answer="stays_here"
import numpy


def stays_here(url):
    return numpy.zeros(10**8)

# %% answer="speaker"
def speaker(reply):
    return numpy.broadcast_to(numpy.float64(1), (2**31, 2**31))

# %% answer="first_reply"
def first_reply(reply):
    loop = numpy.empty(1, object)
    loop[0] = loop
    return loop
