"""Why an answer of lesson 02 is not right yet: typical wrong answers, and the idea behind each.

Each `must_...` raises `Wrong` with that idea; each `why_...` only names it.
"""

from __future__ import annotations

import json
import re
from typing import Any

from localmodels.checks.chats import A_LIST_IN_ASK, fields, holds_a_list_as_text, same_model, text_of, turns, why_accident, why_unknown_name
from localmodels.checks.core import Wrong
from localmodels.checks.plain import LearnerError, Opaque, shown

APPENDED = "`messages` is None here: append changes the list and returns nothing. Write messages.append(...) without `messages =` in front."
ONE_LIST = '`messages` is a list, even for a single message: [{"role": "user", "content": ...}].'


A_REPLY = "This is a reply. Do not send: return the dictionary that would be sent."


def must_be_request(value: Any) -> dict[str, Any]:
    """The dictionary that build_request returned, keys in lower case."""
    if isinstance(value, dict) and not _is_reply(fields(value)):
        return fields(value)
    if isinstance(value, dict):
        got, idea = shown(value), A_REPLY
    elif value is None:
        got, idea = "nothing (None)", "A function without `return` gives back None."
    elif isinstance(value, str):
        got, idea = value, _why_a_text(value)
    elif isinstance(value, Opaque):
        got, idea = value, "This function only writes the request down. Sending it is the job of ask."
    else:
        got, idea = value, "Curly brackets with key: value pairs make a dictionary. Is there a comma too many after them?"
    raise Wrong("build_request returns a dictionary.", got, idea=idea, see="json")


def _why_a_text(value: str) -> str:
    """Why build_request returned a text: a request turned into JSON, or what came back when it was sent."""
    try:
        found = json.loads(value)
    except ValueError:
        found = {"done": True}  # no JSON at all: a text that a model wrote
    if isinstance(found, dict) and _is_reply(fields(found)):
        return A_REPLY
    return "requests turns a dictionary into JSON itself (json=...). Return the dictionary, not its text."


def _is_reply(found: dict[str, Any]) -> bool:
    """Whether this dictionary came from the server: a whole reply, its message, or an error."""
    return "done" in found or set(found) == {"error"} or (found.get("role") == "assistant" and "content" in found)


def must_be_user_message(request: dict[str, Any], prompt: str) -> None:
    """Wrong unless the messages are exactly one user message with this prompt."""
    messages = request.get("messages")
    if isinstance(messages, (list, tuple)) and turns(messages) == [("user", prompt)]:
        return
    expected = f"`messages` is a list with one message: role user, content {prompt!r}."
    raise Wrong(expected, shown(request), idea=_why_not_user_message(request, prompt), see="message")


def _why_not_user_message(request: dict[str, Any], prompt: str) -> str:
    messages = request.get("messages")
    if messages is None:
        return _why_no_messages(request)
    if isinstance(messages, str):
        return f"A text alone does not say who speaks. {ONE_LIST}"
    if isinstance(messages, dict):
        return f"One dictionary is one message, not a list of them. {ONE_LIST}"
    if not isinstance(messages, (list, tuple)) or not messages:
        return ONE_LIST
    return _why_not_this_message(messages, prompt)


def _why_no_messages(request: dict[str, Any]) -> str:
    if "prompt" in request:
        return "`prompt` belongs to another endpoint, /api/generate. /api/chat ignores it and answers 200 with no text."
    if "message" in request:
        return "The key is `messages`, with an s, even for one. Ollama ignores a key that it does not know."
    if "messages" in request:
        return APPENDED
    return "Without `messages` there is nothing to answer: Ollama only loads the model and says 200."


def _why_not_this_message(messages: list, prompt: str) -> str:
    first = fields(messages[-1])
    if not first:
        return f"Each entry is a dictionary that says who speaks. {ONE_LIST}"
    if len(messages) > 1:
        return "Without a system text there is one message only: add the system message only if `system` is not None."
    if "role" not in first:
        return "The role is missing, so nobody knows who speaks. Yours is user."
    if str(first["role"]).lower() != "user":
        return "What you ask has the role user. Ollama does not check roles: a wrong one is dropped or misread in silence."
    if "content" not in first:
        return "The text of a message has the key `content`."
    if not isinstance(first["content"], str):
        return "`content` is a text in quotes, not a list or a dictionary."
    return "Take the text from the parameter `prompt`, and send it as it is."


