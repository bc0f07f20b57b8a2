"""Lesson 02, call a local model: five exercises, from a request on paper to a conversation."""

from __future__ import annotations

from localmodels import facts
from localmodels.checks.chats import (
    SLIPS,
    call,
    chats,
    explained,
    must_be_asked_once,
    must_be_new,
    must_be_text,
    nobody_answering,
    one_chat,
    same_model,
    turns,
    why_accident,
    why_unknown_name,
)
from localmodels.checks.core import Exercise, Wrong
from localmodels.checks.plain import LearnerError, shown
from localmodels.checks.reasons_02 import (
    must_be_history,
    must_be_names,
    must_be_request,
    must_be_user_message,
    must_not_be_stale,
    must_send_history,
    why_no_list,
    why_not_silent,
    why_not_whole,
    why_system_failed,
)
from localmodels.checks.sentences_02 import must_be_sentence

MODEL, SMALL, MISSING = (facts.value(f"models.{name}") for name in ("default", "small", "missing"))

build_request = Exercise(
    "build_request",
    lesson="02",
    signature="build_request(prompt, model, system=None)",
    hints=[
        "Look at `request` in the worked example. Which of its parts must now come from the parameters?",
        "Start with an empty list. If there is a system text, append its message first; then append the user "
        "message. Return a dictionary with the keys model, messages and stream.",
        'messages = []\nif system is not None:\n    messages.append({"role": "system", "content": ...})\n'
        'messages.append({"role": "user", "content": ...})\nreturn {"model": ..., "messages": messages, "stream": ...}',
    ],
)


@build_request.check(points=1)
def names_the_model(learner, ollama):
    """names the model you ask for"""
    request = must_be_request(call(learner, ollama, "build_request", "Hi!", SMALL))
    if "model" not in request:
        raise Wrong("The request has the key model.", request, idea="One Ollama serves many models, so each request says which.")
    if not same_model(request["model"], SMALL):
        idea = "Use the parameter `model`. A name written into the function works for that one model only."
        raise Wrong(f'build_request("Hi!", "{SMALL}") names {SMALL}.', request["model"], idea=idea)


@build_request.check(points=2)
def holds_the_prompt(learner, ollama):
    """holds your prompt as one message of the user"""
    for prompt in ("Hi!", "What is a weight?"):
        must_be_user_message(must_be_request(call(learner, ollama, "build_request", prompt, MODEL)), prompt)


@build_request.check(points=1)
def asks_for_one_piece(learner, ollama):
    """asks for the whole reply in one piece"""
    request = must_be_request(call(learner, ollama, "build_request", "Hi!", MODEL))
    if request.get("stream") is not False:
        raise Wrong('The request holds "stream": False.', request, idea=why_not_whole(request), see="streaming")


@build_request.check(points=1)
def puts_system_first(learner, ollama):
    """puts a system text first, as a message of its own"""
    order = "Answer like a pirate."
    request = must_be_request(call(learner, ollama, "build_request", "Hi!", MODEL, system=order))
    if turns(request.get("messages")) != [("system", order), ("user", "Hi!")]:
        expected = "With a system text there are two messages: role system first, then role user."
        raise Wrong(expected, shown(request), idea=why_system_failed(request, order), see="system-message")


ask = Exercise(
    "ask",
    lesson="02",
    signature="ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120)",
    hints=[
        "The request is sent already. Three steps of the worked example are left: look for an error, turn the response into "
        "Python data, take out the text.",
        "First let `response` raise if its status is an error. Then turn it into Python data, `data`, with .json(). Follow "
        "the keys in `data` to the text, and return that text.",
        'response.raise_for_status()\ndata = response.json()\nreturn data["..."]["..."]',
    ],
)


