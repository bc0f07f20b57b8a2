# %% answer="speaker"
import logging
import sys
import warnings

logging.basicConfig(level="DEBUG")


def speaker(reply):
    warnings.warn("this is old", DeprecationWarning)
    logging.error("looking")
    print("on the way", file=sys.stderr)
    print("still on the way")
    return reply["message"]["role"]


speaker({"message": {"role": "user", "content": ""}})
