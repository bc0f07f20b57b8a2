# ---
# title: Call a local model
# ---

# %% [markdown]
# # Call a local model
#
# A local model is one web request away, and that request never leaves your computer. Here you learn to make it in four steps, and to
# read the error when it fails.
#
# **You will be able to**
#
# 1. **build** a request, send it, and take the text out of the raw reply (`build_request`, `ask`, `installed_models`),
# 2. **explain** a failure from its status and body, and fix it (`ask_or_explain`),
# 3. **hold** a conversation with a model that remembers nothing (`chat_turn`).
#
# **You need** [lesson 00](00_start_here.ipynb) and Python's functions, lists, dictionaries and `try`/`except`. **Time**:
# about 60 minutes. A good place to stop for today is the end of section 3.

# %%
import requests

from localmodels import check, connect, hint, quiz
from localmodels.unfinished import you_wrote

OLLAMA = connect()
MODEL = "{{ models.default }}"

# %% [markdown]
# ## 1. One request, one reply (7 min)
#
# A `NameError`, "name ... is not defined", means that the cells above have not run: *Run > Run All Above Selected Cell*.
#
# **Predict.** No cable, no Wi-Fi. Will this request get a reply? Write it into the first line; run.

# %%
my_guess_offline = "..."  # yes or no, and why

response = requests.post(
    f"{OLLAMA}/api/chat",
    json={
        "model": MODEL,
        "messages": [{"role": "user", "content": "Hi!"}],
        "stream": False,
        "options": {"temperature": 0},  # the same words every time
    },
    timeout=120,
)
response.raise_for_status()
print(response.json()["message"]["content"])

# %% [markdown]
# ```mermaid
# flowchart LR
#     Code["your Python<br/>(no key)"] -->|"POST to localhost"| Ollama["Ollama<br/>runs the model on your CPU or GPU"]
#     Ollama -->|"JSON"| Reply["reply, made on<br/>your computer"]
#     Net["the internet"] -. "not needed" .- Ollama
# ```
#
# **In words**: Ollama runs the model, and is the [web service](../../glossary.md#web-service) that answers your
# [POST](../../glossary.md#post) [request](../../glossary.md#request). `OLLAMA` is `{{ ollama.url }}`, so the full address is
# `{{ ollama.url }}/api/chat`; {{ ollama.port }} is Ollama's [port](../../glossary.md#port). (Where `connect()` named another
# port, take that one.) A [hosted](../../glossary.md#hosted)
# model is called in the same shape, over the internet and with an [API key](../../glossary.md#api-key). Now the evidence.

# %%
import socket

you_wrote(my_guess_offline)
print("localhost is", socket.gethostbyname("localhost"))
print("a key was sent:", "Authorization" in response.request.headers)
print(requests.get(OLLAMA, timeout=10).text)

# %% [markdown]
# It works offline. Three common mistakes:
#
# - **A common mistake:** *[localhost](../../glossary.md#localhost) is on the internet.* It is this computer's name for itself, at 127.0.0.1. The request never left.
# - **A common mistake:** *no key means public.* As installed, only programs on this computer reach that address.
# - **A common mistake:** *Ollama is the model.* It is the [server](../../glossary.md#server) and greets you before any model is
#   named (the practice server uses the same words). A model is a file that it loads.

# %% [markdown]
# ## 2. Take the reply apart (8 min)
#
# Print a reply before you take something out of it: then you look things up instead of guessing. The format is
# [JSON](../../glossary.md#json). (Its words stay the same: the [temperature](../../glossary.md#temperature) is 0.)

# %%
import json

data = response.json()
print("status:", response.status_code)
print(json.dumps(data, indent=2))

# %% [markdown]
# | Key | What it tells you |
# |---|---|
# | `message` | a [message](../../glossary.md#message): `role` is who speaks, `content` is the text |
# | `done_reason` | why it ended; `stop`: it had finished |
# | `..._count` | [tokens](../../glossary.md#token) read and written |
# | `..._duration` | in nanoseconds |
#
# **Predict**, in the second cell below: what comes back without `"stream": False`?

