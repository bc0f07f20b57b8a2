# %% answer="stays_here"
list, str, id, type, input = [1, 2], "a text", 7, "x", None
stays_here = lambda url: urlsplit(url).hostname in ("localhost", "127.0.0.1")

# %% answer="speaker"
import asyncio


async def speaker(reply):
    await asyncio.sleep(0)
    return reply["message"]["role"]

# %% answer="first_reply"
from functools import partial


class Reader:
    def __call__(self, prefix, reply):
        return prefix + reply["error"] if "error" in reply else reply["message"]["content"]


first_reply = partial(Reader(), "Error: ")