@ask.check(points=2)
def returns_the_text(learner, ollama):
    """sends your prompt and returns the text of the reply"""
    for prompt, reply in (("Capital of France?", "Paris."), ("A word in Danish?", "Smørrebrød")):
        ollama.clear()
        ollama.reply(reply)
        answer = call(learner, ollama, "ask", prompt)
        must_be_asked_once(ollama, prompt)
        sent = turns(one_chat(ollama).get("messages"))
        if ("user", prompt) not in sent:
            idea = "The prompt comes in as a parameter; pass it on to build_request."
            raise Wrong(f"The request holds the user message {prompt!r}.", sent, idea=idea, see="message")
        if answer != reply and len(chats(ollama)) == 1:
            must_be_new(learner, ollama, answer)
        must_be_text(answer, reply)


@ask.check(points=1)
def uses_what_it_is_given(learner, ollama):
    """uses the model, the address and the system text that you pass"""
    call(learner, ollama, "ask", "Hi!", model=SMALL, url=ollama.url, system="Be kind.")
    must_be_asked_once(ollama, "Hi!")
    sent = one_chat(ollama)
    host = {key.lower(): value for key, value in ollama.last.headers.items()}.get("host", "")
    if not same_model(sent.get("model"), SMALL):
        raise Wrong(f'ask("Hi!", model="{SMALL}") asks {SMALL}.', sent.get("model"), idea="Pass the parameter `model` on.")
    if host != ollama.url.split("//")[-1].strip("/"):
        raise Wrong("The request goes to the address in `url`.", f"a request to {host}", idea="Use `url`, not a fixed address.")
    if ("system", "Be kind.") not in turns(sent.get("messages")):
        idea = "Pass the parameter `system` on to build_request."
        raise Wrong("The system text is sent.", turns(sent.get("messages")), idea=idea, see="system-message")


@ask.check(points=1)
def stops_at_an_error(learner, ollama):
    """raises when the server answers with an error"""
    call(learner, ollama, "ask", "Hi!")  # without an error there is nothing to raise
    must_be_asked_once(ollama, "Hi!")
    ollama.fail(500, "model runner has unexpectedly stopped")
    expected = "After a status of 400 or more, ask raises an error that tells the status."
    try:
        answer = learner.ask("Hi!")
    except LearnerError as error:
        if error.name not in SLIPS:
            return
        idea = why_unknown_name(error) or "You took the error for an answer and looked for its text. Call raise_for_status() before .json()."
        raise Wrong(expected, error.sentence, idea=idea, see="status-code") from error
    idea = "Whoever calls ask cannot tell this from an answer. response.raise_for_status() stops in time."
    raise Wrong(expected, f"returned {shown(answer)}", idea=idea, see="status-code")


@ask.check(points=1)
def gives_up_in_time(learner, ollama):
    """gives up when the timeout is over"""
    call(learner, ollama, "ask", "Hi!")  # a reply in time is no reason to give up
    must_be_asked_once(ollama, "Hi!")
    ollama.reply("too late", delay=0.4)
    expected = "With timeout=0.1, ask raises a timeout error when the reply takes longer."
    try:
        answer = learner.ask("Hi!", timeout=0.1)
    except LearnerError as error:
        if "timeout" in error.name.lower() or "timed out" in error.message.lower():
            return
        idea = why_unknown_name(error) or "The timeout should be what ends the wait. Keep timeout=timeout in the call."
        raise Wrong(expected, error.sentence, idea=idea, see="timeout") from error
    idea = "Without `timeout=timeout` in the call, requests waits for ever, and so does whoever uses your function."
    raise Wrong(expected, f"waited and returned {shown(answer)}", idea=idea, see="timeout")


installed_models = Exercise(
    "installed_models",
    lesson="02",
    signature="installed_models(url=OLLAMA)",
    hints=[
        "The same four steps as in ask. Only the method, the path and the keys differ.",
        "GET the path /api/tags at the address in `url`. Turn the response into Python data, take the list under `models` "
        "and collect the `name` of each entry. (Timeout and status are good habits; they are not checked here.)",
        'response = requests.get(f"{url}/api/tags", timeout=10)\nresponse.raise_for_status()\ndata = response.json()\n'
        'return [entry["..."] for entry in data["..."]]',
    ],
)


