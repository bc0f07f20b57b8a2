# ---
# title: "00 Start here"
# ---

# %% [markdown]
# # Start here: a first reply from your own computer
#
# In this lesson you talk to a language model that runs on the computer in front of you. It asks for no account and no
# [key](../../glossary.md#api-key), and sends no bill.
#
# Afterwards you can
#
# 1. **connect** a notebook to a model, and tell whether your words stay on this computer (`stays_here`),
# 2. **compare** renting a model with running one yourself,
# 3. **take** the text out of a model's reply, or say what went wrong (`speaker`, `first_reply`).
#
# **Time:** about 30 minutes; a good place to stop for today is the end of section 2. **You need:** this course installed, and some Python:
# functions and dictionaries. No internet, no account.

# %% [markdown]
# ## 1. A first reply (5 min)
#
# This is a [notebook](../../glossary.md#notebook). Click a [cell](../../glossary.md#cell) with code;
# **Shift + Enter** runs it.
#
# The second cell below holds your guess: what will the model answer to *Hi!*? Write it between the quotes **before** you run the third.

# %%
from localmodels import check, connect, hint, quiz
from localmodels.unfinished import you_wrote

OLLAMA = connect()
MODEL = "{{ models.default }}"

# %%
my_guess = "..."  # your guess: what does a model answer to Hi!

# %%
import requests

message = {"role": "user", "content": "Hi!"}
request = {"model": MODEL, "messages": [message], "stream": False, "options": {"temperature": 0}}
response = requests.post(f"{OLLAMA}/api/chat", json=request, timeout=120)
response.raise_for_status()  # stop here if the server reports an error
data = response.json()
print(data["message"]["content"])
you_wrote(my_guess)

# %% [markdown]
# **What happened.** You sent a [prompt](../../glossary.md#prompt) to a program on this computer. A
# [language model](../../glossary.md#language-model) read it and wrote the reply, one [token](../../glossary.md#token) after the other. In
# the request, a [temperature](../../glossary.md#temperature) of 0 means the same words every time; the
# [timeout](../../glossary.md#timeout) ends the wait after 120 seconds.
#
# ## 2. Who answered, and where (9 min)
#
# The line that `connect()` printed names the program that answered. That is [Ollama](../../glossary.md#ollama), if it runs here and has
# the model; else the [practice server](../../glossary.md#practice-server) with a [tiny model](../../glossary.md#tiny-model) of about
# {{ models.tiny_parameters }} numbers. That one answers to the name `{{ models.default }}`, but it is not that model. Every lesson runs
# with either.

# %%
def say(prompt):
    """Send one prompt to the model and return the text of its reply."""
    message = {"role": "user", "content": prompt}
    request = {"model": MODEL, "messages": [message], "stream": False, "options": {"temperature": 0}}
    response = requests.post(f"{OLLAMA}/api/chat", json=request, timeout=120)
    response.raise_for_status()
    return response.json()["message"]["content"]


print(say("Who are you?"))

# %% [markdown]
# **Predict.** Now a question that has nothing to do with this course: *Why is the sky blue?* Will the model know? Write
# your guess into the first line, then run the cell.

# %%
my_guess_sky = "..."  # a right answer, a wrong answer, or no answer?

print(say("Why is the sky blue?"))
you_wrote(my_guess_sky)

# %% [markdown]
# **What happened.** The tiny model was trained to admit what it does not know. Most models rather write something that sounds right.
#
# **A common mistake:** *it speaks well, so it knows.* Smooth sentences come from training on sentences. They prove nothing about
# facts.
#
# **Predict.** On the way from this notebook to the model and back: how many other computers did your words pass?

# %%
my_guess_others = "..."  # how many other computers: 0, 1, many?

# Worked example: where does a URL lead?
import ipaddress
import socket
from urllib.parse import urlsplit

host = urlsplit(OLLAMA).hostname  # 1. take the host out: what stands between // and the port
number = socket.gethostbyname(host)  # 2. look up the number behind the name, as every program does
here = ipaddress.ip_address(number).is_loopback  # 3. numbers that begin with 127. mean "this computer itself"
print(f"{OLLAMA}: {host} is {number}; stays on this computer: {here}")
you_wrote(my_guess_others)

