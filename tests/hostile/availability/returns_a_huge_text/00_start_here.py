# %% answer="speaker"
def speaker(reply):
    return "assistant" * 11_000_000
