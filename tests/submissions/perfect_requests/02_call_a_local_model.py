# %% answer="build_request"
def build_request(prompt, model, system=None):
    """Return the JSON body of a chat request as a dictionary."""
    user = {"role": "user", "content": prompt}
    if system:
        messages = [{"role": "system", "content": system}, user]
    else:
        messages = [user]
    return dict(model=model, stream=False, messages=messages)

# %% answer="ask"
def ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120):
    """Send one prompt to a local model and return the text of its reply."""
    response = requests.post(f"{url}/api/chat", json=build_request(prompt, model, system), timeout=timeout)
    if not response.ok:
        response.raise_for_status()
    data = response.json()
    return data["message"]["content"]

# %%
print(ask("What is a model?", system="Answer like a pirate."))

# %% answer="installed_models"
def installed_models(url=OLLAMA):
    response = requests.get(url + "/api/tags", timeout=30)
    response.raise_for_status()
    names = []
    for model in response.json()["models"]:
        names.append(model["name"])
    return names

# %%
installed_models()

# %% answer="ask_or_explain"
def ask_or_explain(prompt, model=MODEL, url=OLLAMA):
    """Return the model's reply, or one sentence that says what is wrong and what to do."""
    try:
        response = requests.post(f"{url}/api/chat", json=build_request(prompt, model), timeout=120)
    except requests.exceptions.RequestException:
        return "Ollama does not answer. Start it with: ollama serve"
    if response.status_code == 404 and "model" in response.text:
        return f"The model {model} is not there. Get it with: ollama pull {model}"
    if response.status_code != 200:
        return f"Error {response.status_code}: {response.text}"
    text = response.json()["message"]["content"]
    if text == "":
        return "There is no text in the reply."
    return text

# %% answer="chat_turn"
def chat_turn(history, prompt, model=MODEL, url=OLLAMA):
    """Send the history and one more prompt; return the longer list of messages."""
    messages = list(history)
    messages.append({"role": "user", "content": prompt})
    response = requests.post(url + "/api/chat", json={"model": model, "messages": messages, "stream": False}, timeout=120)
    response.raise_for_status()
    messages.append(response.json()["message"])
    return messages
