"""Reading what a learner sent or returned, whichever client and spelling they chose.

Ollama takes field names in any case, `llama3.2` for `llama3.2:latest`, and the OpenAI style beside its own.
A check that reads requests through these functions accepts all of that.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from localmodels.checks.core import Wrong
from localmodels.checks.plain import LearnerError, Opaque, shown

CHAT_PATHS = ("/api/chat", "/v1/chat/completions")
SLIPS = ("KeyError", "TypeError", "IndexError", "AttributeError", "UnboundLocalError", "NameError")


def fields(body: Any) -> dict[str, Any]:
    """A request body with its field names in lower case; {} for anything that is no JSON object."""
    if not isinstance(body, dict):
        return {}
    return {str(key).lower(): value for key, value in body.items()}


def same_model(one: Any, other: Any) -> bool:
    """Whether two names mean one model: case and a missing `:latest` do not matter."""
    return _full_name(one) == _full_name(other)


def _full_name(name: Any) -> str:
    name = str(name).lower()
    return name if ":" in name else f"{name}:latest"


def turns(messages: Any) -> list[tuple[str, str]]:
    """Messages as (role, text) pairs; what is no message becomes ("?", its short form)."""
    if not isinstance(messages, (list, tuple)):
        return []
    return [_turn(message) for message in messages]


def _turn(message: Any) -> tuple[str, str]:
    message = fields(message) or {"role": "?", "content": shown(message)}
    return str(message.get("role", "")).lower(), text_of(message.get("content"))


def text_of(content: Any) -> str:
    """The text of a message; the OpenAI style may send it as a list of parts."""
    if isinstance(content, list):
        return "".join(str(fields(part).get("text", "")) for part in content)
    return "" if content is None else str(content)


def chats(ollama) -> list[dict[str, Any]]:
    """Bodies of all chat requests so far, oldest first."""
    return [fields(sent.json) for sent in ollama.requests if _path(sent) in CHAT_PATHS]


def _path(sent) -> str:
    return urlsplit(sent.path).path.rstrip("/")


@contextlib.contextmanager
def nobody_answering(ollama) -> Iterator[None]:
    """The server refuses connections inside the with block, as if Ollama were not running."""
    ollama.down()
    try:
        yield
    finally:
        ollama.up()


NOT_THE_MODELS = "An answer that is written into the code is not the model's."


def one_chat(ollama, silent: str = NOT_THE_MODELS) -> dict[str, Any]:
    """The body of the last chat request; Wrong, with the likely reason, when there was none (`silent`: no request at all)."""
    found = chats(ollama)
    if found:
        return found[-1]
    paths = [f"{sent.method} {_path(sent)}" for sent in ollama.requests]
    expected = "Your function sends one POST request to /api/chat."
    if any(path.endswith("/api/generate") for path in paths):
        raise Wrong(
            expected, "a request to /api/generate",
            idea="/api/generate takes one `prompt` and knows no conversation. /api/chat takes `messages`; use that one.",
            see="endpoint",
        )  # fmt: skip
    if paths:
        raise Wrong(expected, f"only {', '.join(paths[:4])}", idea="The path or the method is another one.", see="endpoint")
    raise Wrong(expected, "no request reached the server", idea=silent)


def call(learner, ollama, name: str, *args: Any, **kwargs: Any) -> Any:
    """Call a learner's function that should succeed; its usual accidents become a Wrong that explains them."""
    with explained(name, ollama):
        return getattr(learner, name)(*args, **kwargs)


@contextlib.contextmanager
def explained(name: str, ollama) -> Iterator[None]:
    """Usual accidents of the learner's function `name` inside the with block become a Wrong that explains them."""
    try:
        yield
    except LearnerError as error:
        idea, see = why_accident(error, ollama)
        if not idea:
            raise
        raise Wrong(f"{name}(...) runs to its end.", error.sentence, idea=idea, see=see) from error


def why_accident(error: LearnerError, ollama) -> tuple[str, str]:
    """The idea behind a usual accident, and where to read on; empty texts for any other. `ollama` knows what was sent before."""
    unknown = why_unknown_name(error)
    if unknown:
        return unknown, ""
    sent = chats(ollama)
    if "JSONDecodeError" in error.name:
        return _why_no_json(ollama)
    if error.name == "HTTPError" and "400" in error.message and sent and holds_a_list_as_text(sent[-1].get("messages")):
        return A_LIST_IN_ASK, "message"
    if "can only concatenate list" in error.message and sent:
        return 'The reply is a text: make it a message, {"role": "assistant", "content": ...}, in square brackets.', "message"
    return next((text for mark, text in _ACCIDENTS if mark in f"{error.name}: {error.message}"), ("", ""))


A_LIST_IN_ASK = (
    "ask puts its first argument into one message as text. A list of messages does not fit there: write the body yourself, and POST it."
)


def holds_a_list_as_text(messages: Any) -> bool:
    """Whether a whole list of messages stands where the text of one should be."""
    contents = [fields(message).get("content") for message in messages] if isinstance(messages, list) else []
    return any("role" in fields(part) for content in contents if isinstance(content, list) for part in content)


