"""Reading what a learner sent or returned, whichever client and spelling they chose.

Ollama takes field names in any case, `llama3.2` for `llama3.2:latest`, and the OpenAI style beside its own.
A check that reads requests through these functions accepts all of that.
"""

from __future__ import annotations

import contextlib
import json
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


def one_chat(ollama) -> dict[str, Any]:
    """The body of the last chat request; Wrong, with the likely reason, when there was none."""
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
    raise Wrong(expected, "no request reached the server", idea="An answer that is written into the code is not the model's.")


def call(learner, name: str, *args: Any, **kwargs: Any) -> Any:
    """Call a learner's function that should succeed; its usual accidents become a Wrong that explains them."""
    try:
        return getattr(learner, name)(*args, **kwargs)
    except LearnerError as error:
        found = next((text for mark, text in _ACCIDENTS if mark in f"{error.name}: {error.message}"), None)
        if found is None:
            raise
        raise Wrong(f"{name}(...) runs to its end.", error.sentence, idea=found[0], see=found[1]) from error


_ACCIDENTS = [
    ("Extra data", ("Streaming was left on: without \"stream\": False the server sends many small JSON objects, "
                    "one per line, and .json() can read only one.", "streaming")),
    ("KeyError: 'response'", ("The key `response` belongs to /api/generate. A reply of /api/chat keeps its text under "
                              "message, then content.", "message")),
    ("KeyError: 'choices'", ("`choices` is how OpenAI's API replies. Ollama's own /api/chat keeps the text under "
                             "message, then content.", "message")),
    ("KeyError: 'content'", ("The text sits one level deeper: first `message`, then `content`.", "message")),
    ("object is not subscriptable", ("A reply from requests is more than its JSON: take reply.json() first, then the keys.", "json")),
    ("unexpected keyword argument", ("The check calls your function with the names from the first line. "
                                     "Keep the parameter names as they were given.", "")),
]  # fmt: skip


def must_be_text(answer: Any, reply: str, learner) -> None:
    """Wrong unless `answer` is the text `reply`; says which part of the answer it is instead."""
    if isinstance(answer, str) and answer.strip() == reply.strip():
        return
    raise Wrong(f"The function returns the text of the reply, here {reply!r}.", _got(answer), **_why_no_text(answer, reply, learner))


def _got(answer: Any) -> str:
    return "nothing (None)" if answer is None else shown(answer)


def _why_no_text(answer: Any, reply: str, learner) -> dict[str, str]:
    if answer is None and reply in getattr(learner, "printed", ""):
        return {"idea": "print shows the text to you, but the caller gets nothing. Use return."}
    if answer is None:
        return {"idea": "A function without `return` gives back None."}
    if isinstance(answer, Opaque):
        return {"idea": "This is the whole reply object, status and all. The text is inside its JSON.", "see": "json"}
    if isinstance(answer, dict):
        return {"idea": "This is a dictionary. Go on to the text: first `message`, then `content`.", "see": "message"}
    if isinstance(answer, str) and _is_json(answer):
        return {"idea": "This is the raw JSON as one long string (.text). Use .json(), then the keys.", "see": "json"}
    return {"idea": "Return the text exactly as the server sent it, each time anew."}


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text.splitlines()[0]), dict)
    except (ValueError, IndexError):
        return False
