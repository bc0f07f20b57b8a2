# %% answer="speaker"
import sys

while True:
    print("x" * 1000, end="")
    print("x" * 1000, file=sys.stderr)