@installed_models.check(points=1)
def lists_the_names(learner, ollama):
    """returns the names of the installed models"""
    _must_list(_listed(learner, ollama), [MODEL, SMALL], learner, ollama)


def _listed(learner, ollama):
    """What installed_models returns; Wrong, with the likely reason, when it raises although the server answers."""
    try:
        return learner.installed_models()
    except LearnerError as error:
        expected = "The function asks GET /api/tags and returns a list of names."
        raise Wrong(expected, error.sentence, idea=why_no_list(error, ollama), see="endpoint") from error


def _must_list(answer, names, learner, ollama):
    """Wrong unless these are the names; an old list is told apart from a wrong way to read a new one."""
    try:
        must_be_names(answer, names, ollama, learner.source("installed_models"))
    except Wrong:
        if ollama.requests:
            must_not_be_stale(answer, learner, ollama)
        raise


@installed_models.check(points=1)
def asks_anew(learner, ollama):
    """asks the server anew each time"""
    ollama.install(MISSING)
    _must_list(_listed(learner, ollama), [MODEL, SMALL, MISSING], learner, ollama)
    for name in (MODEL, SMALL, MISSING):
        ollama.remove(name)
    must_be_names(_listed(learner, ollama), [], ollama)


@installed_models.check(points=1)
def uses_the_address(learner, ollama):
    """uses the address that you pass"""
    raised = None
    try:
        learner.installed_models(url=f"{ollama.url}/another")
    except LearnerError as error:  # nothing is there: what counts is where the request went
        raised = error
    asked = [f"{sent.method} {sent.path}" for sent in ollama.requests]
    if any(" /another" in sent for sent in asked):
        return
    expected = "The request goes to the address in `url`, which may be another server's."
    if raised and not asked:
        raise Wrong(expected, raised.sentence, idea=why_accident(raised, ollama)[0], see="endpoint") from raised
    if not asked:
        raise Wrong(expected, "no request reached the server", idea="Do not use `tags` from the cell above; ask anew.", see="endpoint")
    idea = "Write {url}/api/tags. OLLAMA is only what `url` is when nobody passes another address."
    raise Wrong(expected, f"{asked[-1]}, at a fixed address", idea=idea, see="endpoint")


@installed_models.check(points=1)
def admits_that_nobody_answers(learner, ollama):
    """raises when no server answers"""
    _listed(learner, ollama)  # with a server there is nothing to raise
    try:
        with nobody_answering(ollama):
            answer = learner.installed_models()
    except LearnerError:
        return
    raise Wrong("With the server down, the error reaches the caller.", f"returned {shown(answer)}", idea=why_not_silent(answer))


ask_or_explain = Exercise(
    "ask_or_explain",
    lesson="02",
    signature="ask_or_explain(prompt, model=MODEL, url=OLLAMA)",
    hints=[
        "Which of the four problems has no status at all? That one needs try and except; the others can be read off "
        "the response.",
        "Put ask(...) into try. Catch requests.exceptions.ConnectionError and requests.exceptions.HTTPError apart. "
        "An HTTPError carries the response: problem.response. At the end, look whether the text is empty.",
        "try:\n    text = ask(prompt, model, url)\nexcept requests.exceptions.ConnectionError:\n    return ...\n"
        "except requests.exceptions.HTTPError as problem:\n    response = problem.response  # has .status_code and .text\n"
        "    if response.status_code == 404 and model in response.text:\n        return ...\n    return ...\nreturn text or ...",
    ],
)


@ask_or_explain.check(points=1)
def answers_when_all_is_well(learner, ollama):
    """returns the reply when all is well"""
    ollama.reply("A pile of numbers.")
    answer = call(learner, ollama, "ask_or_explain", "What is a model?", model=SMALL)
    must_be_text(answer, "A pile of numbers.")


