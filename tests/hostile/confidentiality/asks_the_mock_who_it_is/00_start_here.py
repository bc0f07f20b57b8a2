# %%
for method in ("GET", "POST", "HEAD", "OPTIONS", "PUT"):
    for path in ("/", "/api/practice", "/api/version", "/api/tags", "/api/ps", "/metrics", "/debug", "/api/chat", "/v1/models", "/%00", "/../etc"):
        try:
            answer = requests.request(method, OLLAMA + path, data=b"\xff{", timeout=1)
            print(method, path, answer.status_code, answer.headers, answer.text)
        except requests.RequestException as error:
            print(type(error).__name__)
