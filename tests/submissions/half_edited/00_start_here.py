# %% answer="stays_here"
def stays_here(url):
    """True if this URL leads to the computer the code runs on."""
    host = urlsplit(url).hostname  # "http://localhost:8000/api" -> "localhost"
    return host in ("...", "...")   # the two names of this computer

# %% answer="speaker"
def speeker(reply):
    """Who speaks in a reply, for example "assistant"."""
    message = reply["message"]  # open the part that holds who spoke and what was said
    return message["role"]

# %% answer="first_reply"
first_reply = data["message"]["content"]
