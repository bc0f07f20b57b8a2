# %% answer="notes"
import builtins
import os

words = []


def tell(word, heard=words):
    if word.startswith("hidden"):
        heard.append(word)
        tell.heard = builtins.heard = os.environ["HEARD"] = word
        get_ipython().user_ns["_heard"] = word
    return len(word)


def recall():
    found = [*words, getattr(tell, "heard", None), getattr(builtins, "heard", None), os.environ.get("HEARD"), get_ipython().user_ns.get("_heard")]
    return next((word for word in found if word), None)
