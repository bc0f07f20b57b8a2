"""What happens in a quiz, as pure functions: each takes a `State` and gives the next one.

A question goes through four steps. From memory: `write` takes your own words; where the question asks for a number,
they are the number. Then `pick` a choice, as often as you like: each answer is explained. The right one, or
`reveal` after any, uncovers the model answer, and `mark` says how it went. Nothing is counted but your own marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from localmodels.questions import Question, Quiz

MARKS = {"knew": "I had it", "partly": "Partly", "not yet": "Not yet"}
NOTHING_WRITTEN = "Write something first, even a guess or a single word: trying to remember is what makes it stick."
NOT_A_NUMBER = "That is not a number. Write digits, for example 1.5; the unit is understood."


@dataclass(frozen=True)
class Entry:
    """What has happened with one question. `said` is the explanation of the last answer, `open` uncovers the model answer."""

    written: str = ""
    answer: str = ""
    right: bool | None = None
    said: str = ""
    open: bool = False
    mark: str = ""


@dataclass(frozen=True)
class State:
    """Where somebody is in a quiz: the question shown, and an entry for each."""

    quiz: Quiz
    entries: tuple[Entry, ...]
    at: int = 0
    notice: str = field(default="")

    @property
    def question(self) -> Question:
        return self.quiz.questions[self.at]

    @property
    def entry(self) -> Entry:
        return self.entries[self.at]


def start(quiz: Quiz) -> State:
    """The first question, nothing answered."""
    return State(quiz, tuple(Entry() for _ in quiz.questions))


def write(state: State, written: str) -> State:
    """Take what was written. It uncovers the choices, or is the number, or is compared at once."""
    if not written.strip():
        return replace(state, notice=NOTHING_WRITTEN)
    if state.question.ranges:
        return _enter(state, written.strip())
    return _with(state, written=written.strip(), open=state.entry.open or not state.question.choices)


def _enter(state: State, written: str) -> State:
    """Answer with a number; the range it falls into has the explanation."""
    number = as_number(written)
    if number is None:
        return replace(state, notice=NOT_A_NUMBER)
    question = state.question
    found = next((span for span in question.ranges if span.low <= number <= span.high), None)
    said, right = (found.feedback, found.right) if found else (question.otherwise, False)
    return _answered(state, f"{number:g} {question.unit}", right, said, written=written)


def pick(state: State, number: int) -> State:
    """Choose one of the choices, counted from 0; its explanation follows. Only after something was written."""
    choice = state.question.choices[number]
    return _answered(state, choice.text, choice.right, choice.feedback) if state.entry.written else state


def reveal(state: State) -> State:
    """Uncover the model answer. Only after a choice or a number was tried."""
    return _with(state, open=True) if state.entry.said else state


def mark(state: State, how: str) -> State:
    """Note how it went: a key of MARKS. Only after the model answer is uncovered."""
    if how not in MARKS:
        raise ValueError(f"A mark is one of {', '.join(MARKS)}; {how!r} is not.")
    return _with(state, mark=how) if state.entry.open else state


def go(state: State, step: int) -> State:
    """Move by `step` questions, staying within the quiz."""
    at = min(max(state.at + step, 0), len(state.entries) - 1)
    return replace(state, at=at, notice="")


def as_number(text: str) -> float | None:
    """`1.5`, `1,5`, `2 000`, `2,000` and `2e9` as numbers, a unit after them ignored; None for anything else."""
    if re.fullmatch(r"\s*[+-]?\d+(\.\d+)?[eE]\+?\d{1,2}\s*", text):
        return float(text)
    found = re.fullmatch(r"\s*([+-]?[\d.,_ \u00a0\u202f]*\d)\s*[A-Za-z/%]*\s*", text)
    if not found:
        return None
    digits = re.sub(r"[_ \u00a0\u202f]", "", found[1])
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", digits):
        digits = digits.replace(",", "")
    try:
        return float(digits.replace(",", "."))
    except ValueError:
        return None


def explanation(state: State) -> str:
    """What the last choice or number means; empty before one was given."""
    entry = state.entry
    return entry.said and f"{'✓ Right.' if entry.right else '✗ Not this one.'} {entry.answer}: {entry.said}"


def summary(state: State) -> str:
    """Where you are and what to do next, in plain sentences."""
    entry, total = state.entry, len(state.entries)
    marked = [entry.mark for entry in state.entries if entry.mark]
    parts = [f"Question {state.at + 1} of {total}."]
    if state.notice:
        parts.append(state.notice)
    elif entry.mark:
        parts.append(f"You marked this: {MARKS[entry.mark]}.")
    elif entry.open:
        parts.append("The model answer is below yours. How did it go?")
    elif entry.said:
        parts.append("Try again, or look at the model answer.")
    elif entry.written:
        parts.append("Now choose. Every choice has an explanation.")
    if len(marked) == total:
        parts.append(closing(state))
    return " ".join(parts)


def closing(state: State) -> str:
    """After the last mark: what you knew, and what to read again."""
    pairs = list(zip(state.quiz.questions, state.entries))
    known = sum(entry.mark == "knew" for entry in state.entries)
    again = [f"question {n}" for n, (_, entry) in enumerate(pairs, 1) if entry.mark != "knew"]
    text = f"You marked {known} of {len(pairs)} as known."
    return f"{text} Come back tomorrow for {_listed(again)}." if again else f"{text} Ask yourself again in a week."


def _listed(things: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(things[:-1]), things[-1]]))


def _answered(state: State, answer: str, right: bool, said: str, **changes) -> State:
    return _with(state, answer=answer, right=right, said=said, open=state.entry.open or right, **changes)


def _with(state: State, **changes) -> State:
    entries = list(state.entries)
    entries[state.at] = replace(state.entry, **changes)
    return replace(state, entries=tuple(entries), notice="")
