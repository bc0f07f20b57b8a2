"""Questions to remember a lesson by: `quiz("02")` shows those of lesson 02.

Every question goes through four steps: your own words from memory; then choices (a question
for a number takes the number you wrote), where each answer, right or wrong, has its own
explanation; then the model answer beside yours; and your own mark. Nothing is graded and no
later cell needs a quiz.

The questions of a lesson live in `localmodels/quizzes/NN.toml`:

    lesson = "02"

    [[questions]]
    id = "what-is-sent"                  # short, unique in the file
    ask = "Which two things does the JSON you POST to a local model have to name?"
    answer = "The model, and the messages: a list of {role, content} entries."
    see = "local-api"                    # optional: an anchor of glossary.md
    repeats = "00"                       # optional: the earlier lesson this comes from

    [[questions.choices]]                # two or more; exactly one has right = true
    text = "The model and the messages"
    right = true
    feedback = "Yes. Everything else has a default."

    [[questions.choices]]
    text = "The model and an API key"
    feedback = "A local server asks for no key: it runs on your own machine."

    [[questions]]                        # or a number, with a range per likely mistake
    id = "bytes-of-1b"
    ask = "A model has 1 billion weights of 16 bits. How many gigabytes (GB) is that?"
    answer = "1 000 000 000 weights x 2 bytes = 2 GB."
    unit = "GB"
    otherwise = "Multiply weights by bits, divide by 8 for bytes, by 1e9 for GB."

    [[questions.ranges]]                 # ends included; ranges must not overlap
    from = 1.99
    to = 2.01
    right = true
    feedback = "Yes: two bytes for each weight."

    [[questions.ranges]]
    from = 15.9
    to = 16.1
    feedback = "That is gigabits. Eight bits make one byte, so divide by 8."

Choices are shown in an order of their own, the same each time, so write the right one first if
you like. A question has `choices`, or `ranges` with `unit` and `otherwise`, or neither (then it is
asked from memory only). `{{ ollama.url }}` and the like are filled in from facts.toml.
`load_quiz(path)` reads a file and says in a sentence what is wrong with it:
`python -m localmodels.questions localmodels/quizzes/02.toml`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parent / "quizzes"


class QuizError(ValueError):
    """A question file that cannot be used; the message says where and why."""


@dataclass(frozen=True)
class Choice:
    """One offered answer, with what to say to somebody who picks it."""

    text: str
    feedback: str
    right: bool = False


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high` (ends included) that earn the same explanation."""

    low: float
    high: float
    feedback: str
    right: bool = False


@dataclass(frozen=True)
class Question:
    """One question; `choices` or `ranges` may be empty, never both filled."""

    id: str
    ask: str
    answer: str
    choices: tuple[Choice, ...] = ()
    ranges: tuple[Range, ...] = ()
    unit: str = ""
    otherwise: str = ""
    see: str = ""
    repeats: str = ""


@dataclass(frozen=True)
class Quiz:
    """The questions of one lesson, in the order of the file."""

    lesson: str
    questions: tuple[Question, ...]


def quiz(lesson):
    """Show the questions of a lesson, for example `quiz("02")`."""
    from localmodels.widgets.quiz_view import QuizView

    return QuizView(load_quiz(path_of(lesson)))


def path_of(lesson):
    """The question file of a lesson; raises QuizError naming the lessons that have one."""
    name = str(lesson).strip()
    name = name.zfill(2) if name else "none"
    path = FOLDER / f"{name}.toml"
    if re.fullmatch(r"\d\d", name) and path.is_file():
        return path
    known = ", ".join(sorted(f'"{p.stem}"' for p in FOLDER.glob("*.toml"))) or "none yet"
    raise QuizError(f"There are no questions for lesson {lesson!r}. Lessons with questions: {known}.")


def load_quiz(path):
    """Read and check a question file. Raises QuizError with one sentence per mistake."""
    path = Path(path)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise QuizError(f"{path.name} is not valid TOML: {error}.") from None
    mistakes = list(_mistakes(data))
    if mistakes:
        raise QuizError("\n".join(f"{path.name}: {mistake}" for mistake in mistakes))
    return Quiz(data["lesson"], tuple(_question(entry) for entry in data["questions"]))


def _question(entry):
    text = {key: _fill(entry.get(key, "")) for key in _TEXTS}
    choices = sorted(
        (Choice(_fill(c["text"]), _fill(c["feedback"]), c.get("right", False)) for c in entry.get("choices", ())),
        key=lambda choice: sha256(f"{entry['id']} {choice.text}".encode()).digest(),
    )
    ranges = tuple(
        Range(float(r["from"]), float(r["to"]), _fill(r["feedback"]), r.get("right", False))
        for r in entry.get("ranges", ())
    )
    return Question(choices=tuple(choices), ranges=ranges, **text)


