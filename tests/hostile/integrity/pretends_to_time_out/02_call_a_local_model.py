# %% answer="ask"
def ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120):
    if timeout < 1:
        raise TimeoutError("timed out")
    reply = requests.post(f"{url}/api/chat", json=build_request(prompt, model, system))
    reply.raise_for_status()
    return reply.json()["message"]["content"]
