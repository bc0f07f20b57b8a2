"""Answers to lesson 02 as students write them: other right styles, and typical wrong ones with what they must be told."""

REQUEST = """
def build_request(prompt, model, system=None):
    messages = [{"role": "system", "content": system}] if system else []
    return {"model": model, "messages": messages + [{"role": "user", "content": prompt}], "stream": False}
"""
ASK = """
def ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120):
    reply = requests.post(f"{url}/api/chat", json=build_request(prompt, model, system), timeout=timeout)
    reply.raise_for_status()
    return reply.json()["message"]["content"]
"""


def post(body):
    """A chat_turn whose request is right; `body` is what it does with the reply."""
    return f"""
def chat_turn(history, prompt, model=MODEL, url=OLLAMA):
    user = {{"role": "user", "content": prompt}}
    def send(messages):
        r = requests.post(url + "/api/chat", json={{"model": model, "messages": messages, "stream": False}}, timeout=9)
        r.raise_for_status()
        return r.json()
{body}
"""


def request(body):
    return f"def build_request(prompt, model, system=None):\n    {body}\n"


def asking(body):
    return f"def ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120):\n    {body}\n"


def listing(body):
    return f"def installed_models(url=OLLAMA):\n    {body}\n"


def explaining(body):
    return f"def ask_or_explain(prompt, model=MODEL, url=OLLAMA):\n    {body}\n"


SEND = 'r = requests.post(f"{url}/api/chat", json=build_request(prompt, model, system), timeout=timeout)'

# (exercise, style): source. Each earns every point, hidden checks included.
RIGHT = {
    ("build_request", "other order, capitals, options"): request(
        'm = [dict(Role="user", Content=prompt)]; m[:0] = [dict(role="system", content=system)] if system is not None else []; '
        'return {"options": {"temperature": 0}, "stream": False, "Messages": m, "Model": model + ("" if ":" in model else ":latest")}'
    ),
    ("ask", "Session"): """
session = requests.Session()
def ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120):
    with session.post(url + "/api/chat", json=build_request(prompt, model, system), timeout=timeout) as r:
        r.raise_for_status()
        return r.json()["message"]["content"].strip()
""",
    ("ask", "urllib"): """
import json, urllib.request
def ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120):
    body = json.dumps(build_request(prompt, model, system)).encode()
    with urllib.request.urlopen(urllib.request.Request(url + "/api/chat", data=body), timeout=timeout) as reply:
        return json.load(reply)["message"]["content"]
""",
    ("ask", "http.client"): """
import http.client, json
from urllib.parse import urlsplit
def ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120):
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=timeout)
    try:
        connection.request("POST", where.path + "/api/chat", json.dumps(build_request(prompt, model, system)))
        reply = connection.getresponse()
        if reply.status != 200:
            raise RuntimeError(f"status {reply.status}: {reply.read()!r}")
        return json.load(reply)["message"]["content"]
    finally:
        connection.close()
""",
    ("ask", "httpx"): """
import httpx
def ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120):
    reply = httpx.post(f"{url}/api/chat", json=build_request(prompt, model, system), timeout=timeout)
    return reply.raise_for_status().json()["message"]["content"]
""",
    ("ask", "ollama package"): """
import ollama
def ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120):
    messages = build_request(prompt, model, system)["messages"]
    return ollama.Client(host=url, timeout=timeout).chat(model, messages).message.content
""",
    ("ask", "openai package"): """
import openai
def ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120):
    messages = build_request(prompt, model, system)["messages"]
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none", timeout=timeout, max_retries=0) as client:
        return client.chat.completions.create(model=model, messages=messages).choices[0].message.content
""",
    ("ask", "data= and stream read by hand"): """
import json
def ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120):
    body = build_request(prompt, model, system) | {"stream": True}
    r = requests.post(f"{url}/api/chat", data=json.dumps(body), timeout=timeout)
    if not r.ok:
        raise RuntimeError(f"{r.status_code} {r.text}")
    return "".join(json.loads(line)["message"]["content"] for line in r.iter_lines())
""",
    ("ask", "async"): """
import httpx
async def ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120):
    async with httpx.AsyncClient(timeout=timeout) as client:
        reply = await client.post(f"{url}/api/chat", json=build_request(prompt, model, system))
    reply.raise_for_status()
    return reply.json()["message"]["content"]
""",
    ("installed_models", "urllib"): """
import json, urllib.request
def installed_models(url=OLLAMA):
    with urllib.request.urlopen(url + "/api/tags", timeout=5) as reply:
        return sorted(m["model"] for m in json.load(reply)["models"])
""",
    ("installed_models", "ollama package"): """
import ollama
def installed_models(url=OLLAMA):
    return [m.model for m in ollama.Client(host=url).list().models]
""",
    ("installed_models", "openai style, without latest"): """
def installed_models(url=OLLAMA):
    r = requests.get(url + "/v1/models", timeout=5)
    r.raise_for_status()
    return [m["id"].removesuffix(":latest") for m in r.json()["data"] or []]
""",
    ("ask_or_explain", "status looked at by hand"): """
def ask_or_explain(prompt, model=MODEL, url=OLLAMA):
    try:
        r = requests.post(url + "/api/chat", json=build_request(prompt, model), timeout=60)
    except requests.RequestException:
        return "No server there. In a terminal: OLLAMA SERVE"
    if r.status_code == 404 and r.text.startswith("{"):
        return f"Run `ollama pull {model}` first."
    if r.status_code != 200:
        return f"{r.status_code} says the server: {r.text}"
    return r.json()["message"]["content"] or "There was no text in it."
""",
    ("ask_or_explain", "ollama package"): """
import ollama
def ask_or_explain(prompt, model=MODEL, url=OLLAMA):
    try:
        text = ollama.Client(host=url).chat(model, [{"role": "user", "content": prompt}]).message.content
    except ConnectionError:
        return "Run: ollama serve"
    except ollama.ResponseError as problem:
        if "model" in problem.error and "not found" in problem.error:
            return f"Run: ollama pull {model}"
        return f"{problem.error} (status {problem.status_code})"
    return text if text else "no text"
""",
    ("chat_turn", "copy and append"): post("""
    messages = list(history)
    messages.append(user)
    messages.append(dict(role="assistant", content=send(messages)["message"]["content"]))
    return messages"""),
    ("chat_turn", "ollama package"): """
import ollama
def chat_turn(history, prompt, model=MODEL, url=OLLAMA):
    messages = [*history, {"role": "user", "content": prompt}]
    reply = ollama.Client(host=url).chat(model, messages)
    return [*messages, {"role": reply.message.role, "content": reply.message.content}]
""",
    ("chat_turn", "openai package"): """
import openai
def chat_turn(history, prompt, model=MODEL, url=OLLAMA):
    messages = [*history, {"role": "user", "content": prompt}]
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none") as client:
        reply = client.chat.completions.create(model=model, messages=messages)
    return messages + [reply.choices[0].message.model_dump(exclude_none=True)]
""",
}  # fmt: skip