def why_not_whole(request: dict[str, Any]) -> str:
    """Why the reply would not come in one piece, or not at all."""
    stream = request.get("stream")
    if stream is None and "options" in request and "stream" in fields(request["options"]):
        return "`stream` stands beside `options`, not in it. Inside, Ollama ignores it."
    if stream is None:
        return 'Left out, stream is true: the reply comes as many lines, and .json() stops with "Extra data".'
    if stream is True:
        return 'True asks for many lines, one per piece; .json() stops with "Extra data".'
    if isinstance(stream, str):
        return "In quotes it is a text, and the server refuses it with status 400. False has no quotes."
    return "Only True or False will do here. For anything else the server answers with status 400."


def why_system_failed(request: dict[str, Any], order: str) -> str:
    """Why the system text will not act as standing orders."""
    found = turns(request.get("messages"))
    if ("system", order) in found:
        return "The order counts: standing orders come before what the user says." if len(found) > 1 else "The prompt is lost."
    if "system" in request:
        return "A key `system` belongs to /api/generate; /api/chat ignores it. Here it is a message with the role system."
    if any(order in text and role == "user" for role, text in found):
        return "The user did not say this. Give it a message of its own, with the role system."
    if any(order in text for _, text in found):
        return "The role of this message is system, in these letters."
    return APPENDED if request.get("messages", ()) is None else "The parameter `system` is not used yet."


def why_no_list(error: LearnerError, ollama) -> str | None:
    """Why installed_models raised although the server answers, if the error, the path or the method gives it away."""
    if why_unknown_name(error):
        return why_unknown_name(error)
    asked = " ".join(f"{sent.method} {sent.path}" for sent in ollama.requests)
    if "/api/show" in asked:
        return "/api/show describes one model. The list of all is under /api/tags."
    if "POST /api/tags" in asked:
        return "/api/tags wants GET: you ask for something and send nothing. POST gets the status 405."
    if error.name == "KeyError":
        return "Print the reply first: the list is under `models`, and each entry has a `name`."
    if "list indices must be integers" in error.message:
        return "`models` is a list: take the name of each entry in a loop."
    return why_accident(error, ollama)[0] or None


def must_be_names(value: Any, expected: list[str], ollama, source: str = "") -> None:
    """Wrong unless `value` is a list with exactly these model names, in any order; `source` are the function's lines, if known."""
    names = list(value) if isinstance(value, (list, tuple, set)) else None
    if names is not None and _same_names(names, expected):
        return
    told = "With no model installed, the function returns an empty list."
    if expected:
        told = f"With {', '.join(expected)} installed, the function returns a list of their names."
    got = "nothing (None)" if value is None else _cut(shown(value))
    raise Wrong(told, got, idea=_why_no_names(value, expected, ollama, source), see="model-tag")


def must_not_be_stale(value: Any, learner, ollama) -> None:
    """Wrong when installed_models returns the same names again after every model was removed."""
    if not isinstance(value, list) or not value:
        return
    for name in list(ollama.models):
        ollama.remove(name)
    try:
        again = learner.installed_models()
    except LearnerError:
        return
    if again == value:
        idea = "You used `tags` from the cell above, or another old list; ask anew, and use what the server answers now."
        raise Wrong("With other models installed, the list is another one.", f"each time {_cut(shown(value))}", idea=idea, see="endpoint")


def why_not_silent(value: Any) -> str:
    """Why installed_models returned something although nobody answers."""
    if isinstance(value, list) and value:
        return "Nobody answered, so these names are old: they are from an earlier cell or written into the code. Ask anew."
    if value is None:
        return "None hides what happened. Without try and except, the error reaches the caller by itself."
    if isinstance(value, str) and value:
        return "Nobody answered, so this name is old: it is from an earlier cell or written into the code. Ask anew."
    return "An empty list says: the server is there and has no model. That is another problem with another fix."


def _cut(text: str, letters: int = 120) -> str:
    return text if len(text) <= letters else f"{text[:letters]} ..."


def _same_names(names: list, expected: list[str]) -> bool:
    if len(names) != len(expected) or not all(isinstance(name, str) for name in names):
        return False
    return all(any(same_model(name, wanted) for name in names) for wanted in expected)


def _is_first_of_many(value: Any, expected: list[str]) -> bool:
    """Whether this is one of several names, in a list or not."""
    one = value[0] if isinstance(value, list) and len(value) == 1 else value
    return len(expected) > 1 and isinstance(one, str) and any(same_model(one, wanted) for wanted in expected)


