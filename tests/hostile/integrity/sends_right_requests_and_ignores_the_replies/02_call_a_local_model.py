# %% answer="ask"
def ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120):
    reply = requests.post(f"{url}/api/chat", json=build_request(prompt, model, system), timeout=timeout)
    reply.raise_for_status()
    return "Paris."