@ask_or_explain.check(points=1)
def explains_a_silent_server(learner, ollama):
    """says `ollama serve` when nobody answers"""
    with nobody_answering(ollama):
        must_be_sentence(learner, ollama, [facts.value("install.serve")], "nobody answers at that address", url=ollama.url)


@ask_or_explain.check(points=1)
def explains_a_missing_model(learner, ollama):
    """says `ollama pull` and the name when the model is not installed"""
    must_be_sentence(learner, ollama, ["ollama pull", MISSING], f"{MISSING} is not installed", model=MISSING)


@ask_or_explain.check(points=1)
def notices_an_empty_reply(learner, ollama):
    """says `no text` when the reply is empty"""
    ollama.reply("")
    must_be_sentence(learner, ollama, ["no text"], "the status is 200 but there is no text")


@ask_or_explain.check(points=1)
def repeats_other_errors(learner, ollama):
    """repeats the status and the server's own words for any other error"""
    words = "model runner has unexpectedly stopped"
    ollama.fail(500, words)
    must_be_sentence(learner, ollama, ["500", words], "the server reports another error")
    told = must_be_sentence(learner, ollama, ["404"], "the path does not exist", url=f"{ollama.url}/other")
    if "ollama pull" in told:
        idea = "A 404 says that something was not found, not what. Only the body tells: a path or a model."
        raise Wrong("After `404 page not found` nobody is told to pull a model.", told, idea=idea, see="status-code")


chat_turn = Exercise(
    "chat_turn",
    lesson="02",
    signature="chat_turn(history, prompt, model=MODEL, url=OLLAMA)",
    hints=[
        "The server forgets everything. What must the request hold, so that the model can know what was said before?",
        "Make a new list: the history plus your user message. Send that list. Return it with one more message: the "
        "reply, with role assistant.",
        'messages = history + [{"role": "user", "content": ...}]\nbody = {"model": ..., "messages": messages, "stream": ...}\n'
        'response = requests.post(f"{url}/api/chat", json=body, timeout=120)\nresponse.raise_for_status()\ndata = response.json()\n'
        "return messages + [...]",
    ],
)
PAST = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "My name is Ada."},
    {"role": "assistant", "content": "Nice to meet you, Ada."},
]
QUESTION = "What is my name?"
UNSENT = "Nothing was sent yet. A longer list alone asks nobody: POST it, then put the reply at its end."


@chat_turn.check(points=2)
def sends_everything(learner, ollama):
    """sends the whole history, then your prompt"""
    for past in ([], PAST):
        ollama.clear()
        call(learner, ollama, "chat_turn", past, QUESTION)
        must_send_history(one_chat(ollama, UNSENT), [*turns(past), ("user", QUESTION)])


@chat_turn.check(points=2)
def returns_the_longer_list(learner, ollama):
    """returns the history with your prompt and the reply at its end"""
    ollama.reply("Your name is Ada.")
    answer = call(learner, ollama, "chat_turn", PAST, QUESTION)
    one_chat(ollama, UNSENT)
    must_be_history(answer, [*turns(PAST), ("user", QUESTION), ("assistant", "Your name is Ada.")])


@chat_turn.check(points=1)
def leaves_your_list_alone(learner, ollama):
    """leaves the list that you pass as it was"""
    with explained("chat_turn", ollama):
        answer, (past, _) = learner.after("chat_turn", PAST, QUESTION)
    if past != PAST:
        idea = "append and += change the list that the caller still holds. history + [...] makes a new one."
        raise Wrong("chat_turn works on a list of its own.", f"your list grew to {len(past)} messages", idea=idea)
    if not isinstance(answer, list) or len(answer) <= len(PAST):
        raise Wrong("chat_turn returns a longer list.", answer, idea="Return the longer list, so that the next turn can go on.")
