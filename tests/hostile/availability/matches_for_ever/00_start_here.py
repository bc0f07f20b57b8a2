# %% answer="speaker"
import re


def speaker(reply):
    return re.fullmatch(r"(a|aa|b?)+c", "a" * 60 + "b")
