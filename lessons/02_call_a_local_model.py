# ---
# title: Call a local model
# ---

# %% [markdown]
# # Call a local model
#
# A local model is a web service on your own computer. After this lesson you call it from Python in four steps, and you know
# what to do when it does not answer.
#
# **You will be able to**
#
# 1. **build** a request, send it, and take the text out of the raw reply (`build_request`, `ask`, `installed_models`),
# 2. **explain** failures from their status and body, and name the fix (`ask_or_explain`),
# 3. **hold** a conversation with a model that remembers nothing (`chat_turn`).
#
# **You need** [lesson 00](00_start_here.ipynb) and Python's functions, lists and dictionaries.
# **Time**: 25 minutes.
#
# | Section | Minutes |
# |---|---|
# | 1. One request, one reply | 3 |
# | 2. Take the reply apart | 4 |
# | 3. Write it yourself | 6 |
# | 4. Break it on purpose | 5 |
# | 5. A model without memory | 4 |
# | 6. Look back | 3 |

# %%
import requests

from localmodels import check, connect, hint, quiz

OLLAMA = connect()
MODEL = "{{ models.default }}"

# %% [markdown]
# ## 1. One request, one reply (3 minutes)
#
# The sentence above says who answers: [Ollama](../../glossary.md#ollama) itself, or the course's
# [practice server](../../glossary.md#practice-server), which speaks the same language with a very small model behind it. Every
# cell works with both. Only the words of the replies differ.
#
# **Predict.** The network cable is out and the Wi-Fi is off. Would the cell after the next still get a reply? Write your guess.

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
# A model has answered you. This is the way your words went:
#
# ```mermaid
# flowchart LR
#     Code["your Python<br/>(no key)"] -->|"POST to localhost"| Ollama["Ollama<br/>runs the model on your CPU or GPU"]
#     Ollama -->|"JSON"| Reply["reply, made on<br/>your computer"]
#     Net["the internet"] -. "not needed" .- Ollama
# ```
#
# **In words**: your Python sends a [POST](../../glossary.md#post) [request](../../glossary.md#request) to
# [localhost](../../glossary.md#localhost). There Ollama does its two jobs: it runs the model, and it is a small
# [web service](../../glossary.md#web-service) that takes requests. The reply comes back as
# [JSON](../../glossary.md#json). The internet has no part in it, nor has an [API key](../../glossary.md#api-key).
#
# If you have called a [hosted](../../glossary.md#hosted) model before: the shape is the same, only the address and the key are gone.
# Now the evidence.

# %%
import socket

print("You wrote:", my_guess_offline)
print("localhost is", socket.gethostbyname("localhost"))
print("a key was sent:", "Authorization" in answer.request.headers)
print(requests.get(OLLAMA, timeout=10).text)

# %% [markdown]
# Yes: it works offline. Three ideas lead people astray here.
#
# - **"localhost is on the internet."** It is this computer's name for itself. Your request never left.
# - **"No key means public."** No key is needed because, as installed, only programs on this computer reach that address. Lesson 07
#   shows what happens when you open it to others.
# - **"Ollama is the model."** Ollama is the [server](../../glossary.md#server). A model is a file that it loads; the field `model`
#   says which.
#
# ## 2. Take the reply apart (4 minutes)
#
# Print a reply before you take something out of it. Then you look things up instead of guessing.

# %%
import json

data = answer.json()
print("status:", answer.status_code)
print(json.dumps(data, indent=2))

# %% [markdown]
# | Key | What it tells you |
# |---|---|
# | `model`, `created_at` | the name you sent, and when the reply was made (UTC) |
# | `message` | a [message](../../glossary.md#message): `role` says who speaks, `content` is the text |
# | `done`, `done_reason` | finished, and why: `stop` means the model ended by itself |
# | `prompt_eval_count`, `eval_count` | [tokens](../../glossary.md#token) read and written |
# | `..._duration` | times in nanoseconds; yours differ on every run |
#
# **Predict** twice, with the JSON above before you. Which keys, in which order, lead from `data` to the text? And what would come
# back if the request did not say `"stream": False`?

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
del request["stream"]
reply = requests.post(f"{OLLAMA}/api/chat", json=request, timeout=120)
lines = reply.text.splitlines()
print(lines[0], lines[1], "...", sep="\n")
print(len(lines), "lines; you wrote:", my_guess_stream)
try:
    reply.json()
