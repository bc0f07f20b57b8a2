# %% answer="speaker"
def speaker(reply):
    return [[] for _ in range(1_000_000)]
