# %% answer="stays_here"
def stays_here(url):
    knot = []
    knot.append(knot)
    return knot

# %% answer="speaker"
def speaker(reply):
    nested = []
    for _ in range(100_000):
        nested = [nested]
    return nested

# %% answer="first_reply"
def first_reply(reply):
    return 10**1_000_000