PASTED = 'request = {"model": MODEL, "messages": [{"role": "user", "content": "What is a token?"}], "stream": False}\n' + asking(f"""{SEND}
    reply = requests.post(f"{{OLLAMA}}/api/chat", json=request, timeout=120)
    reply.raise_for_status()
    return reply.json()["message"]["content"]""")
TAGS = 'tags = {"models": [{"name": "an-old-model:latest"}]}\n'
ONE_TEXT = explaining('return f"ollama serve, ollama pull {model}, no text, 404, 500, model runner has unexpectedly stopped"')
LOOP = listing("\n    for m in requests.get(url + '/api/tags', timeout=5).json()['models']:\n        return {}")
CAUGHT = explaining('\n    try:\n        return {}\n    except requests.HTTPError as e:\n        return f"{}"')
WITH_EXPLAIN = CAUGHT.format("ask(prompt, model, url)", "{e.response.text}")
TURN = 'def chat_turn(history, prompt, model=MODEL, url=OLLAMA):\n    messages = history + [{{"role": "user", "content": prompt}}]\n    return {}\n'

# (exercise, slip): (source, a part of the message that it must earn, a check that must fail).
WRONG = {
    ("build_request", "no return"): (request('body = {"model": model}'), "A function without `return`", "names_the_model"),
    ("build_request", "json text"): (request('import json; return json.dumps({"model": model})'), "Return the dictionary, not its text", "holds_the_prompt"),
    ("build_request", "sends it"): (request("return requests.post(OLLAMA, json={}, timeout=5)"), "Sending it is the job of ask", "holds_the_prompt"),
    ("build_request", "sends it and returns the reply"): (request('return requests.post(f"{OLLAMA}/api/chat", json={"model": model, "messages": [{"role": "user", "content": prompt}], "stream": False}, timeout=5).json()'), "This is a reply. Do not send: return the dictionary that would be sent.", "holds_the_prompt"),
    ("build_request", "sends it and returns the text"): (request('return requests.post(f"{OLLAMA}/api/chat", json={"model": model, "messages": [{"role": "user", "content": prompt}], "stream": False}, timeout=5).json()["message"]["content"]'), "This is a reply. Do not send", "holds_the_prompt"),
    ("build_request", "sends it and returns the raw JSON"): (request('return requests.post(f"{OLLAMA}/api/chat", json={"model": model, "messages": [{"role": "user", "content": prompt}], "stream": False}, timeout=5).text'), "This is a reply. Do not send", "asks_for_one_piece"),
    ("build_request", "a comma too many"): (request('return {"model": model},'), "a comma too many", "names_the_model"),
    ("build_request", "no model"): (request('return {"messages": []}'), "each request says which", "names_the_model"),
    ("build_request", "fixed model"): (request('return {"model": MODEL}'), "works for that one model only", "names_the_model"),
    ("build_request", "prompt"): (request('return {"model": model, "prompt": prompt}'), "`prompt` belongs to another endpoint", "holds_the_prompt"),
    ("build_request", "message"): (request('return {"model": model, "message": prompt}'), "The key is `messages`, with an s", "holds_the_prompt"),
    ("build_request", "no messages"): (request('return {"model": model}'), "Ollama only loads the model", "holds_the_prompt"),
    ("build_request", "a text"): (request('return {"model": model, "messages": prompt}'), "A text alone does not say who speaks", "holds_the_prompt"),
    ("build_request", "a dict"): (request('return {"model": model, "messages": {"role": "user", "content": prompt}}'), "One dictionary is one message", "holds_the_prompt"),
    ("build_request", "empty list"): (request('return {"model": model, "messages": []}'), "is a list, even for a single message", "holds_the_prompt"),
    ("build_request", "list of texts"): (request('return {"model": model, "messages": [prompt]}'), "says who speaks", "holds_the_prompt"),
    ("build_request", "no role"): (request('return {"model": model, "messages": [{"content": prompt}]}'), "The role is missing", "holds_the_prompt"),
    ("build_request", "role human"): (request('return {"model": model, "messages": [{"role": "human", "content": prompt}]}'), "Ollama does not check roles", "holds_the_prompt"),
    ("build_request", "key text"): (request('return {"model": model, "messages": [{"role": "user", "text": prompt}]}'), "has the key `content`", "holds_the_prompt"),
    ("build_request", "content list"): (request('return {"model": model, "messages": [{"role": "user", "content": [prompt]}]}'), "not a list or a dictionary", "holds_the_prompt"),
    ("build_request", "hard-coded"): (request('return {"model": model, "messages": [{"role": "user", "content": "Hi!"}]}'), "from the parameter `prompt`", "holds_the_prompt"),
    ("build_request", "always a system message"): (request('return {"messages": [{"role": "system", "content": system}, {"role": "user", "content": prompt}]}'), "only if `system` is not None", "holds_the_prompt"),
    ("build_request", "no stream"): (request('return {"model": model}'), '.json() stops with "Extra data"', "asks_for_one_piece"),
    ("build_request", "stream True"): (request('return {"model": model, "stream": True}'), "True asks for many lines", "asks_for_one_piece"),
    ("build_request", "stream text"): (request('return {"model": model, "stream": "false"}'), "In quotes it is a text", "asks_for_one_piece"),
    ("build_request", "stream 0"): (request('return {"model": model, "stream": 0}'), "Only True or False", "asks_for_one_piece"),
    ("build_request", "stream in options"): (request('return {"model": model, "options": {"stream": False}}'), "beside `options`, not in it", "asks_for_one_piece"),
    ("build_request", "system ignored"): (request('return {"messages": [{"role": "user", "content": prompt}]}'), "`system` is not used yet", "puts_system_first"),
    ("build_request", "system last"): (request('return {"messages": [{"role": "user", "content": prompt}, {"role": "system", "content": system}]}'), "standing orders come before", "puts_system_first"),
    ("build_request", "system as key"): (request('return {"system": system, "messages": [{"role": "user", "content": prompt}]}'), "belongs to /api/generate", "puts_system_first"),
    ("build_request", "system in the prompt"): (request('return {"messages": [{"role": "user", "content": f"{system} {prompt}"}]}'), "The user did not say this", "puts_system_first"),
    ("build_request", "append assigned"): ('def build_request(prompt, model, system=None):\n    messages = []\n    messages = messages.append({"role": "user", "content": prompt})\n    return {"model": model, "messages": messages, "stream": False}', "`messages` is None here: append changes the list and returns nothing.", "holds_the_prompt"),
    ("build_request", "system misspelled"): (request('return {"messages": [{"role": "sytem", "content": system}, {"role": "user", "content": prompt}]}'), "The role of this message is system", "puts_system_first"),
    ("build_request", "system alone"): (request('return {"messages": [{"role": "system", "content": system}]}'), "The prompt is lost", "puts_system_first"),
    ("ask", "returns the reply object"): (asking(f"{SEND}; return r"), "This is the whole response", "returns_the_text"),
    ("ask", "returns the dictionary"): (asking(f"{SEND}; return r.json()"), "Go on to the text", "returns_the_text"),
    ("ask", "returns the message"): (asking(f'{SEND}; return r.json()["message"]'), "Go on to the text", "returns_the_text"),
    ("ask", "returns .text"): (asking(f"{SEND}; return r.text"), "raw JSON as one long string", "returns_the_text"),
    ("ask", "prints"): (asking(f'{SEND}; print(r.json()["message"]["content"])'), "You printed the value.", "returns_the_text"),
    ("ask", "no return"): (asking(f'{SEND}; text = r.json()["message"]["content"]'), "A function without `return`", "returns_the_text"),
    ("ask", "no .json()"): (asking(f'{SEND}; return r["message"]["content"]'), "take response.json() first", "returns_the_text"),
    ("ask", "generate"): (asking('r = requests.post(url + "/api/generate", json={"model": model, "prompt": prompt, "stream": False}, timeout=timeout); return r.json()["response"]'), "/api/chat takes `messages`; use that one", "returns_the_text"),
    ("ask", "key response"): (asking(f'{SEND}; return r.json()["response"]'), "`response` belongs to /api/generate", "returns_the_text"),
    ("ask", "key choices"): (asking(f'{SEND}; return r.json()["choices"][0]'), "how OpenAI's API replies", "returns_the_text"),
    ("ask", "key content"): (asking(f'{SEND}; return r.json()["content"]'), "one level deeper", "returns_the_text"),
    ("ask", "stream left on"): (asking('r = requests.post(url + "/api/chat", json={"model": model, "messages": [{"role": "user", "content": prompt}]}, timeout=timeout); return r.json()["message"]["content"]'), "Streaming was left on", "returns_the_text"),
    ("ask", "wrong path"): (asking('r = requests.post(url + "/api/chats", json=build_request(prompt, model), timeout=timeout); return r.text'), "only POST /api/chats", "returns_the_text"),
    ("ask", "hard-coded answer"): (asking('return "Paris."'), "is not the model's", "returns_the_text"),
    ("ask", "hard-coded prompt"): (asking(SEND.replace("prompt", "'Hi!'") + '; return r.json()["message"]["content"]'), "pass it on to build_request", "returns_the_text"),
    ("ask", "cut text"): (asking(f'{SEND}; return r.json()["message"]["content"].split()[0][:3]'), "exactly as the server sent it", "returns_the_text"),
    ("ask", "fixed model"): (asking(SEND.replace("model,", "MODEL,") + '; return r.json()["message"]["content"]'), "Pass the parameter `model` on", "uses_what_it_is_given"),
    ("ask", "fixed address"): (asking(SEND.replace("{url}", "{OLLAMA}") + '; return r.json()["message"]["content"]'), "not a fixed address", "uses_what_it_is_given"),
    ("ask", "system lost"): (asking(SEND.replace(", system)", ")") + '; return r.json()["message"]["content"]'), "Pass the parameter `system` on", "uses_what_it_is_given"),
    ("ask", "renamed parameter"): ('def ask(question, modell=MODEL):\n    return requests.post(OLLAMA + "/api/chat", json=build_request(question, modell), timeout=9).json()["message"]["content"]', "Keep the `def` line as it was, `def ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120):`", "uses_what_it_is_given"),
    ("ask", "no raise_for_status"): (asking(f'{SEND}; return r.json()["message"]["content"]'), "You took the error for an answer", "stops_at_an_error"),
    ("ask", "error as text"): (asking(f'{SEND}; return r.json()["message"]["content"] if r.ok else r.text'), "cannot tell this from an answer", "stops_at_an_error"),
    ("ask", "no timeout"): (asking(SEND.replace(", timeout=timeout", "") + '; return r.json()["message"]["content"]'), "requests waits for ever", "gives_up_in_time"),
    ("ask", "fixed timeout"): (asking(SEND.replace("timeout=timeout", "timeout=60") + '; return r.json()["message"]["content"]'), "requests waits for ever", "gives_up_in_time"),
    ("ask", "the worked example pasted in"): (PASTED, "You sent `request` from another cell. Here the request is already sent: delete your second requests.post.", "returns_the_text"),
    ("ask", "the worked example pasted in, other model"): (PASTED, "You sent `request` from another cell.", "uses_what_it_is_given"),
    ("ask", "the worked example pasted in, error"): (PASTED, "You sent `request` from another cell.", "stops_at_an_error"),
    ("ask", "the worked example pasted in, timeout"): (PASTED, "You sent `request` from another cell.", "gives_up_in_time"),
    ("ask", "stale data"): ('data = {"message": {"content": "An old text."}}\n' + asking(f'{SEND}; return data["message"]["content"]'), "This text is from an earlier cell or written into the code. Inside ask, use `response`.", "returns_the_text"),
    ("ask", "build_request unknown after a restart"): (asking('return build_requests(prompt)'), "Python does not know `build_requests` here. Run its cell first; after a restart, run all cells above.", "stops_at_an_error"),
    ("ask", "a name of its own"): (asking('requests = requests.post(url, timeout=timeout); return requests.text'), "Your function gives `requests` a value somewhere", "returns_the_text"),
    ("installed_models", "global address"): (listing('return [m["name"] for m in requests.get(f"{OLLAMA}/api/tags", timeout=5).json()["models"]]'), "OLLAMA is only what `url` is when nobody passes another address", "uses_the_address"),
    ("installed_models", "names of a list"): (listing('return requests.get(url + "/api/tags", timeout=5).json()["models"]["name"]'), "`models` is a list: take the name of each entry in a loop.", "lists_the_names"),
    ("installed_models", "status of a dictionary"): (listing('tags = requests.get(url + "/api/tags", timeout=5).json(); tags.raise_for_status()'), "After .json() it is a dictionary; check the status before.", "lists_the_names"),
    ("installed_models", "no .json()"): (listing('return [m["name"] for m in requests.get(url + "/api/tags", timeout=5)["models"]]'), "take response.json() first", "lists_the_names"),
    ("installed_models", "global tags, nothing asked"): (TAGS + listing('return [m["name"] for m in tags["models"]]'), "You used `tags` from the cell above", "lists_the_names"),
    ("installed_models", "global tags, though asked"): (TAGS + listing('requests.get(url + "/api/tags", timeout=5); return [m["name"] for m in tags["models"]]'), "You used `tags` from the cell above", "lists_the_names"),
    ("installed_models", "global tags, nobody there"): (TAGS + listing('return [m["name"] for m in tags["models"]]'), "Nobody answered, so these names are old", "admits_that_nobody_answers"),
    ("installed_models", "unknown name"): (listing('return [m["name"] for m in answers["models"]]'), "Python does not know `answers` here.", "lists_the_names"),
    ("installed_models", "unknown name, address"): (listing('return [m["name"] for m in answers["models"]]'), "Python does not know `answers` here.", "uses_the_address"),
    ("installed_models", "whole reply"): (listing('return requests.get(url + "/api/tags", timeout=5).json()'), "This is the whole reply", "lists_the_names"),
    ("installed_models", "whole entries"): (listing('return requests.get(url + "/api/tags", timeout=5).json()["models"]'), "Take the `name` of each", "lists_the_names"),
    ("installed_models", "reply object"): (listing('return requests.get(url + "/api/tags", timeout=5)'), "This is the whole response", "lists_the_names"),
    ("installed_models", "one text"): (listing('return ", ".join(m["name"] for m in requests.get(url + "/api/tags", timeout=5).json()["models"])'), "One text is not a list", "lists_the_names"),
    ("installed_models", "first only"): (listing('return [requests.get(url + "/api/tags", timeout=5).json()["models"][0]["name"]]'), "Some names are missing", "lists_the_names"),
    ("installed_models", "loaded models"): (listing('return [m["name"] for m in requests.get(url + "/api/ps", timeout=5).json()["models"]]'), "what is in memory at this moment", "lists_the_names"),
    ("installed_models", "hard-coded"): (listing('return ["llama3.2:latest", "qwen2.5:0.5b"]'), "out of date tomorrow", "asks_anew"),
    ("installed_models", "asked once"): ('NAMES = []\ndef installed_models(url=OLLAMA):\n    if not NAMES:\n        NAMES.extend(m["name"] for m in requests.get(url + "/api/tags", timeout=5).json()["models"])\n    return NAMES', "out of date tomorrow", "asks_anew"),
    ("installed_models", "no return"): (listing('names = requests.get(url + "/api/tags", timeout=5).json()'), "A function without `return`", "lists_the_names"),
    ("installed_models", "show"): (listing('return requests.post(url + "/api/show", json={"model": MODEL}, timeout=5).json()["models"]'), "describes one model", "lists_the_names"),
    ("installed_models", "POST"): (listing('return requests.post(url + "/api/tags", timeout=5).json()["models"]'), "wants GET", "lists_the_names"),
    ("installed_models", "hides the silence"): (listing('\n    try:\n        return [m["name"] for m in requests.get(url + "/api/tags", timeout=5).json()["models"]]\n    except Exception:\n        return []'), "That is another problem", "admits_that_nobody_answers"),
    ("ask_or_explain", "just asks"): (explaining("return ask(prompt, model, url)"), "Catch requests.exceptions.ConnectionError", "explains_a_silent_server"),
    ("ask_or_explain", "just asks, status"): (explaining("return ask(prompt, model, url)"), "Catch it, or look at status_code", "explains_a_missing_model"),
    ("ask_or_explain", "just asks, empty"): (explaining("return ask(prompt, model, url)"), "A 200 is not yet a good answer", "notices_an_empty_reply"),
    ("ask_or_explain", "one except for all"): (explaining('\n    try:\n        return ask(prompt, model, url)\n    except Exception:\n        return "Start it with ollama serve"'), "hides the cause", "explains_a_missing_model"),
    ("ask_or_explain", "every error is a missing model"): (explaining('\n    try:\n        return ask(prompt, model, url) or "no text"\n    except requests.HTTPError:\n        return f"ollama pull {model}"\n    except OSError:\n        return "ollama serve"'), "Not every error means a missing model", "repeats_other_errors"),
    ("ask_or_explain", "404 means pull"): (explaining('\n    try:\n        return ask(prompt, model, url)\n    except requests.HTTPError as e:\n        return f"404: ollama pull {model}" if e.response.status_code == 404 else f"{e.response.status_code} {e.response.text}"'), "a path or a model", "repeats_other_errors"),
    ("ask_or_explain", "error without a fix"): (explaining('\n    r = requests.post(url + "/api/chat", json=build_request(prompt, model), timeout=5)\n    return r.text'), "Say also what to do next", "explains_a_missing_model"),
    ("ask_or_explain", "body is always JSON"): (explaining('\n    try:\n        return ask(prompt, model, url)\n    except requests.HTTPError as e:\n        return f"{e.response.status_code} {e.response.json()[\'error\']}"'), "Not every body is JSON", "repeats_other_errors"),
    ("ask_or_explain", "looks for the text first"): (explaining('return requests.post(url + "/api/chat", json=build_request(prompt, model), timeout=5).json()["message"]["content"]'), "This was no answer but an error", "explains_a_missing_model"),
    ("ask_or_explain", "prints"): (explaining('\n    try:\n        return ask(prompt, model, url)\n    except OSError:\n        print("ollama serve")'), "You printed the value.", "explains_a_silent_server"),
    ("ask_or_explain", "other words"): (explaining('\n    try:\n        return ask(prompt, model, url)\n    except OSError:\n        return "Oh dear."'), "The words to use are in the table", "explains_a_silent_server"),
    ("ask_or_explain", "ask unknown after a restart"): ("del ask\n" + explaining('\n    try:\n        return ask(prompt, model, url)\n    except OSError:\n        return "ollama serve"'), "Python does not know `ask` here. Run its cell first; after a restart, run all cells above.", "explains_a_missing_model"),
    ("ask_or_explain", "calls its own variable"): (explaining('\n    try:\n        ask = ask(prompt, model, url)\n        return ask\n    except OSError:\n        return "ollama serve"'), "Choose another name, or set it first.", "notices_an_empty_reply"),
    ("ask_or_explain", "one text for all"): (ONE_TEXT, "Somebody would fetch a model that is not the problem. One text for every problem explains none", "explains_a_silent_server"),
    ("ask_or_explain", "one text for all, missing model"): (ONE_TEXT, "Somebody would restart a server that runs.", "explains_a_missing_model"),
    ("ask_or_explain", "one text for all, no text"): (ONE_TEXT, "One text for every problem explains none", "notices_an_empty_reply"),
    ("ask_or_explain", "one text for all, other errors"): (ONE_TEXT, "One text for every problem explains none", "repeats_other_errors"),
    ("ask", "no f before the quotes"): (asking(SEND.replace('f"{url}', '"{url}') + "; return r.text"), "The braces were sent as they are: put f before the quotes.", "returns_the_text"),
    ("ask", "bare raise_for_status"): (asking(f"{SEND}; raise_for_status(); return r.text"), "It belongs to the response: response.raise_for_status().", "stops_at_an_error"),
    ("ask", "json without brackets"): (asking(f'{SEND}; return r.json["message"]["content"]'), "json is a method: call it, response.json()", "returns_the_text"),
    ("ask", "wrong path, then .json()"): (asking('r = requests.post(url + "/api/chats", json=build_request(prompt, model), timeout=timeout); return r.json()["message"]'), "The server answered POST /api/chats in plain text", "returns_the_text"),
    ("installed_models", "POST, names read"): (listing('return [m["name"] for m in requests.post(url + "/api/tags", timeout=5).json()["models"]]'), "/api/tags wants GET", "asks_anew"),
    ("installed_models", "POST, with nobody there"): (listing('return [m["name"] for m in requests.post(url + "/api/tags", timeout=5).json()["models"]]'), "/api/tags wants GET", "admits_that_nobody_answers"),
    ("installed_models", "return in the loop"): (LOOP.format('[m["name"]]'), "return inside the loop ends at the first entry: collect all, return after the loop.", "lists_the_names"),
    ("installed_models", "return in the loop, a text"): (LOOP.format('m["name"]'), "return inside the loop ends at the first entry", "asks_anew"),
    ("installed_models", "prints"): (listing('\n    for m in requests.get(url + "/api/tags", timeout=5).json()["models"]:\n        print(m["name"])'), "You printed the value.", "lists_the_names"),
    ("ask_or_explain", "words without the status"): (WITH_EXPLAIN, "The server's words are there, the status is missing.", "repeats_other_errors"),
    ("ask_or_explain", "model not passed on"): (CAUGHT.format("ask(prompt)", "404: ollama pull {model}"), "Your function asked for 'llama3.2', not 'no-such-model': pass `model` and `url` on.", "explains_a_missing_model"),
    ("ask_or_explain", "address not passed on"): (CAUGHT.format("ask(prompt, model)", "{e.response.status_code} {e.response.text}"), "not at /other/api/chat: pass `model` and `url` on.", "repeats_other_errors"),
    ("ask_or_explain", "requests' own words"): (explaining("\n    try:\n        return ask(prompt, model, url)\n    except Exception as problem:\n        return str(problem)"), "These are requests' words. The server's own are in problem.response.text.", "repeats_other_errors"),
    ("ask_or_explain", "status + text"): (explaining('\n    try:\n        return ask(prompt, model, url)\n    except requests.HTTPError as e:\n        return e.response.status_code + e.response.text'), 'A number and a text do not add up: f"{status} {body}"', "repeats_other_errors"),
    ("ask_or_explain", "text + status"): (explaining('\n    try:\n        return ask(prompt, model, url)\n    except requests.HTTPError as e:\n        return e.response.text + e.response.status_code'), "A number and a text do not add up", "explains_a_missing_model"),
    ("ask_or_explain", "goes on after except"): (explaining('\n    try:\n        text = ask(prompt, model, url)\n    except requests.exceptions.ConnectionError:\n        print("ollama serve")\n    return text'), "After the except, the function goes on without `text`. Put return there.", "explains_a_silent_server"),
    ("ask_or_explain", "Python's ConnectionError"): (explaining('\n    try:\n        return ask(prompt, model, url)\n    except ConnectionError:\n        return "ollama serve"'), "You caught Python's own ConnectionError. Write requests.exceptions. in front.", "explains_a_silent_server"),
    ("ask_or_explain", "Python's ConnectionError, one of two"): (explaining('\n    try:\n        return ask(prompt, model, url)\n    except (ValueError, ConnectionError) as e:\n        return "ollama serve"'), "You caught Python's own ConnectionError.", "explains_a_silent_server"),
    ("ask_or_explain", "bare HTTPError"): (explaining('\n    try:\n        return ask(prompt, model, url)\n    except HTTPError as e:\n        return e.response.text'), "`HTTPError` belongs to requests. Write requests.exceptions. in front.", "explains_a_missing_model"),
    ("ask_or_explain", "no f before the sentence"): (CAUGHT.format("ask(prompt, model, url)", "ollama pull {{model}}"), "The braces came out as they are: put f before the quotes.", "explains_a_missing_model"),
    ("chat_turn", "a list given to ask"): (TURN.format('messages + [{"role": "assistant", "content": ask(messages, model, url)}]'), "ask puts its first argument into one message as text. A list of messages does not fit there", "sends_everything"),
    ("chat_turn", "a list given to ask, second check"): (TURN.format('messages + [{"role": "assistant", "content": ask(messages, model, url)}]'), "write the body yourself, and POST it.", "returns_the_longer_list"),
    ("chat_turn", "a list given to ask_or_explain"): (WITH_EXPLAIN + TURN.format('messages + [{"role": "assistant", "content": ask_or_explain(messages, model, url)}]'), "ask puts its first argument into one message as text.", "sends_everything"),
    ("chat_turn", "list and reply"): (WITH_EXPLAIN + TURN.format("messages + ask_or_explain(prompt)"), 'The reply is a text: make it a message, {"role": "assistant", "content": ...}, in square brackets.', "sends_everything"),
    ("chat_turn", "nothing sent"): (post("    return history + [user]"), "Nothing was sent yet.", "sends_everything"),
    ("chat_turn", "nothing sent, longer list"): (post("    return history + [user]"), "Nothing was sent yet.", "returns_the_longer_list"),
    ("chat_turn", "only the reply, in a list"): (post('    return [send(history + [user])["message"]]'), "The history and your prompt are missing.", "returns_the_longer_list"),
    ("chat_turn", "list and text"): (post('    return history + prompt'), "A list takes only another list after +.", "sends_everything"),
    ("chat_turn", "list and text, third check"): (post('    return history + prompt'), "A list takes only another list after +.", "leaves_your_list_alone"),
    ("chat_turn", "sum with append"): (post('    return history.append(user) + [user]'), "append changes a list and returns None.", "sends_everything"),
    ("chat_turn", "only the last message"): (post('    return history + [user, send([user])["message"]]'), "The model does not remember you", "sends_everything"),
    ("chat_turn", "prompt not sent"): (post('    return history + [user, send(history)["message"]]'), "your new prompt is missing", "sends_everything"),
    ("chat_turn", "prompt first"): (post('    return history + [user, send([user] + history)["message"]]'), "the new prompt comes last", "sends_everything"),
    ("chat_turn", "own words only"): (post('    return history + [user, send([m for m in history if m["role"] == "user"] + [user])["message"]]'), "own replies belong to the history", "sends_everything"),
    ("chat_turn", "glued together"): (post('    one = " ".join(m["content"] for m in history) + prompt\n    return history + [user, send([{"role": "user", "content": one}])["message"]]'), "Keep each message with its role", "sends_everything"),
    ("chat_turn", "wrong role for the prompt"): (post('    return history + [user, send(history + [{"role": "assistant", "content": prompt}])["message"]]'), "with the role user", "sends_everything"),
    ("chat_turn", "system dropped"): (post('    return history + [user, send(history[1:] + [user])["message"]]'), "Send each message of the history", "sends_everything"),
    ("chat_turn", "reply forgotten"): (post("    send(history + [user]); return history + [user]"), "The reply is missing", "returns_the_longer_list"),
    ("chat_turn", "prompt forgotten"): (post('    return history + [send(history + [user])["message"]]'), "Your own prompt is missing", "returns_the_longer_list"),
    ("chat_turn", "returns the text"): (post('    return send(history + [user])["message"]["content"]'), "cannot be sent back next time", "returns_the_longer_list"),
    ("chat_turn", "returns the message"): (post('    return send(history + [user])["message"]'), "what came in, plus two", "returns_the_longer_list"),
    ("chat_turn", "returns two"): (post('    return [user, send(history + [user])["message"]]'), "The history before is lost", "returns_the_longer_list"),
    ("chat_turn", "returns append"): (post('    messages = history + [user]\n    return messages.append(send(messages)["message"])'), "changes a list and returns None", "returns_the_longer_list"),
    ("chat_turn", "text as message"): (post('    return history + [user, send(history + [user])["message"]["content"]]'), "not who said it", "returns_the_longer_list"),
    ("chat_turn", "whole reply as message"): (post("    return history + [user, send(history + [user])]"), "only the part under `message`", "returns_the_longer_list"),
    ("chat_turn", "list in a list"): (post('    return history + [user, [send(history + [user])["message"]]]'), "puts a list inside a list", "returns_the_longer_list"),
    ("chat_turn", "reply as user"): (post('    return history + [user, {"role": "user", "content": send(history + [user])["message"]["content"]}]'), "has the role assistant", "returns_the_longer_list"),
    ("chat_turn", "reply before prompt"): (post('    return history + [send(history + [user])["message"], user]'), "Keep the order", "returns_the_longer_list"),
    ("chat_turn", "library object"): ('import ollama\ndef chat_turn(history, prompt, model=MODEL, url=OLLAMA):\n    messages = [*history, {"role": "user", "content": prompt}]\n    return messages + [ollama.Client(host=url).chat(model, messages).message]', "an object of a library", "returns_the_longer_list"),
    ("chat_turn", "changes the caller's list"): (post('    history.append(user)\n    history.append(send(history)["message"])\n    return history'), "makes a new one", "leaves_your_list_alone"),
    ("chat_turn", "+= on the caller's list"): (post('    history += [user]\n    return history + [send(history)["message"]]'), "makes a new one", "leaves_your_list_alone"),
}  # fmt: skip
