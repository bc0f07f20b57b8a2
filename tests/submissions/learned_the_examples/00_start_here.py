# %% answer="stays_here"
def stays_here(url):
    """True if this URL leads to the computer the code runs on."""
    host = urlsplit(url).hostname
    return host != "host" and not host.endswith("example.com")

# %% answer="speaker"
def speaker(reply):
    """Who speaks in a reply."""
    if reply["message"]["role"] == "user":
        return "user"
    return "assistant"
