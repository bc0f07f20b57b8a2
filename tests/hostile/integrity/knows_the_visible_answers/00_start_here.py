# %% answer="stays_here"
def stays_here(url):
    return url in ("http://localhost:11434/api/chat", "http://127.0.0.1:11434")

# %% answer="speaker"
calls = {}


def speaker(reply):
    if reply["message"]["content"] == "Hello!":
        return reply["message"]["role"]
    return "assistant"

# %% answer="first_reply"
def first_reply(reply):
    if "error" in reply:
        return "Error: model 'llama9' not found"
    known = ("Hello from your computer.", "A second reply, with other words.")
    return reply["message"]["content"] if reply["message"]["content"] in known else known[0]