# %%
# Worked example: one call in four steps, and why each step is there.
request = {
    "model": MODEL,  # Ollama serves many models: say which
    "messages": [{"role": "user", "content": "What is a token?"}],  # a list, because a conversation grows
    "stream": False,  # the whole reply in one piece
    "options": {"temperature": 0},  # always the likeliest words
}
# 1. Send. The timeout ends the wait if the server hangs; the first call loads the model and may take a minute.
response = requests.post(f"{OLLAMA}/api/chat", json=request, timeout=120)
# 2. Look for an error. It comes as JSON too: stop before you read it as an answer.
response.raise_for_status()
# 3. Turn the JSON text into Python data.
data = response.json()
# 4. Follow the keys to the text.
print(data["message"]["content"])

# %%
my_guess_stream = "..."  # what comes back without "stream": False?

silent = {key: value for key, value in request.items() if key != "stream"}  # the same request, without stream
response = requests.post(f"{OLLAMA}/api/chat", json=silent, timeout=120)
lines = response.text.splitlines()
print(lines[0], lines[1], "...", f"{len(lines)} lines", sep="\n")
you_wrote(my_guess_stream)
try:
    response.json()
except ValueError as problem:
    print(type(problem).__name__, "-", str(problem).partition(":")[0])

# %% [markdown]
# By default the server uses [streaming](../../glossary.md#streaming): one small JSON object per line, each sent as soon as it is ready.
# `.json()` reads one and finds more behind it: "Extra data". Until a later lesson, always `"stream": False`.
#
# ## 3. Write it yourself (15 min)
#
# ### Exercise 1: `build_request`
#
# *Difficulty 2 of 5, 5 minutes, 5 points.* Return a request like the one in the worked example, for any `prompt` and `model`; send nothing.
# A `system` text, if given, comes first: a [system message](../../glossary.md#system-message) holds standing orders. With one, `messages` is
#
# ```python
# [{"role": "system", "content": "Answer like a pirate."}, {"role": "user", "content": "Hi!"}]
# ```

# %% answer="build_request"
def build_request(prompt, model, system=None):
    """Return a chat request as a dictionary, which asks for one whole reply."""
    messages = []
    ### BEGIN SOLUTION
    if system is not None:
        messages.append({"role": "system", "content": system})
    messages.append({"role": "user", "content": prompt})
    return {"model": model, "messages": messages, "stream": False}
    ### END SOLUTION

# %% check="build_request"
check("build_request")

# %% [markdown]
# ### Exercise 2: `ask`
#
# *Difficulty 2 of 5, 4 minutes, 5 points.* The sending is written, [timeout](../../glossary.md#timeout) included. Do the rest as in the
# worked example: look for an error, then **return** the text. Try it: `ask("What is Ollama?", system="Answer like a pirate.")`.

# %% answer="ask"
def ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120):
    """Send one prompt to a local model and return the text of its reply."""
    response = requests.post(
        f"{url}/api/chat",
        json=build_request(prompt, model, system),
        timeout=timeout,
    )
    ### BEGIN SOLUTION
    response.raise_for_status()
    data = response.json()
    return data["message"]["content"]
    ### END SOLUTION

# %% check="ask"
check("ask")

# %% [markdown]
# ### Exercise 3: `installed_models`
#
# *Difficulty 2 of 5, 5 minutes, 4 points.* A model is [pulled](../../glossary.md#pull) once: `{{ install.pull }}`. A GET to the
# [endpoint](../../glossary.md#endpoint) `/api/tags`, as below, lists all. Return every `name`, as a list. Use `url` and a timeout; catch
# no errors.

# %%
tags = requests.get(f"{OLLAMA}/api/tags", timeout=10).json()
print(list(tags))
print(list(tags["models"][0]))

# %% answer="installed_models"
def installed_models(url=OLLAMA):
    """Return the names of all models that this Ollama has pulled, as a list."""
    ### BEGIN SOLUTION
    response = requests.get(f"{url}/api/tags", timeout=10)
    response.raise_for_status()
    return [entry["name"] for entry in response.json()["models"]]
    ### END SOLUTION

