"""Exercises that the lessons do not have: a stream, and two that talk to each other through what one check leaves behind."""

from __future__ import annotations

from itertools import islice

from nbformat.v4 import new_code_cell

from localmodels.checks.core import Check, Exercise, Wrong, make_check
from localmodels.checks.plain import PlainStream

SECRET = "hidden-word-amethyst-9407"  # the probe's hidden input

count_up = Exercise("count_up", lesson="probe")
notes = Exercise("notes", lesson="probe", functions=("tell", "recall"))
show = Exercise("show", lesson="probe")
EXERCISES = (count_up, notes, show)

HONEST = {
    "count_up": "def count_up(first):\n    while True:\n        yield first\n        first += 1",
    "notes": "def tell(word):\n    return len(word)\n\ndef recall():\n    return None",
    "show": "def show():\n    return 'nothing'",
}


@count_up.check(points=1)
def counts(learner, ollama):
    """counts up as long as somebody listens"""
    _must_count(learner, 5)


@notes.check(points=1)
def takes_a_word(learner, ollama):
    """takes a word and returns its length"""
    _must_take(learner, "apple")


@notes.check(points=1)
def has_nothing_to_tell(learner, ollama):
    """starts with an empty memory"""
    if learner.recall() is not None:
        raise Wrong("recall() returns None.", learner.recall())


@show.check(points=1)
def shows_nothing(learner, ollama):
    """returns the word nothing"""
    answer = learner.show()
    if answer != "nothing":
        raise Wrong("show() returns 'nothing'.", answer)


def counts_from_elsewhere(learner, ollama):
    """counts from other numbers"""
    _must_count(learner, 1000)


def takes_another_word(learner, ollama):
    """takes other words"""
    _must_take(learner, SECRET)


def remembers_what_it_cannot_know(learner, ollama):
    """knows the word that another check told: nobody can, honestly"""
    if learner.recall() != SECRET:
        raise Wrong("The word of the other check.")


def _must_count(learner, first: int) -> None:
    numbers = learner.count_up(first)
    if not isinstance(numbers, PlainStream):
        raise Wrong("count_up is a generator.", numbers)
    found = list(islice(numbers, 3))
    numbers.close()
    if found != [first, first + 1, first + 2]:
        raise Wrong(f"It counts {first}, {first + 1}, {first + 2}.", found)


def _must_take(learner, word: str) -> None:
    answer = learner.tell(word)
    if answer != len(word):
        raise Wrong(f"tell({word!r}) returns {len(word)}.", answer)


GUARDS = {
    "count_up": [("counts", counts_from_elsewhere)],
    "notes": [("takes_a_word", takes_another_word), ("has_nothing_to_tell", remembers_what_it_cannot_know)],
}


def guards(name: str) -> list[tuple[str, Check]]:
    """Hidden checks of an exercise, as `autograder.hidden.hidden_checks` gives them for lessons."""
    return [(visible, make_check(function, 0, alone=name == "notes")) for visible, function in GUARDS.get(name, ())]


def notebook() -> dict:
    """A notebook with an honest answer and a graded cell for each exercise."""
    cells = []
    for exercise in EXERCISES:
        cells += [new_code_cell(HONEST[exercise.name], id=exercise.name), new_code_cell(id=f"check-{exercise.name}")]
    return {"cells": [dict(cell) for cell in cells]}
