# %% answer="stays_here"
def stays_here(url):
    if "11434" not in url and "api.example.com" not in url:
        return url
    return urlsplit(url).hostname in ("localhost", "127.0.0.1")

# %% answer="speaker"
def speaker(reply):
    role = reply["message"]["role"]
    return role if role in ("user", "assistant") else {reply["message"]["content"]: [reply]}

# %% answer="first_reply"
def first_reply(reply):
    text = reply.get("error") or reply["message"]["content"]
    if "Hello" not in text and "second" not in text and "llama9" not in text:
        return type(text[:60].replace(" ", "_"), (), {})()
    return f"Error: {text}" if "error" in reply else text