def _why_no_names(value: Any, expected: list[str], ollama, source: str) -> str:
    paths = " ".join(sent.path for sent in ollama.requests)
    if value is None:
        return "A function without `return` gives back None."
    if isinstance(value, dict):
        return "This is the whole reply. The list is under `models`."
    if isinstance(value, Opaque):
        return "This is the whole response. Take .json(), then the list under `models`, then each name."
    if _is_first_of_many(value, expected) and re.search(r"(?m)^ +for ", source):
        return "return inside the loop ends at the first entry: collect all, return after the loop."
    if isinstance(value, str):
        return "One text is not a list: a list keeps several names, or none."
    if any(isinstance(entry, (dict, Opaque)) for entry in value):
        return "These are the whole entries, with size and date. Take the `name` of each."
    if "/api/ps" in paths:
        return "/api/ps lists what is in memory at this moment. What is installed is under /api/tags."
    if not paths:
        return (
            "No request reached the server. You used `tags` from the cell above, or wrote the list down: it is out of date tomorrow. Ask anew."
        )
    if len(value) < len(expected):
        return "Some names are missing: go through the whole list under `models`."
    return "Ask the server on each call and return what it lists, no more and no less."


def must_send_history(sent: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    """Wrong unless the request holds exactly these turns."""
    found = turns(sent.get("messages"))
    if found == expected:
        return
    told = f"The request holds {len(expected)} message{'s'[: len(expected) > 1]}: all of the history, then your prompt."
    idea = A_LIST_IN_ASK if holds_a_list_as_text(sent.get("messages")) else _why_not_history(found, expected)
    raise Wrong(told, shown(sent.get("messages")), idea=idea, see="conversation-history")


def _why_not_history(found: list, expected: list) -> str:
    past, prompt = expected[:-1], expected[-1]
    if found == [prompt]:
        return "The model does not remember you: between two requests it forgets everything. Send the history each time."
    if found == past:
        return "The history is there; your new prompt is missing."
    if prompt in found and found[-1] != prompt:
        return "Time runs from top to bottom: the new prompt comes last."
    if found and past and found == [turn for turn in expected if turn[0] == "user"]:
        return "The model's own replies belong to the history as well, or it will not know what it said."
    if any(role == "?" for role, _ in found):
        return "One entry is no message. history + [message] joins two lists; append(list) puts a list inside a list."
    if len(found) == 1 and past and past[-1][1] in found[0][1]:
        return "Glued together, everything seems to be said by the user. Keep each message with its role."
    if found[-1:] != [prompt]:
        return "The last message is your prompt, with the role user, as it came in."
    return "Send each message of the history as it is, in its order, with its role."


def must_be_history(value: Any, expected: list[tuple[str, str]]) -> None:
    """Wrong unless `value` is a list of exactly these turns, as plain dictionaries."""
    if isinstance(value, (list, tuple)) and turns(value) == expected:
        return
    told = f"The list returned has {len(expected)} messages; the last is the reply, role assistant."
    raise Wrong(told, "nothing (None)" if value is None else shown(value), idea=_why_not_longer(value, expected), see="conversation-history")


def _why_not_longer(value: Any, expected: list[tuple[str, str]]) -> str:
    prompt, reply = expected[-2:]
    if value is None:
        return "list.append changes a list and returns None. Return the list itself."
    if isinstance(value, str):
        return "The text alone cannot be sent back next time. Return the whole list; its last message holds the text."
    if not isinstance(value, (list, tuple)):
        return "Return a list of messages: what came in, plus two."
    found = turns(value)
    if found == expected[:-1]:
        return "The reply is missing. If it is not in the list, the model will not know next time what it said."
    if found == expected[:-2] + [reply]:
        return "Your own prompt is missing: next time the reply would answer nothing."
    if found == [reply]:
        return "The history and your prompt are missing. Return them too, with the reply at the end."
    if found == [prompt, reply]:
        return "The history before is lost. Return it with the two new messages at its end."
    if any(isinstance(entry, Opaque) for entry in value):
        return "The last entry is an object of a library. Make it a dictionary with role and content: JSON knows only those."
    return _why_not_reply(value[-1] if value else None, reply)


def _why_not_reply(last: Any, reply: tuple[str, str]) -> str:
    if isinstance(last, str):
        return "The reply's text is there, but not who said it. Append a dictionary with role and content."
    if isinstance(last, (list, tuple)):
        return "append(list) puts a list inside a list. Append one message, or join lists with +."
    if isinstance(last, dict) and "message" in last:
        return "The whole JSON of the reply is in the list. A message is only the part under `message`."
    if isinstance(last, dict) and text_of(last.get("content")) == reply[1]:
        return "What the model says has the role assistant."
    return "Keep the order: history, your prompt, the reply."