except ValueError as problem:
    print(type(problem).__name__, "-", str(problem).partition(":")[0])

# %% [markdown]
# Left alone, the server uses [streaming](../../glossary.md#streaming): one small JSON object per line, each sent as soon as a
# piece of the text is ready. `.json()` reads one object, finds a second behind it, and complains about "Extra data". Lesson 03 is
# about streams. Until then: always `"stream": False`.
#
# ## 3. Write it yourself (6 minutes)
#
# ### Exercise 1: `build_request` (easy, 2 minutes)
#
# Return the dictionary of step 1 for any `prompt` and `model`, without sending it. It asks for the whole reply in one piece.
# If `system` is given, that text comes first, as a message of its own with the role `system`: a
# [system message](../../glossary.md#system-message) holds standing orders, such as "Answer like a pirate."
#
# Stuck? Run `hint("build_request")` in a new cell. There are three hints, each plainer than the last.

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
# ### Exercise 2: `ask` (complete it, 2 minutes)
#
# Step 1 is written. Add steps 2 to 4 of the worked example: look for an error, turn the JSON into data, and **return** the text.
# Then try it in a new cell: `ask("What is a model?", system="Answer like a pirate.")`. Stuck? `hint("ask")`

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
# ### Exercise 3: `installed_models` (on your own, 2 minutes)
#
# Before you can use a model you [pull](../../glossary.md#pull) it, once: `{{ install.pull }}`. A GET request to the
# [endpoint](../../glossary.md#endpoint) `/api/tags` lists what is there. GET only asks; it carries no messages. Look at the shape first.

# %%
tags = requests.get(f"{OLLAMA}/api/tags", timeout=10).json()
print(list(tags))
print(list(tags["models"][0]))

# %% [markdown]
# Now all steps are yours. Return a list with the `name` of every installed model. When something is wrong, let the error reach the
# caller: an empty list would say "no models", which is a different problem. Stuck? `hint("installed_models")`

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
# ## 4. Break it on purpose (5 minutes)
#
# Everybody meets these failures. Whoever has met them on purpose fixes them in seconds. A failure has two halves: the
# [status code](../../glossary.md#status-code), a number, and the body, the server's own words. Read both.
#
# **Predict** the status of each request below. 200 means "done as asked", 404 "not found", 500 "the server failed". Perhaps one has
# no status at all?

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
# **Nobody listens**: without a server there is no reply, so there is no status. Python raises "connection refused" in its place.
# Four causes: Ollama is not installed, not running, on another [port](../../glossary.md#port), or on another computer. Fix: start the
# app or `{{ install.serve }}`, then compare the address.
#
# **`/api/chats`**: the server is there, the path is not. This body is plain text, so `.json()` would fail on it. Fix: the spelling.
#
# The other two requests reach the right path.

# %%
hello = [{"role": "user", "content": "Hi!"}]
not_pulled = {"model": "{{ models.missing }}", "messages": hello, "stream": False}
no_messages = {"model": MODEL, "prompt": "Hi!", "stream": False}
for body in (not_pulled, no_messages):
    show(requests.post(f"{OLLAMA}/api/chat", json=body, timeout=120))
for case, guess in my_guesses.items():
    print("You wrote:", case, "->", guess)

# %% [markdown]
# **Not pulled**: again 404, but here the body names the model. Fix: `ollama pull`, or a name that is installed.
#
# **"A 200 means a good answer."** It does not. The server ignored the unknown field `prompt`, found no messages, and only loaded the
# model: `done_reason` is `load`, the text is empty. Fix: `messages`.
#
# ### All parts in one place
#
# Below is a request with all its forms. Before you touch it, answer for yourself:
#
# 1. You change the prompt. Which views change with it?
# 2. You pick `content` in the reply. Which path will it show?
# 3. Which *break it* buttons will give 400, a status you have not met yet?

