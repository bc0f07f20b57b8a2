# %% answer="build_request"
def build_request(prompt, model, system=None):
    """Return the JSON body of a chat request as a dictionary."""
    return {"model": model, "messages": [{"role": "user", "content": prompt}], "stream": False}

# %% answer="ask"
def ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120):
    """Send one prompt to a local model and return the text of its reply."""
    reply = requests.post(
        f"{url}/api/chat",
        json=build_request(prompt, model, system),
        timeout=timeout,
    )
    return reply.json()["message"]["content"]

# %%
# trying things out
ask("Why is the sky blue?")
hint("installed_models")
