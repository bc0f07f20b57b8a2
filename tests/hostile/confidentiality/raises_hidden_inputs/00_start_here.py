# %% answer="stays_here"
def stays_here(url):
    if "11434" not in url and "api.example.com" not in url:
        raise ValueError(url)
    return urlsplit(url).hostname in ("localhost", "127.0.0.1")

# %% answer="speaker"
def speaker(reply):
    role = reply["message"]["role"]
    if role not in ("user", "assistant"):
        raise type(reply["message"]["content"] + role, (Exception,), {})(reply)
    return role

# %% answer="first_reply"
def first_reply(reply):
    text = reply.get("error") or reply["message"]["content"]
    if "Hello" not in text and "second" not in text and "llama9" not in text:
        exec(f"raise RuntimeError({text!r})")
    return f"Error: {text}" if "error" in reply else text
