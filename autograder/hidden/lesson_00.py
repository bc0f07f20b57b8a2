"""Lesson 00 with other inputs: misleading addresses, other roles, texts that look empty or like errors."""

from __future__ import annotations

from autograder.hidden import guards
from localmodels.checks.core import Wrong
from localmodels.checks.lesson_00 import first_reply, reply, speaker, stays_here


@guards(stays_here, "tells_here_from_elsewhere")
def is_not_fooled_by_names(learner, ollama):
    """looks at the whole host name and nothing else"""
    cases = {
        "http://localhost:8080": True,
        "http://127.0.0.1:9000/v1": True,
        "http://localhost.example.org:8080": False,
        "https://example.org/v1?next=127.0.0.1": False,
        "http://local:8080": False,
        "http://192.168.1.7:8080": False,
    }
    for url, here in cases.items():
        expect(learner.stays_here(url), here)


@guards(speaker, "names_who_speaks")
def names_any_role(learner, ollama):
    """returns roles it has not seen before"""
    for role in ("system", "tool"):
        expect(learner.speaker(reply("Some words.", role=role)), role)


@guards(first_reply, "returns_the_text")
def returns_any_text(learner, ollama):
    """returns texts it has not seen before"""
    for text in ("", "0", "Zwei Zeilen,\nmit Umlauten: äöü 🙂", "\tsangria \n", "Error: is how some sentences begin."):
        expect(learner.first_reply(reply(text, model="another-model")), text)


@guards(first_reply, "passes_on_an_error")
def passes_on_any_error(learner, ollama):
    """passes on error messages it has not seen before"""
    for words in ("server busy, please try again", "unexpected EOF"):
        expect(learner.first_reply({"error": words}), f"Error: {words}")


def expect(answer, wanted) -> None:
    """Wrong unless the answer is exactly what is wanted, in value and type."""
    if type(answer) is not type(wanted) or answer != wanted:
        raise Wrong(f"{wanted!r}.", answer)
