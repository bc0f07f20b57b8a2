# %% answer="speaker"
exit()

# %%
raise SystemExit(0)

# %%
raise KeyboardInterrupt

# %%
import os
import signal

os.kill(os.getpid(), signal.SIGINT)
