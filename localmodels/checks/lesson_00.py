"""Lesson 00, start here: tell whether an address stays on this computer; take a value out of a reply."""

from __future__ import annotations

from localmodels import facts
from localmodels.checks.core import Exercise, Wrong
from localmodels.checks.lesson_00_ideas import (
    got,
    why_it_stopped,
    why_no_error,
    why_no_role,
    why_no_text,
    why_not_here,
)
from localmodels.checks.plain import LearnerError

MODEL = facts.value("models.default")


def reply(content: str, role: str = "assistant", model: str = MODEL) -> dict:
    """A reply of /api/chat as Python data, the way the lesson shows it."""
    return {"model": model, "message": {"role": role, "content": content}, "done": True}


stays_here = Exercise(
    "stays_here",
    lesson="00",
    signature="stays_here(url)",
    hints=[
        "`host` holds a name such as localhost or api.example.com. Which names mean this computer?",
        "Compare `host` with the two names of this computer, localhost and 127.0.0.1, and return whether it is one of them.",
        '\nreturn host in ("...", "...")   # the two names of this computer',
    ],
)


@stays_here.check(points=1)
def tells_here_from_elsewhere(learner, ollama):
    """tells this computer's own addresses from others"""
    port = facts.value("ollama.port")
    cases = {
        f"http://localhost:{port}/api/chat": True,
        f"http://127.0.0.1:{port}": True,
        "https://api.example.com/v1/chat": False,
        "https://example.com/localhost": False,
        "http://localhost.example.com": False,
        "http://host:8000": False,
    }
    answers = {}
    for url, here in cases.items():
        answers[url] = called(learner, "stays_here", url)
        if not isinstance(answers[url], bool):  # no verdict at all: nothing to compare with the others
            break
    for url, answer in answers.items():
        if answer is not cases[url]:
            idea = why_not_here(url, cases[url], answers, learner.source("stays_here"))
            raise Wrong(f"stays_here({url!r}) returns {cases[url]}.", got(answer), idea, "localhost")


speaker = Exercise(
    "speaker",
    lesson="00",
    signature="speaker(reply)",
    hints=[
        "`message` is a dictionary too. Which of its two keys names who speaks? Look at the reply printed above.",
        "Take the value under the key role out of `message`, and hand it back with return.",
        '\nreturn message["..."]   # put the name of the key between the quotes',
    ],
)


@speaker.check(points=1)
def names_who_speaks(learner, ollama):
    """returns who speaks in a reply"""
    for role in ("assistant", "user"):
        given = reply("Hello!", role=role)
        answer = called(learner, "speaker", given)
        if answer != role:
            raise Wrong(f"For a message with the role {role!r}, speaker returns {role!r}.", got(answer), *why_no_role(answer, given))


first_reply = Exercise(
    "first_reply",
    lesson="00",
    signature="first_reply(reply)",
    hints=[
        "Two kinds of reply can come in. Which key do you find in one of them, but never in the other?",
        "If the key error is in `reply`, return the word Error:, a space, and what stands under that key. Otherwise open "
        "message and return what stands under content.",
        '\nif "error" in reply:\n    return "Error: " + reply["..."]\nreturn reply["..."]["..."]',
    ],
)


@first_reply.check(points=1)
def returns_the_text(learner, ollama):
    """returns the text of a reply"""
    for text in ("Hello from your computer.", "  A second reply, with spaces at its ends. "):
        given = reply(text)
        answer = called(learner, "first_reply", given)
        if answer != text:
            raise Wrong(f"For this reply, first_reply returns {text!r}.", got(answer), *why_no_text(answer, given))


@first_reply.check(points=1)
def passes_on_an_error(learner, ollama):
    """returns Error: and the server's words when the server reports an error"""
    words = "model 'llama9' not found"
    answer = called(learner, "first_reply", {"error": words})
    if answer == f"Error: {words}":
        return
    expected = f"For the reply {{'error': \"{words}\"}}, first_reply returns \"Error: {words}\"."
    raise Wrong(expected, got(answer), *why_no_error(answer, words))


def called(learner, function: str, given):
    """What the learner's function makes of one input; a stumble that means something is explained."""
    try:
        return getattr(learner, function)(given)
    except LearnerError as error:
        idea, see = why_it_stopped(error, given)
        if not idea:
            raise
        raise Wrong(f"{function}({given!r}) returns something.", error.sentence, idea, see) from error
