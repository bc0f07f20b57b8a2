# %%
import glob
import os

for path in [*glob.glob("*"), "@planted@/gradebook.db", "@planted@/hidden.py",
             "@planted@/submitted/neighbour/m13/00_start_here.ipynb", "@planted@/solutions/m13/00_start_here.ipynb"]:
    for way in (lambda: open(path, "a").write("forged"), lambda: os.rename(path, path + ".old"), lambda: os.unlink(path), lambda: os.truncate(path, 0)):
        try:
            way()
        except OSError:
            pass