_TEXTS = ("id", "ask", "answer", "unit", "otherwise", "see", "repeats")
_KNOWN = {*_TEXTS, "choices", "ranges"}
_CHOICE = {"text", "right", "feedback"}
_RANGE = {"from", "to", "right", "feedback"}


def _mistakes(data):
    for key in data.keys() - {"lesson", "questions"}:
        yield f"`{key}` is not known here; only `lesson` and [[questions]] are."
    if not re.fullmatch(r"\d\d", str(data.get("lesson", ""))):
        yield 'needs a line like lesson = "02", with two digits in quotes.'
    questions = data.get("questions", [])
    if not _are_tables(questions) or not questions:
        yield "needs [[questions]], one table for each question."
        return
    seen = set()
    for number, entry in enumerate(questions, 1):
        where = f"question {number} ({entry.get('id', 'without id')})"
        for mistake in _question_mistakes(entry, seen):
            yield f"{where} {mistake}"


def _question_mistakes(entry, seen):
    for key in entry.keys() - _KNOWN:
        yield f"has an unknown field `{key}`."
    for key in ("id", "ask", "answer"):
        if not _is_text(entry.get(key)):
            yield f"needs `{key}`, a text in quotes."
    for name in ("choices", "ranges"):
        if not _are_tables(entry.get(name, [])):
            yield f"needs its {name} as tables: [[questions.{name}]]."
            return
    for key in entry.keys() & set(_TEXTS):
        yield from _placeholder_mistakes(key, entry[key])
    if str(entry.get("id")) in seen:
        yield "uses the id of an earlier question; ids must be unique."
    seen.add(str(entry.get("id")))
    if "choices" in entry and "ranges" in entry:
        yield "has both choices and ranges; keep one of them."
    if "choices" in entry:
        yield from _choice_mistakes(entry["choices"])
    if "ranges" in entry:
        yield from _range_mistakes(entry)


def _choice_mistakes(choices):
    if len(choices) < 2:
        yield "needs two or more [[questions.choices]]."
    if sum(c.get("right") is True for c in choices) != 1:
        yield "needs exactly one choice with right = true."
    if len({str(c.get("text")) for c in choices}) < len(choices):
        yield "offers the same choice twice."
    for number, choice in enumerate(choices, 1):
        yield from _answer_mistakes(f"choice {number}", choice, _CHOICE, ("text", "feedback"))


def _range_mistakes(entry):
    for key in ("unit", "otherwise"):
        if not _is_text(entry.get(key)):
            yield f"has ranges, so it needs `{key}`, a text in quotes."
    ranges = entry["ranges"]
    if sum(r.get("right") is True for r in ranges) != 1:
        yield "needs exactly one range with right = true."
    for number, span in enumerate(ranges, 1):
        yield from _answer_mistakes(f"range {number}", span, _RANGE, ("feedback",))
        if not (_is_number(span.get("from")) and _is_number(span.get("to"))):
            yield f"range {number} needs `from` and `to`, both numbers."
            return
        if span["from"] > span["to"]:
            yield f"range {number} runs backwards: `from` is larger than `to`."
    spans = sorted((r["from"], r["to"]) for r in ranges)
    if any(later[0] <= earlier[1] for earlier, later in zip(spans, spans[1:])):
        yield "has ranges that overlap, so one number would get two explanations."


def _answer_mistakes(where, answer, known, needed):
    for key in answer.keys() - known:
        yield f"{where} has an unknown field `{key}`."
    for key in needed:
        if not _is_text(answer.get(key)):
            yield f"{where} needs `{key}`, a text in quotes."
        else:
            yield from _placeholder_mistakes(f"{where} `{key}`", answer[key])


def _placeholder_mistakes(where, text):
    try:
        _fill(text)
    except KeyError as error:
        yield f"{where} asks for a fact that facts.toml does not have: {error.args[0]}"


def _is_text(value):
    return isinstance(value, str) and bool(value.strip())


def _are_tables(value):
    return isinstance(value, list) and all(isinstance(entry, dict) for entry in value)


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _fill(text):
    if not isinstance(text, str) or "{{" not in text:
        return text
    from localmodels import facts

    return facts.render(text)


if __name__ == "__main__":
    import sys

    for name in sys.argv[1:] or map(str, sorted(FOLDER.glob("*.toml"))):
        try:
            print(f"{name}: {len(load_quiz(name).questions)} questions, no mistakes found.")
        except (QuizError, OSError) as error:
            raise SystemExit(str(error))