# %% [markdown]
# **What happened.** None. [localhost](../../glossary.md#localhost) is a computer's name for itself, and 127.0.0.1 the
# number behind it.
#
# **A common mistake:** *it starts with `http://`, so it is on the internet.* [HTTP](../../glossary.md#http) is a language between
# programs, also on one machine.
#
# ### Exercise 1: `stays_here`
#
# *Difficulty 1 of 5, 3 minutes, 1 point.* Finish the function: `True` if a [URL](../../glossary.md#url) leads to this computer, else
# `False`. Two names count: `localhost` and `127.0.0.1`. The [host](../../glossary.md#host) (the name without the
# [port](../../glossary.md#port) behind it) is taken out already; replace the last line.

# %% answer="stays_here"
def stays_here(url):
    """True if this URL leads to the computer the code runs on."""
    host = urlsplit(url).hostname  # "http://localhost:8000/api" -> "localhost"
    ### BEGIN SOLUTION
    return host in ("localhost", "127.0.0.1")
    ### END SOLUTION

# %% check="stays_here"
check("stays_here")

# %% [markdown]
# **How checks work.** A [check](../../glossary.md#check) calls your function and says what it expected and got. Change the code and check
# again, as often as you like. A red line means only: no points yet. The [autograder](../../glossary.md#autograder) asks the same, with
# other inputs. Your instructor has solved notebooks: ask once you have tried all three hints.
#
# **Come back tomorrow?** Python has forgotten everything: its [kernel](../../glossary.md#kernel) is new. Click your cell, then
# *Run > Run All Above Selected Cell*. That stops at a check you have not solved; click the cell below it and go on from there. A
# `NameError`, "name ... is not defined", means the same: the cells above have not run.
#
# Stuck? Run the next cell up to three times: each [hint](../../glossary.md#hint) says more than the one before.

# %%
hint("stays_here")

# %% [markdown]
# ### Is everything ready?
#
# The next cell looks at what later lessons need: Python, packages, memory, disk, Ollama, widgets. Where it says *problem*, the last column has
# the fix for your computer. A *note* can wait.

# %% tags=["nbval-ignore-output"]
from localmodels.doctor import doctor

doctor()

# %% [markdown]
# **Want a real model?** [Install Ollama]({{ install.page }}). In a terminal, in the course's folder: `.venv/bin/python -m localmodels stop`
# (Windows: `.venv\Scripts\python`). Start Ollama, then `{{ install.pull }}` (about {{ models.default_gb }} GB). Run the first cell again.

# %% [markdown]
# ## 3. Rent or run (5 min)
#
# So far you have probably rented: a [hosted](../../glossary.md#hosted) model takes your text to a company's computers and counts each
# token. Most are [closed](../../glossary.md#closed-model): only the maker has the [weights](../../glossary.md#weights). Or you download
# an [open-weight model](../../glossary.md#open-weight-model) and run it as a [local model](../../glossary.md#local-model).
#
# ```mermaid
# flowchart LR
#     accTitle: Two ways from your code to a model
#     accDescr: On your computer, your Python calls a local model at localhost. Or the text leaves your computer, passes the internet with a key, and reaches a hosted model on a company's computers.
#     subgraph mine["your computer"]
#         direction TB
#         code["your Python"] -->|localhost| local["local model"]
#     end
#     net(["the internet"])
#     subgraph theirs["a company's computers"]
#         hosted["hosted model"]
#     end
#     mine -->|"text and key"| net --> theirs
# ```
#
# *The same in words:* code calls a local model without leaving the computer. To a hosted model the text travels over the internet, with
# a key that says who pays.

# %% [markdown]
# **Guess** before you press: which of these addresses are on your computer? Say why, to yourself.

# %%
from localmodels.widgets import stays_or_leaves

stays_or_leaves()

# %% [markdown]
# | | Hosted model | Local model |
# |---|---|---|
# | to start | get a key | install a program, download a model |
# | to pay | per token | no bill per call, but hardware, electricity, your time |
# | network | needed for each call | not needed after the download |
# | your text | leaves the computer | stays |
# | quality | up to the best there is | good, rarely the best |
# | speed | a data centre's | your computer's |
#
# **Predict.** Which way would you choose in these cases? Write `rent` or `run`, and why.

