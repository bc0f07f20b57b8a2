# %% answer="speaker"
import contextlib
import os

os.mkdir("/tmp/@mark@")
os.chdir("/tmp/@mark@")
count = 0
with contextlib.suppress(OSError):
    while count < 20_000:
        open(f"{count}", "w").close()
        count += 1
with contextlib.suppress(OSError):
    for _ in range(2_000):
        os.mkdir("x" * 100)
        os.chdir("x" * 100)
if count == 20_000:
    print("IT ALL", "FITS")
