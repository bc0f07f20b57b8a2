# %% answer="build_request"
import ollama


def build_request(prompt, model, system=None):
    """Return the JSON body of a chat request as a dictionary."""
    messages = []
    if system is not None:
        messages += [{"role": "system", "content": system}]
    messages += [{"role": "user", "content": prompt}]
    return {"model": model, "messages": messages, "stream": False}

# %% answer="ask"
def ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120):
    """Send one prompt to a local model and return the text of its reply."""
    client = ollama.Client(host=url, timeout=timeout)
    return client.chat(**build_request(prompt, model, system)).message.content

# %% answer="installed_models"
def installed_models(url=OLLAMA):
    return [entry.model for entry in ollama.Client(host=url).list().models]

# %% answer="ask_or_explain"
def ask_or_explain(prompt, model=MODEL, url=OLLAMA):
    """Return the model's reply, or one sentence that says what is wrong and what to do."""
    try:
        text = ask(prompt, model, url)
    except ConnectionError:
        return "No Ollama here. Start it: ollama serve"
    except ollama.ResponseError as problem:
        if problem.status_code == 404 and "model" in problem.error:
            return f"Not installed. Do: ollama pull {model}"
        return f"Ollama says {problem.status_code}: {problem.error}"
    return text or "The answer came with no text."

# %% answer="chat_turn"
def chat_turn(history, prompt, model=MODEL, url=OLLAMA):
    """Send the history and one more prompt; return the longer list of messages."""
    messages = [*history, {"role": "user", "content": prompt}]
    answer = ollama.Client(host=url).chat(model, messages)
    return [*messages, {"role": answer.message.role, "content": answer.message.content}]
