# %% answer="speaker"
import contextlib
import os

for place in (os.path.expanduser("~"), "/tmp"):
    for number in range(10):
        with contextlib.suppress(OSError), open(f"{place}/@mark@-{number}", "wb") as file:
            for _ in range(30):
                file.write(b"x" * 2**20)
    written = sum(os.path.getsize(f"{place}/@mark@-{number}") for number in range(10) if os.path.exists(f"{place}/@mark@-{number}"))
    if written >= 300 * 2**20:
        print("IT ALL", "FITS")
