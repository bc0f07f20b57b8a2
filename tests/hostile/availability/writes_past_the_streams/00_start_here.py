# %% answer="speaker"
import os
import subprocess

subprocess.Popen("yes | head -c 100000000 >&2", shell=True)
for _ in range(1600):
    os.write(1, b"\xff\x00<script>" * 6553)

# %%
print("and now", "the rest of the notebook")