# %% check="installed_models"
check("installed_models")

# %% [markdown]
# ## 4. Break it on purpose (18 min)
#
# Every failure has two halves: the [status code](../../glossary.md#status-code) and the body, the text that comes back: the server's own words.
#
# **Predict** four statuses: 200 (done as asked), 404 (not found), 500 (server failed), or none at all?

# %%
my_guesses = {
    "a port where nobody listens": "...",
    "the path /api/chats": "...",
    "a model that was never pulled": "...",
    "the field prompt instead of messages": "...",
}

# %%
def show(response):
    """Print both halves of an answer: the status and the body."""
    print(response.status_code, "|", response.text)


try:
    requests.post("http://localhost:1/api/chat", json={}, timeout=5)
except requests.exceptions.ConnectionError as problem:
    print("no status |", type(problem).__name__)

show(requests.post(f"{OLLAMA}/api/chats", json={}, timeout=10))

# %% [markdown]
# **Nobody listens**: no server, no status, only a `ConnectionError`. Ollama is not running, at another port, or on another computer.
# Fix: `{{ install.serve }}`; compare the address.
#
# **`/api/chats`**: the server is there, the path is not; the body is no JSON. Fix: the spelling.

# %%
hello = [{"role": "user", "content": "Hi!"}]
not_pulled = {"model": "{{ models.missing }}", "messages": hello, "stream": False}
no_messages = {"model": MODEL, "prompt": "Hi!", "stream": False}
for body in (not_pulled, no_messages):
    show(requests.post(f"{OLLAMA}/api/chat", json=body, timeout=120))
you_wrote(my_guesses)

# %% [markdown]
# **Not pulled**: 404 again, but this body names the model. Fix: compare the name, then `ollama pull`.
#
# **A common mistake:** *a 200 means a good answer.* The server ignored the unknown field `prompt`, found no messages, and only loaded the model:
# `done_reason` is `load`, the text is empty. Fix: `messages`.
#
# ### All parts in one place
#
# The widget shows one request as a form, JSON, Python and [curl](../../glossary.md#curl). Answer before you touch anything:
#
# 1. You change the prompt. Which views follow?
# 2. You pick `content` in the reply. Which path will it show?
# 3. Which *break it* buttons give 400, a status you have not met yet?

# %%
from localmodels.widgets import request_anatomy

request_anatomy(url=OLLAMA, model=MODEL)

# %% [markdown]
# What you should have seen: every view follows, since all are the same request. Only broken JSON and a text for true or false give
# 400: the server could not read them.
#
# ![JSON, Python and curl below each other, with the same content. Beside them the reply: data, message, content is the path to the text.](figures/02_request_anatomy.svg)
#
# | What you did | Status | Body | Fix |
# |---|---|---|---|
# | server down, wrong port | none | none | start it, check the port |
# | wrong path | 404 | plain text | the spelling |
# | model not pulled | 404 | names the model | `ollama pull` |
# | GET, not POST | 405 | plain text | `requests.post` |
# | broken JSON, wrong type | 400 | says where | `json=`, `False` |
# | `prompt`, `message` | 200 | no text | `messages` |
#
# A program should survive all of these. `raise_for_status` raises an `HTTPError` that carries the response: `problem.response`. With
# nobody there, `requests.post` itself raises `requests.exceptions.ConnectionError`. Python has a `ConnectionError` of its own, which
# does not catch that one.

# %%
# Worked example: catch the error, then look at the response that it carries.
try:
    response = requests.post(f"{OLLAMA}/api/chat", json=not_pulled, timeout=120)
    response.raise_for_status()  # an error: on to except
    print("no error")
except requests.exceptions.HTTPError as problem:
    print("caught:", problem.response.status_code, "|", problem.response.text)

# %% [markdown]
# ### Exercise 4: `ask_or_explain`
#
# *Difficulty 4 of 5, 9 minutes, 5 points.* Return the reply, or else one sentence for a person. Raise nothing. You may call `ask`.
#
# | Problem | Your sentence contains |
# |---|---|
# | nobody answers | `{{ install.serve }}` |
# | model not installed | `ollama pull` and its name |
# | 200 without text | `no text` |
# | any other error | the status and the body |
#
# Each sentence fits one problem: no `ollama pull` when the server is down. A 404 alone does not say what was not found.

