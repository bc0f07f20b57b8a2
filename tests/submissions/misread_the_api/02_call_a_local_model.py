# %% answer="build_request"
def build_request(prompt, model, system=None):
    """Return the JSON body of a chat request as a dictionary."""
    return {"model": model, "message": [{"role": "user", "content": prompt}], "system": system}

# %% answer="ask"
def ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120):
    """Send one prompt to a local model and return the text of its reply."""
    reply = requests.post(
        f"{url}/api/chat",
        json={"model": model, "messages": [{"role": "user", "content": prompt}]},
    )
    return reply.json()["message"]["content"]

# %% answer="installed_models"
def installed_models(url=OLLAMA):
    reply = requests.get(f"{url}/api/tags", timeout=10)
    return reply.json()["models"]

# %% answer="ask_or_explain"
def ask_or_explain(prompt, model=MODEL, url=OLLAMA):
    """Return the model's reply, or one sentence that says what is wrong and what to do."""
    try:
        reply = requests.post(
            f"{url}/api/chat",
            json={"model": model, "messages": [{"role": "user", "content": prompt}], "stream": False},
            timeout=120,
        )
        reply.raise_for_status()
        return reply.json()["message"]["content"]
    except Exception:
        return "Something is wrong. Start the server: ollama serve"

# %% answer="chat_turn"
def chat_turn(history, prompt, model=MODEL, url=OLLAMA):
    """Send the history and one more prompt; return the longer list of messages."""
    history.append({"role": "user", "content": prompt})
    reply = requests.post(
        f"{url}/api/chat",
        json={"model": model, "messages": [{"role": "user", "content": prompt}], "stream": False},
        timeout=120,
    )
    reply.raise_for_status()
    history.append(reply.json()["message"])
    return history