def _why_no_json(ollama) -> tuple[str, str]:
    """What the server sent instead of one JSON object depends on what it was asked."""
    last = ollama.requests[-1] if ollama.requests else None
    if last is None or (last.method == "POST" and _path(last) in (*CHAT_PATHS, "/api/generate")):
        return _STREAMED
    asked = f"{last.method} {_path(last)}"
    return f"The server answered {asked} in plain text, which .json() cannot read. Compare the method and the path.", "endpoint"


def why_unknown_name(error: LearnerError) -> str:
    """Why Python does not know a name, which is never a matter of requests and replies; "" for other errors."""
    name = re.search(r"'(\w+)'", error.message) if error.name in ("NameError", "UnboundLocalError") else None
    if not name:
        return ""
    if error.name == "UnboundLocalError":
        return (
            f"Your function gives `{name[1]}` a value somewhere, so inside it the name is its own, and at this line it has no value yet. "
            "Choose another name, or set it first."
        )
    return f"Python does not know `{name[1]}` here. Run its cell first; after a restart, run all cells above."


_STREAMED = (
    "Streaming was left on: without \"stream\": False the server sends many small JSON objects, one per line, and .json() can read only one.",
    "streaming",
)
_ACCIDENTS = [
    ("Extra data", _STREAMED),
    ("KeyError: 'response'", ("The key `response` belongs to /api/generate. A reply of /api/chat keeps its text under "
                              "message, then content.", "message")),
    ("KeyError: 'choices'", ("`choices` is how OpenAI's API replies. Ollama's own /api/chat keeps the text under "
                             "message, then content.", "message")),
    ("KeyError: 'content'", ("The text sits one level deeper: first `message`, then `content`.", "message")),
    ("can only concatenate list", ("A list takes only another list after +. Put the message in square brackets: "
                                   '[{"role": "user", "content": prompt}].', "message")),
    ("'NoneType' and 'list'", ("append changes a list and returns None. Use the list itself, on a line of its own.", "")),
    ("'dict' object has no attribute 'raise_for_status'", ("After .json() it is a dictionary; check the status before.", "status-code")),
    ("'dict' object has no attribute", ("After .json() it is a dictionary: take things out by their key, in square brackets.", "json")),
    ("list indices must be integers", ("This is a list: take one entry by its number, or go through all of them in a loop, "
                                       "before you name a key.", "json")),
    ("'method' object is not subscriptable", ("json is a method: call it, response.json(), then take the keys.", "json")),
    ("object is not subscriptable", ("What requests returns is more than its JSON: take response.json() first, then the keys.", "json")),
]  # fmt: skip


def must_be_text(answer: Any, reply: str) -> None:
    """Wrong unless `answer` is the text `reply`; says which part of the answer it is instead."""
    if isinstance(answer, str) and answer.strip() == reply.strip():
        return
    raise Wrong(f"The function returns the text of the reply, here {reply!r}.", _got(answer), **_why_no_text(answer, reply))


def _got(answer: Any) -> str:
    return "nothing (None)" if answer is None else shown(answer)


def _why_no_text(answer: Any, reply: str) -> dict[str, str]:
    if answer is None:
        return {"idea": "A function without `return` gives back None."}
    if isinstance(answer, Opaque):
        return {"idea": "This is the whole response, status and all. The text is inside its JSON.", "see": "json"}
    if isinstance(answer, dict):
        return {"idea": "This is a dictionary. Go on to the text: first `message`, then `content`.", "see": "message"}
    if isinstance(answer, str) and _is_json(answer):
        return {"idea": "This is the raw JSON as one long string (.text). Use .json(), then the keys.", "see": "json"}
    return {"idea": "Return the text exactly as the server sent it, each time anew."}


def must_be_asked_once(ollama, prompt: str) -> None:
    """Wrong when a second request, without this prompt, followed the one that has it: a pasted worked example."""
    texts = [[text for _, text in turns(sent.get("messages"))] for sent in chats(ollama)]
    if len(texts) < 2 or prompt not in texts[0] or prompt in texts[-1]:
        return
    raise Wrong(
        "ask sends one request, with your prompt.", f"{len(texts)} requests; the last one holds {shown(texts[-1])}",
        idea="You sent `request` from another cell. Here the request is already sent: delete your second requests.post.",
    )  # fmt: skip


def must_be_new(learner, ollama, before: Any) -> None:
    """Wrong when `ask` returns the text `before` again, though the server sends another reply now."""
    if not isinstance(before, str):
        return
    asked = len(chats(ollama))
    ollama.reply("Another text.")
    again = call(learner, ollama, "ask", "Another question?")
    if again == before and len(chats(ollama)) > asked:
        raise Wrong(
            "Another reply gives another text.", f"twice {shown(before)}",
            idea="This text is from an earlier cell or written into the code. Inside ask, use `response`.",
        )  # fmt: skip


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text.splitlines()[0]), dict)
    except (ValueError, IndexError):
        return False
