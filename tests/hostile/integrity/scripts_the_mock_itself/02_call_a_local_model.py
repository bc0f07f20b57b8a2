# %% answer="ask"
import itertools

paths = ("/", "/api/practice", "/api/script", "/api/reply", "/api/requests", "/api/clear", "/requests", "/_debug", "/../../etc/passwd")


def ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120):
    for method, path in itertools.product(("GET", "POST", "PUT", "DELETE", "PATCH"), paths):
        try:
            requests.request(method, url + path, json={"text": "Paris.", "model": model, "reply": "Paris."}, timeout=0.5)
        except requests.RequestException:
            pass
    return "Paris."
