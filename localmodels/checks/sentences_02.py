"""Why the sentence that ask_or_explain returned does not help yet, or why there is none."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from localmodels.checks.chats import chats, same_model, why_unknown_name
from localmodels.checks.core import Wrong
from localmodels.checks.plain import LearnerError, shown

COMMANDS = {"ollama serve": "restart a server that runs", "ollama pull": "fetch a model that is not the problem"}


def must_be_sentence(learner, ollama, words: list[str], situation: str, **given: Any) -> str:
    """What ask_or_explain says in a bad situation; Wrong unless all `words` are in it, and no other problem's command."""
    expected = f"When {situation}, the sentence contains {' and '.join(f'`{word}`' for word in words)}."
    try:
        told = learner.ask_or_explain("Hi!", **given)
    except LearnerError as error:
        idea = why_unknown_name(error) or _why_asked_another(ollama, given)
        raise Wrong(expected, error.sentence, idea=idea or _why_raised(error), see="" if idea else "status-code") from error
    if isinstance(told, str) and all(word.lower() in told.lower() for word in words):
        _must_fit(told, words, situation)
        return told
    idea = _why_asked_another(ollama, given) or _why_no_help(told, words)
    raise Wrong(expected, told if told is None else shown(told), idea=idea, see="status-code")


def _why_asked_another(ollama, given: dict[str, str]) -> str:
    """The function asked for another model, or at another address, than those that were passed to it."""
    if not chats(ollama):
        return ""
    asked, sent = chats(ollama)[-1].get("model"), ollama.requests[-1].path
    if "model" in given and asked and not same_model(asked, given["model"]):
        return f"Your function asked for {shown(asked)}, not {shown(given['model'])}: pass `model` and `url` on."
    path = urlsplit(given.get("url", "")).path
    if path and not sent.startswith(path):
        return f"Your function asked at {sent}, not at {path}{sent}: pass `model` and `url` on."
    return ""


def _must_fit(told: str, words: list[str], situation: str) -> None:
    """Wrong when the sentence also holds the command for another problem."""
    for command, harm in COMMANDS.items():
        told_apart_elsewhere = command == "ollama pull" and "404" in words
        if command in told.lower() and command not in words and not told_apart_elsewhere:
            idea = f"Somebody would {harm}. One text for every problem explains none: tell the cases apart."
            raise Wrong(f"When {situation}, the sentence does not say `{command}`.", shown(told), idea=idea)


def _why_raised(error: LearnerError) -> str:
    said = f"{error.name}: {error.message}"
    if "JSON" in said or "Expecting value" in said:
        return "Not every body is JSON: an unknown path answers in plain text. Read .text, or be ready for both."
    if error.name in ("KeyError", "TypeError", "AttributeError"):
        return "This was no answer but an error. Look at the status before you look for the text."
    if "Connect" in said or "refused" in said:
        return "With nobody there, the request itself raises. Catch requests.exceptions.ConnectionError around it."
    return "raise_for_status raises an HTTPError. Catch it, or look at status_code yourself."


def _why_no_help(told: Any, words: list[str]) -> str:
    if not isinstance(told, str):
        return "The function returns one sentence in every case, good or bad."
    if re.match(r"\d{3} (Client|Server) Error: ", told) or "HTTPConnectionPool(" in told:
        return "These are requests' words. The server's own are in problem.response.text."
    if not told.strip():
        return "A 200 is not yet a good answer. Look at the text before you return it."
    if "ollama serve" in told and "ollama serve" not in words:
        return "One except for everything hides the cause: somebody will restart a server that runs. Tell the cases apart."
    if "ollama pull" in told and "ollama pull" not in words:
        return "Not every error means a missing model. Look at the status and the body."
    if words and words[0].isdigit() and all(word in told for word in words[1:]):
        return "The server's words are there, the status is missing. Put problem.response.status_code in front."
    if _looks_like_error(told):
        return "This says what happened. Say also what to do next."
    return "The words to use are in the table above the exercise, so that a reader knows what to do next."


def _looks_like_error(told: str) -> bool:
    return "error" in told.lower() or "not found" in told
