# %% answer="stays_here"
def stays_here(url):
    """True if this URL leads to the computer the code runs on."""
    return "localhost" in url or "127.0.0.1" in url

# %% answer="speaker"
def speaker(reply):
    """Who speaks in a reply."""
    if reply["message"]["role"] == "user":
        return "user"
    return "assistant"
