# %% answer="build_request"
def build_request(prompt, model, system=None):
    return {"model": model, "messages": [{}] * 120_000 + [[0]] * 40_000, "stream": True}

# %% answer="installed_models"
def installed_models(url=OLLAMA):
    return ["llama3.2:latest" * 10] * 90_000 + ["x" * 1_000_000]

# %% answer="chat_turn"
def chat_turn(history, prompt, model=MODEL, url=OLLAMA):
    return [{"role": "user", "content": "{" * 30}] * 50_000

# %% answer="ask"
def ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120):
    return "{" * 7_000_000
