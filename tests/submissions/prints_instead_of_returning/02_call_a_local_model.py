# %% answer="build_request"
def build_request(prompt, model, system=None):
    """Return the JSON body of a chat request as a dictionary."""
    messages = []
    if system is not None:
        messages.append({"role": "system", "content": system})
    messages.append({"role": "user", "content": prompt})
    print({"model": model, "messages": messages, "stream": False})

# %% answer="ask"
def ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120):
    """Send one prompt to a local model and return the text of its reply."""
    messages = [{"role": "system", "content": system}] if system else []
    messages.append({"role": "user", "content": prompt})
    reply = requests.post(
        f"{url}/api/chat", json={"model": model, "messages": messages, "stream": False}, timeout=timeout
    )
    reply.raise_for_status()
    print(reply.json()["message"]["content"])
