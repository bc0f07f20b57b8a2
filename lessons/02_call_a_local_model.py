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
# **You need** [lesson 00](00_start_here.ipynb) and Python's functions, lists, dictionaries and `try`/`except`. **Time**: 40 minutes,
# with a good place for a break after section 3.
#
# | Section | Minutes |
# |---|---|
# | 1. One request, one reply | 4 |
# | 2. Take the reply apart | 5 |
# | 3. Write it yourself | 10 |
# | 4. Break it on purpose | 12 |
# | 5. A model without memory | 6 |
# | 6. Look back | 3 |

# %%
import requests

from localmodels import check, connect, hint, quiz

OLLAMA = connect()
MODEL = "{{ models.default }}"

# %% [markdown]
# ## 1. One request, one reply (4 minutes)
#
# Who will answer? The sentence above says it: [Ollama](../../glossary.md#ollama), or the course's [practice server](../../glossary.md#practice-server) with a very
# small model. The cells are the same for both; the words of the replies differ.
#
# **Predict.** No cable, no Wi-Fi. Will the request below get a reply?

# %%
my_guess_offline = "..."  # yes or no, and why

# %%
answer = requests.post(
    f"{OLLAMA}/api/chat",
    json={
        "model": MODEL,
        "messages": [{"role": "user", "content": "Hi!"}],
        "stream": False,
        "options": {"temperature": 0},  # the same words every time
    },
    timeout=120,
)
answer.raise_for_status()
print(answer.json()["message"]["content"])

# %% [markdown]
# ```mermaid
# flowchart LR
#     Code["your Python<br/>(no key)"] -->|"POST to localhost"| Ollama["Ollama<br/>runs the model on your CPU or GPU"]
#     Ollama -->|"JSON"| Reply["reply, made on<br/>your computer"]
#     Net["the internet"] -. "not needed" .- Ollama
# ```
#
# **In words**: your Python sends a [POST](../../glossary.md#post) [request](../../glossary.md#request) to [localhost](../../glossary.md#localhost). Ollama does two jobs there: it
# runs the model, and it is the [web service](../../glossary.md#web-service) that answers. A [hosted](../../glossary.md#hosted) model is called in the same shape, at an
# address on the internet and with an [API key](../../glossary.md#api-key). Now the evidence.

# %%
import socket

print("You wrote:", my_guess_offline)
print("localhost is", socket.gethostbyname("localhost"))
print("a key was sent:", "Authorization" in answer.request.headers)
print(requests.get(OLLAMA, timeout=10).text)

# %% [markdown]
# It works offline. Three mistakes are common here.
#
# - **A common mistake:** *localhost is on the internet.* It is this computer's name for itself, at 127.0.0.1. The request never left.
# - **A common mistake:** *no key means public.* As installed, only programs on this computer reach that address. A later lesson opens
#   it, with care.
# - **A common mistake:** *Ollama is the model.* It is the [server](../../glossary.md#server), and greets you before any model is named. (The practice server uses the same
#   words.) A model is a file that it loads.

# %% [markdown]
# ## 2. Take the reply apart (5 minutes)
#
# Print a reply before you take something out of it: then you look things up instead of guessing. The format is [JSON](../../glossary.md#json).

# %%
import json

data = answer.json()
print("status:", answer.status_code)
print(json.dumps(data, indent=2))

# %% [markdown]
# | Key | What it tells you |
# |---|---|
# | `message` | a [message](../../glossary.md#message): `role` is who speaks, `content` is the text |
# | `done_reason` | why it ended; `stop`: the model had finished |
# | `..._count` | [tokens](../../glossary.md#token) read and written |
# | `..._duration` | nanoseconds; yours differ on every run |
#
# **Predict** twice, with the JSON before you. Which keys lead from `data` to the text? And what comes back if `"stream": False` is
# left out?

# %%
my_guess_path = 'data["..."]'
my_guess_stream = "..."

# %%
# Worked example: one call in four steps, and why each step is there.
request = {
    "model": MODEL,  # Ollama serves many models: say which
    "messages": [{"role": "user", "content": "What is a token?"}],  # a list, because a conversation grows
    "stream": False,  # the whole reply in one piece
    "options": {"temperature": 0},
}
# 1. Send. The timeout ends the wait if the server hangs; the first call loads the model and may take a minute.
reply = requests.post(f"{OLLAMA}/api/chat", json=request, timeout=120)
# 2. Look for an error. It comes as JSON too: stop before you read it as an answer.
reply.raise_for_status()
# 3. Turn the JSON text into Python data.
data = reply.json()
# 4. Follow the keys to the text.
print(data["message"]["content"])
print("You wrote:", my_guess_path)

