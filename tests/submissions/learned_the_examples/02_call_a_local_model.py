# %% answer="build_request"
def build_request(prompt, model, system=None):
    """Return the JSON body of a chat request as a dictionary."""
    messages = []
    if system is not None:
        messages.append({"role": "system", "content": system})
    messages.append({"role": "user", "content": prompt.strip()})
    return {"model": model, "messages": messages, "stream": False}

# %% answer="installed_models"
def installed_models(url=OLLAMA):
    reply = requests.get(f"{url}/api/tags", timeout=10)
    reply.raise_for_status()
    return [entry["name"] for entry in reply.json()["models"][:3]]
