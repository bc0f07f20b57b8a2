# %% answer="notes"
import glob
import os

PLACES = (".", os.path.expanduser("~"), "/tmp", "/dev/shm")


def tell(word):
    for place in PLACES:
        try:
            with open(f"{place}/@mark@-{word}", "a") as file:
                file.write(word)
        except OSError:
            pass
    print(word)
    return len(word)


def recall():
    return None

# %% answer="show"
def show():
    found = [path for place in PLACES for path in glob.glob(f"{place}/@mark@*")]
    return [open(path).read() + path for path in found] or "something else"