# %%
my_guess_cases = {
    "summaries of medical letters": "...",
    "the hardest question of a research project": "...",
    "a hundred drafts on a train without network": "...",
}

# %%
reasons = {
    "summaries of medical letters": "run: the letters never leave the computer",
    "the hardest question of a research project": "rent: quality decides",
    "a hundred drafts on a train without network": "run: no network needed, no bill per draft",
}
for case, reason in reasons.items():
    print(f"{case}: {reason}")
you_wrote(my_guess_cases)

# %% [markdown]
# **A common mistake:** *local is free.* No bill per call; but computer, electricity and waiting are yours. Many programs use both.
#
# ## 4. Read a reply (8 min)
#
# The text was one part of a larger reply, [JSON](../../glossary.md#json). Python reads it as a dictionary:

# %%
import json

print(json.dumps(data, indent=2))

# %% [markdown]
# Each name before a colon is a *key*, what follows is its value.
#
# **Predict.** The words of the model are the value of `content`. So does `data["content"]` give you the words? An error does no harm.

# %% tags=["raises-exception"]
my_guess_key = "..."  # yes or no

you_wrote(my_guess_key)
data["content"]

# %% [markdown]
# **What happened.** Read an error from its last line: a `KeyError` means that this dictionary has no such key.
#
# **A common mistake:** *a key I can see is a key I can use.* In the printed reply, `content` stands further to the right: it is inside
# `message`. So there are two steps: first `message`, then `content`.
#
# **A worked example.** To get anything out of a reply, open it from the outside in. This function returns the last word the model said;
# `reply` here is the dictionary, like `data`.

# %%
def last_word(reply):
    """The last word of the text in a reply."""
    message = reply["message"]  # 1. open the part that holds who spoke and what was said
    text = message["content"]  # 2. take the text out of it
    words = text.split()  # 3. only now work with the text
    return words[-1]  # 4. hand the result back: return, not print


last_word(data)

# %% [markdown]
# ### Exercise 2: `speaker`
#
# *Difficulty 1 of 5, 2 minutes, 1 point.* The same way in, with the last step missing: return who speaks in a reply, which stands under
# `role`. Hints: press **Esc**, then **B** for a new cell, and run `hint("speaker")` in it.

# %% answer="speaker"
def speaker(reply):
    """Who speaks in a reply, for example "assistant"."""
    message = reply["message"]  # open the part that holds who spoke and what was said
    ### BEGIN SOLUTION
    return message["role"]
    ### END SOLUTION

# %% check="speaker"
check("speaker")

# %% [markdown]
# ### Exercise 3: `first_reply`
#
# *Difficulty 2 of 5, 4 minutes, 2 points.* Now all of it. `reply` is one of two things:
#
# - a reply like `data` above: return its text, unchanged;
# - `{"error": "some words"}`, when something went wrong: return `"Error: some words"`.

# %% answer="first_reply"
def first_reply(reply):
    """The text of a reply; or "Error: ..." with the server's words when it reports an error."""
    ### BEGIN SOLUTION
    if "error" in reply:
        return "Error: " + reply["error"]
    return reply["message"]["content"]
    ### END SOLUTION

# %% check="first_reply"
check("first_reply")

# %% [markdown]
# ## 5. Look back (3 min)
#
# **From memory**, without scrolling up: write an answer, then choose, then compare. Each choice tells you why it is right or wrong.
# Nothing here is graded.

# %%
quiz("00")

# %% [markdown]
# **What you can do now**
#
# - **Connect:** `connect()` names the program that answers, and localhost stays on this computer.
# - **Compare:** renting buys quality and no set-up; running keeps the text here and sends no bill per call.
# - **Take:** a reply is a dictionary in a dictionary, `data["message"]["content"]`, or an `error`.
#
# **For fun**, ask `say("What is a token?")`, then things further and further away: where does the model's knowledge end?
#
# **Next**, build the request yourself: [lesson 02, call a local model](02_call_a_local_model.ipynb). After it, work out which models fit
# into your memory: [lesson 04](04_quantization_memory_math.ipynb). Every new word is in the [glossary](../../glossary.md). Lessons 01, 03
# and 05 to 08 are not part of this version.