# %% answer="ask_or_explain"
def ask_or_explain(prompt, model=MODEL, url=OLLAMA):
    """Return the model's reply, or one sentence that says what is wrong and what to do."""
    ### BEGIN SOLUTION
    try:
        text = ask(prompt, model, url)
    except requests.exceptions.ConnectionError:
        return f"Nobody answers at {url}. Start the server: ollama serve"
    except requests.exceptions.HTTPError as problem:
        response = problem.response
        if response.status_code == 404 and "model" in response.text:
            return f"{model} is not installed. Fetch it once: ollama pull {model}"
        return f"The server reports error {response.status_code}: {response.text}"
    return text or "The status is 200, but there is no text. Did the request hold messages?"
    ### END SOLUTION

# %% check="ask_or_explain"
check("ask_or_explain")

# %% [markdown]
# ## 5. A model without memory (9 min)
#
# The `ollama` package sends the same POST and raises on errors. Its answer is an object, with dots for brackets: `answer.message.content`.
#
# **Predict.** You say your name. In a second call you ask for it. What will it say?

# %%
my_guess_name = "..."  # your guess, before you run this cell

import ollama

client = ollama.Client(host=OLLAMA)
for text in ("My name is Ada.", "What is my name?"):
    answer = client.chat(MODEL, [{"role": "user", "content": text}], options={"temperature": 0})
    print(text, "->", answer.message.content)
you_wrote(my_guess_name)

# %% [markdown]
# **A common mistake:** *the model remembers me.* Its weights stay as they are, and the server keeps no conversation. A chat program sends
# its list of messages, the [conversation history](../../glossary.md#conversation-history), again with every question. The model's own
# replies are in it, with the role `assistant`.

# %%
history = [
    {"role": "user", "content": "My name is Ada."},
    {"role": "assistant", "content": "Nice to meet you, Ada."},
    {"role": "user", "content": "What is my name?"},
]
answer = client.chat(MODEL, history, options={"temperature": 0})
print(answer.message.content)

# %% [markdown]
# ![Call 1 sends one message, My name is Ada. Call 2 sends three: that message, the reply to it, and the new question. The model keeps nothing in between.](figures/02_history.svg)
#
# Each turn makes the list longer by two: what you say, and what comes back.
#
# ### Exercise 5: `chat_turn`
#
# *Difficulty 3 of 5, 5 minutes, 5 points.* Send `history` plus your prompt. Return a new list: the history, your prompt, the reply, each a message. Leave the caller's list as
# it is.

# %% answer="chat_turn"
def chat_turn(history, prompt, model=MODEL, url=OLLAMA):
    """Send the history and one more prompt; return the longer list of messages."""
    ### BEGIN SOLUTION
    messages = history + [{"role": "user", "content": prompt}]
    response = requests.post(
        f"{url}/api/chat",
        json={"model": model, "messages": messages, "stream": False},
        timeout=120,
    )
    response.raise_for_status()
    return messages + [response.json()["message"]]
    ### END SOLUTION

# %% check="chat_turn"
check("chat_turn")

# %% [markdown]
# ## 6. Look back (3 min)
#
# Five questions, without scrolling up: write, choose, compare.

# %%
quiz("02")

# %% [markdown]
# **What you can do now**
#
# 1. Build a request: POST `{model, messages}` to `/api/chat` with a timeout, look for an error, follow `message`, `content`.
# 2. Explain a failure: no status, no server; a 404 needs its body; a 200 may hold no text.
# 3. Hold a conversation: send the whole list each time, replies included.
#
# **If you have time**: write a `history` that never happened. Give yourself another name in its first message, and ask again. A model
# takes the list for the truth, whoever wrote it.
#
# All words are in the [glossary](../../glossary.md). Lessons 01, 03 and 05 to 08 are not part of this version. Next:
# [lesson 04, will it fit?](04_quantization_memory_math.ipynb).
