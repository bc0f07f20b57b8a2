# %% answer="build_request"
def build_request(prompt, model, system=None):
    """Return the JSON body of a chat request as a dictionary."""
    messages = [{"role": "system", "content": system}] if system is not None else []
    return {"model": model, "messages": [*messages, {"role": "user", "content": prompt}], "stream": False}

# %%
session = requests.Session()
session.headers["User-Agent"] = "my course notebook"

# %% answer="ask"
session = requests.Session()


def post_chat(url, body, timeout=120):
    answer = session.post(f"{url}/api/chat", json=body, timeout=timeout)
    answer.raise_for_status()
    return answer.json()


def ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120):
    """Send one prompt to a local model and return the text of its reply."""
    return post_chat(url, build_request(prompt, model, system), timeout)["message"]["content"]

# %%
for question in ["What is a token?", "What is a weight?"]:
    print(ask(question))

# %% answer="installed_models"
def installed_models(url=OLLAMA):
    answer = session.get(f"{url}/api/tags", timeout=10)
    answer.raise_for_status()
    return sorted(entry["name"] for entry in answer.json()["models"])

# %% answer="ask_or_explain"
def ask_or_explain(prompt, model=MODEL, url=OLLAMA):
    """Return the model's reply, or one sentence that says what is wrong and what to do."""
    try:
        text = post_chat(url, build_request(prompt, model))["message"]["content"]
    except requests.HTTPError as problem:
        status, body = problem.response.status_code, problem.response.text
        if status == 404 and model in body:
            return f"Run `ollama pull {model}` first."
        return f"Status {status}: {body}"
    except requests.ConnectionError:
        return "Nobody there: run `ollama serve`."
    return text if text.strip() else "The reply has no text in it."

# %% answer="chat_turn"
def chat_turn(history, prompt, model=MODEL, url=OLLAMA):
    """Send the history and one more prompt; return the longer list of messages."""
    said = history + [dict(role="user", content=prompt)]
    reply = post_chat(url, {"model": model, "messages": said, "stream": False})
    return said + [reply["message"]]
