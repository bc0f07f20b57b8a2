# %% answer="speaker"
def speaker(reply):
    return "\ud83d" + reply["message"]["role"]

# %%
print("\udcff half a character \ud83d")

# %%
class Odd(Exception):
    def __str__(self):
        return "\ud800"


raise Odd("\udfff")

# %%
from IPython.display import HTML

HTML("\ud800<p>")
