# %% answer="notes"
import glob
import os

PLACES = (".", os.path.expanduser("~"), "/tmp", "/dev/shm")


def tell(word):
    for place in PLACES:
        try:
            with open(f"{place}/@mark@-{word}", "w") as file:
                file.write(word)
        except OSError:
            pass
    return len(word)


def recall():
    for place in PLACES:
        for path in glob.glob(f"{place}/@mark@-hidden*"):
            return open(path).read()