# %%
# The same request, with nothing said about stream.
silent = {key: value for key, value in request.items() if key != "stream"}
reply = requests.post(f"{OLLAMA}/api/chat", json=silent, timeout=120)
lines = reply.text.splitlines()
print(lines[0], lines[1], "...", sep="\n")
print(len(lines), "lines; you wrote:", my_guess_stream)
try:
    reply.json()
except ValueError as problem:
    print(type(problem).__name__, "-", str(problem).partition(":")[0])

# %% [markdown]
# By default the server uses [streaming](../../glossary.md#streaming): many small JSON objects, one per line, each sent as soon as it is ready. `.json()`
# reads one object and finds more behind it: "Extra data". A later lesson reads such streams. Until then, always `"stream": False`.

# %% [markdown]
# ## 3. Write it yourself (10 minutes)
#
# ### Exercise 1: `build_request`
#
# *Difficulty 1 of 5, 3 minutes, 5 points.* Return the dictionary for any `prompt` and `model`; send nothing. It asks for one whole reply. A `system` text, if given, comes first:
# a [system message](../../glossary.md#system-message) holds standing orders, such as "Answer like a pirate."
#
# Stuck? Run `hint("build_request")` in a new cell, up to three times.

# %% answer="build_request"
def build_request(prompt, model, system=None):
    """Return the JSON body of a chat request as a dictionary."""
    ### BEGIN SOLUTION
    messages = []
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
# *Difficulty 2 of 5, 3 minutes, 5 points.* Step 1 is written, [timeout](../../glossary.md#timeout) included. Add steps 2 to 4 of the worked example, and **return** the text. Then try it:
# `ask("What is Ollama?", system="Answer like a pirate.")`. Stuck? `hint("ask")`

# %% answer="ask"
def ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120):
    """Send one prompt to a local model and return the text of its reply."""
    reply = requests.post(
        f"{url}/api/chat",
        json=build_request(prompt, model, system),
        timeout=timeout,
    )
    ### BEGIN SOLUTION
    reply.raise_for_status()
    return reply.json()["message"]["content"]
    ### END SOLUTION

# %% check="ask"
check("ask")

# %% [markdown]
# ### Exercise 3: `installed_models`
#
# *Difficulty 2 of 5, 4 minutes, 4 points.* You [pull](../../glossary.md#pull) a model once, before its first use: `{{ install.pull }}`. A GET request to the [endpoint](../../glossary.md#endpoint) `/api/tags` lists
# what is there; the next cell shows its keys. Return the `name` of every model, as a list. Let errors reach the caller. Stuck?
# `hint("installed_models")`

# %%
tags = requests.get(f"{OLLAMA}/api/tags", timeout=10).json()
print(list(tags))
print(list(tags["models"][0]))

# %% answer="installed_models"
def installed_models(url=OLLAMA):
    """Return the names of all models that this Ollama has pulled, as a list."""
    ### BEGIN SOLUTION
    reply = requests.get(f"{url}/api/tags", timeout=10)
    reply.raise_for_status()
    return [entry["name"] for entry in reply.json()["models"]]
    ### END SOLUTION

# %% check="installed_models"
check("installed_models")

# %% [markdown]
# ## 4. Break it on purpose (12 minutes)
#
# What you have broken on purpose you fix in seconds later. Every failure has two halves: the [status code](../../glossary.md#status-code) and the body,
# the server's own words.
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
def show(reply):
    """Print both halves of an answer: the status and the body."""
    print(reply.status_code, "|", reply.text)


try:
    requests.post("http://localhost:1/api/chat", json={}, timeout=5)
except requests.exceptions.ConnectionError as problem:
    print("no status |", type(problem).__name__)

show(requests.post(f"{OLLAMA}/api/chats", json={}, timeout=10))

# %% [markdown]
# **Nobody listens**: no server, so no status. Python raises "connection refused" instead. Ollama is not installed, not running, on
# another [port](../../glossary.md#port), or on another computer. Fix: `{{ install.serve }}` or the app, then compare the address.
#
# **`/api/chats`**: the server is there, the path is not. This body is plain text, so `.json()` would fail. Fix: the spelling.

# %%
hello = [{"role": "user", "content": "Hi!"}]
not_pulled = {"model": "{{ models.missing }}", "messages": hello, "stream": False}
no_messages = {"model": MODEL, "prompt": "Hi!", "stream": False}
for body in (not_pulled, no_messages):
    show(requests.post(f"{OLLAMA}/api/chat", json=body, timeout=120))
for case, guess in my_guesses.items():
    print("You wrote:", case, "->", guess)

