# %% answer="ask"
import time

held = []


def ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120):
    body = build_request(prompt, model, system) | {"stream": True}
    held.append(requests.post(f"{url}/api/chat", json=body, stream=True, timeout=timeout))
    time.sleep(60)
