# %% answer="speaker"
import gc

for thing in gc.get_objects():
    if isinstance(thing, dict) and "stays_here" in thing:
        thing["stays_here"] = None
stays_here = None

# %%
%reset -f
