# %% answer="speaker"
def speaker(reply):
    return reply["message"]["role"]

# %%
def unfinished(:

# %%
1 / 0

# %%
import a_module_that_nobody_has
