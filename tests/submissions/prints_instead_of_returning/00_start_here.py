# %% answer="stays_here"
def stays_here(url):
    """True if this URL leads to the computer the code runs on."""
    host = urlsplit(url).hostname
    print(host in ("localhost", "127.0.0.1"))

# %% answer="speaker"
def speaker(reply):
    """Who speaks in a reply, for example "assistant"."""
    message = reply["message"]
    print(message["role"])

# %% answer="first_reply"
def first_reply(reply):
    """The text of a reply."""
    if "error" in reply:
        print("Error: " + reply["error"])
    else:
        print(reply["message"]["content"])
