# %% answer="stays_here"
!sleep 60

# %% answer="speaker"
import subprocess


def speaker(reply):
    subprocess.run(["sleep", "60"])