# %%
from localmodels.widgets import request_anatomy

request_anatomy()

# %% [markdown]
# ![One request in three forms beside its reply. The JSON body, the Python call and the curl command hold the same model and the same messages. In the reply, message then content leads to the text.](figures/02_request_anatomy.svg)
#
# **In words**: JSON, Python and curl say the same thing three times. What goes wrong, and the fix:
#
# | What you did | Status | Body | Fix |
# |---|---|---|---|
# | server not running, wrong port | none | none | start it, check the port |
# | wrong path | 404 | plain text | the spelling |
# | model not pulled | 404 | `model ... not found` | `ollama pull` |
# | GET in place of POST | 405 | plain text | `requests.post` |
# | broken JSON, wrong type | 400 | where it broke | use `json=`, `False` |
# | `prompt`, `message` | 200 | no text | `messages` |

# %% [markdown]
# ### Exercise 4: `ask_or_explain` (harder, 3 minutes)
#
# Return the reply. When something is wrong, return one sentence for a person instead, and raise nothing. You may call `ask`.
#
# | Problem | Your sentence contains |
# |---|---|
# | nobody answers | `{{ install.serve }}` |
# | the model is not installed | `ollama pull` and its name |
# | status 200, empty text | `no text` |
# | any other error status | the number and the body |
#
# Take care: a 404 alone does not say what was not found. Stuck? `hint("ask_or_explain")`

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
# ## 5. A model without memory (4 minutes)
#
# The `ollama` Python package sends the same POST for you. Same idea, different sugar: it sets `stream` to false, raises on errors, and
# lets you write `.message.content`. Nothing in it is new, and your own functions need it no more than it needs them.
#
# **Predict.** You tell the model your name. In a second call you ask for it. What will it say?

# %%
my_guess_name = "..."

# %%
import ollama

client = ollama.Client(host=OLLAMA)
for text in ("My name is Ada.", "What is my name?"):
    reply = client.chat(MODEL, [{"role": "user", "content": text}], options={"temperature": 0})
    print(text, "->", reply.message.content)
print("You wrote:", my_guess_name)

# %% [markdown]
# **"The model remembers me."** It does not. Between two calls nothing is kept: the weights do not change, and the server stores no
# conversation. What looks like memory in a chat program is its list of messages, the
# [conversation history](../../glossary.md#conversation-history), sent again in full with every question. The replies belong to
# it, with the role `assistant`.

# %%
history = [
    {"role": "user", "content": "My name is Ada."},
    {"role": "assistant", "content": "Nice to meet you, Ada."},
    {"role": "user", "content": "What is my name?"},
]
reply = client.chat(MODEL, history, options={"temperature": 0})
print(reply.message.content)

# %% [markdown]
# ![Two calls. The first sends one message, My name is Ada. The second sends three: that message again, the reply to it, and the new question What is my name. The list grows by two per turn; the model keeps nothing.](figures/02_history.svg)
#
# **In words**: each call sends the whole list. Each turn makes it longer by two: what you say, and what comes back.
#
# ### Exercise 5: `chat_turn` (on your own, 3 minutes)
#
# Send `history` plus your prompt, and return a new list: the history, your prompt as a message, the reply as a message. Leave
# the caller's list as it is. Stuck? `hint("chat_turn")`

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
# Five questions, without scrolling up. Write your answer first, then compare. The last one comes from lesson 00.

# %%
quiz("02")

# %% [markdown]
# **What you can do now**
#
# 1. Build a request: POST `{model, messages}` to `/api/chat`, with a timeout, an error check, and the path `message`, `content`.
# 2. Explain a failure: no status means no server; a 404 needs its body; a 200 may hold no text.
# 3. Hold a conversation: send the whole list each time, and keep the replies in it.
#
# **If you have time**: change the word *Ada* in the second message of `history` only, and ask again. You can put words into a model's
# mouth: it takes the list for the truth.
#
# All words are in the [glossary](../../glossary.md). Next: lesson 03 reads a reply while it is being written.
