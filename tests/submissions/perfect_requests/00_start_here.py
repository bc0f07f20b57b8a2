# %% answer="stays_here"
def stays_here(url):
    """True if this URL leads to the computer the code runs on."""
    host = urlsplit(url).hostname
    if host == "localhost" or host == "127.0.0.1":
        return True
    return False

# %%
print(stays_here("http://localhost:8888"))

# %% answer="speaker"
def speaker(reply):
    """Who speaks in a reply, for example "assistant"."""
    message = reply["message"]
    role = message["role"]
    return role

# %% answer="first_reply"
def first_reply(reply):
    if reply.get("error") is not None:
        return f"Error: {reply['error']}"
    else:
        return reply["message"]["content"]