# %% [markdown]
# **Not pulled**: 404 again, but this body names the model. Fix: `ollama pull`.
#
# **A common mistake:** *a 200 means a good answer.* The server ignored the unknown field `prompt`, found no messages, and only loaded the model:
# `done_reason` is `load`, the text is empty. Fix: `messages`.
#
# ### All parts in one place
#
# Answer before you touch anything:
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
# ![JSON, Python and curl below each other, with the same content. Beside them the reply: message, then content, leads to the text.](figures/02_request_anatomy.svg)
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
# A program should survive all of these. `raise_for_status` raises an `HTTPError`, and that error carries the reply: `problem.response`.
# With nobody there, `requests.post` itself raises a `ConnectionError`.

# %%
# Worked example: catch the error, then look at the reply that it carries.
try:
    reply = requests.post(f"{OLLAMA}/api/chat", json=not_pulled, timeout=120)
    reply.raise_for_status()  # an error: on to except
    print("no error")
except requests.exceptions.HTTPError as problem:
    print("caught:", problem.response.status_code, "|", problem.response.text)

# %% [markdown]
# ### Exercise 4: `ask_or_explain`
#
# *Difficulty 4 of 5, 6 minutes, 5 points.* Return the reply, or else one sentence for a person. Raise nothing. You may call `ask`.
#
# | Problem | Your sentence contains |
# |---|---|
# | nobody answers | `{{ install.serve }}` |
# | model not installed | `ollama pull` and its name |
# | 200 without text | `no text` |
# | any other error | the status and the body |
#
# Each sentence fits one problem: no `ollama pull` when the server is down. A 404 alone does not say what was not found. Stuck? `hint("ask_or_explain")`

# %% answer="ask_or_explain"
def ask_or_explain(prompt, model=MODEL, url=OLLAMA):
    """Return the model's reply, or one sentence that says what is wrong and what to do."""
    ### BEGIN SOLUTION
    try:
        text = ask(prompt, model, url)
    except requests.exceptions.ConnectionError:
        return f"Nobody answers at {url}. Start the server: ollama serve"
    except requests.exceptions.HTTPError as problem:
        reply = problem.response
        if reply.status_code == 404 and "model" in reply.text:
            return f"{model} is not installed. Fetch it once: ollama pull {model}"
        return f"The server reports error {reply.status_code}: {reply.text}"
    return text or "The status is 200, but there is no text. Did the request hold messages?"
    ### END SOLUTION

# %% check="ask_or_explain"
check("ask_or_explain")

# %% [markdown]
# ## 5. A model without memory (6 minutes)
#
# The `ollama` Python package sends the same POST for you, with less typing: it sets `stream` to false and raises on errors.
#
# **Predict.** You tell the model your name. In a second call you ask for it. What will it say? Write it into the first line, then run
# the cell.

# %%
my_guess_name = "..."  # your guess, before you run this cell

import ollama

client = ollama.Client(host=OLLAMA)
for text in ("My name is Ada.", "What is my name?"):
    reply = client.chat(MODEL, [{"role": "user", "content": text}], options={"temperature": 0})
    print(text, "->", reply.message.content)
print("You wrote:", my_guess_name)

# %% [markdown]
# **A common mistake:** *the model remembers me.* It does not: its weights stay as they are, and the server keeps no conversation. A chat program sends
# its list of messages, the [conversation history](../../glossary.md#conversation-history), again with every question. The replies are in it too, with
# the role `assistant`.

# %%
history = [
    {"role": "user", "content": "My name is Ada."},
    {"role": "assistant", "content": "Nice to meet you, Ada."},
    {"role": "user", "content": "What is my name?"},
]
reply = client.chat(MODEL, history, options={"temperature": 0})
print(reply.message.content)

# %% [markdown]
# ![Call 1 sends one message, My name is Ada. Call 2 sends three: that message, the reply to it, and the new question. The model keeps nothing in between.](figures/02_history.svg)
#
# Each turn makes the list longer by two: what you say, and what comes back.
#
# ### Exercise 5: `chat_turn`
#
# *Difficulty 3 of 5, 4 minutes, 5 points.* Send `history` plus your prompt. Return a new list: the history, your prompt, the reply, each a message. Leave the caller's list as
# it is. Stuck? `hint("chat_turn")`

# %% answer="chat_turn"
def chat_turn(history, prompt, model=MODEL, url=OLLAMA):
    """Send the history and one more prompt; return the longer list of messages."""
    ### BEGIN SOLUTION
    messages = history + [{"role": "user", "content": prompt}]
    reply = requests.post(
        f"{url}/api/chat",
        json={"model": model, "messages": messages, "stream": False},
        timeout=120,
    )
    reply.raise_for_status()
    return messages + [reply.json()["message"]]
    ### END SOLUTION

# %% check="chat_turn"
check("chat_turn")

# %% [markdown]
# ## 6. Look back (3 minutes)
#
# Five questions, without scrolling up. Write your answer first, then compare.

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
