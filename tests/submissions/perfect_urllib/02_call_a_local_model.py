# %% answer="build_request"
def build_request(prompt, model, system=None):
    """Return the JSON body of a chat request as a dictionary."""
    roles = ["system", "user"] if system is not None else ["user"]
    texts = [system, prompt] if system is not None else [prompt]
    return {
        "model": model,
        "stream": False,
        "messages": [{"role": role, "content": text} for role, text in zip(roles, texts)],
    }

# %% answer="ask"
import json
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen


def post_json(address, body, timeout):
    request = Request(address, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"})
    with urlopen(request, timeout=timeout) as reply:
        return json.load(reply)


def ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120):
    """Send one prompt to a local model and return the text of its reply."""
    return post_json(url + "/api/chat", build_request(prompt, model, system), timeout)["message"]["content"]

# %% answer="installed_models"
def installed_models(url=OLLAMA):
    with urlopen(url + "/api/tags", timeout=10) as reply:
        return [model["name"] for model in json.load(reply)["models"]]

# %% answer="ask_or_explain"
def ask_or_explain(prompt, model=MODEL, url=OLLAMA):
    """Return the model's reply, or one sentence that says what is wrong and what to do."""
    try:
        text = ask(prompt, model, url)
    except HTTPError as problem:
        body = problem.read().decode()
        if problem.code == 404 and "model" in body:
            return f"{model} is not installed, run: ollama pull {model}"
        return f"Error {problem.code}, the server wrote: {body}"
    except URLError:
        return "No answer at all. Is it running? Try: ollama serve"
    if not text:
        return "It answered, but there is no text."
    return text

# %% answer="chat_turn"
def chat_turn(history, prompt, model=MODEL, url=OLLAMA):
    """Send the history and one more prompt; return the longer list of messages."""
    messages = history.copy()
    messages.append({"role": "user", "content": prompt})
    reply = post_json(url + "/api/chat", {"model": model, "messages": messages, "stream": False}, 120)
    messages.append(reply["message"])
    return messages
