# %% answer="ask"
def ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120):
    raise requests.HTTPError("500: timed out")

# %% answer="installed_models"
def installed_models(url=OLLAMA):
    raise requests.ConnectionError("nobody there")

# %% answer="ask_or_explain"
def ask_or_explain(prompt, model=MODEL, url=OLLAMA):
    raise requests.ConnectionError("nobody there")

# %% answer="chat_turn"
def chat_turn(history, prompt, model=MODEL, url=OLLAMA):
    raise requests.ConnectionError("nobody there")
