"""A report as text and as HTML: pure functions of the same record, so both say the same.

The HTML uses JupyterLab's own colours (light and dark); a word stands beside every symbol, so that nothing is
told by colour or shape alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from localmodels.checks.core import Exercise, Outcome, Report, Status

SYMBOLS = {Status.EARNED: "✓", Status.NOT_YET: "✗", Status.UNJUDGED: "–"}
WORDS = {Status.EARNED: "passed", Status.NOT_YET: "not yet", Status.UNJUDGED: "could not be checked"}
AS_ABOVE = "the same as above"
GLOSSARY = "../../glossary.md"


def number(points: float) -> str:
    """Points without a needless '.0'."""
    return f"{points:g}"


def headline(report: Report) -> str:
    """One line: the exercise and its points, and what to do first when nothing is written."""
    if report.missing:
        verb = "is" if len(report.missing) == 1 else "are"
        return f"{' and '.join(report.missing)} {verb} not written yet. Write it, run that cell, then check again."
    done = sum(outcome.status is Status.EARNED for outcome in report.outcomes)
    total = len(report.outcomes)
    return f"{report.exercise}: {number(report.earned)} of {number(report.points)} points, {done} of {total} checks passed."


def details(outcome: Outcome) -> Iterator[tuple[str, str]]:
    """Label and sentence for each thing there is to say about a check that did not pass."""
    if outcome.guard:
        yield "Hidden check", f"{outcome.guard}. It works with the inputs you can see here, but not with others."
    if outcome.expected:
        yield "Expected", outcome.expected
    if outcome.got:
        yield "Got", outcome.got
    if outcome.idea:
        yield "Likely idea", outcome.idea
    if outcome.see:
        yield "Read", f"glossary: {outcome.see.replace('-', ' ')}"


def _told(report: Report) -> Iterator[tuple[Outcome, list[tuple[str, str]]]]:
    """Each outcome with what there is to say about it; what was said already is not said again."""
    before: list[list[tuple[str, str]]] = []
    for outcome in () if report.missing else report.outcomes:
        told = list(details(outcome))
        yield outcome, [("Got", AS_ABOVE)] if told and told in before else list(_shortened(told, before))
        before.append(told)


def _shortened(told: list[tuple[str, str]], before: list[list[tuple[str, str]]]) -> Iterator[tuple[str, str]]:
    """The same with an idea that was told already left out, and where to read about it."""
    known = any(label == "Likely idea" and (label, sentence) in earlier for label, sentence in told for earlier in before)
    for label, sentence in told:
        if not (known and label == "Read"):
            yield label, AS_ABOVE if known and label == "Likely idea" else sentence


def closing(report: Report) -> str:
    """What to do next, in one line; empty when all is done."""
    if all(outcome.status is Status.EARNED for outcome in report.outcomes):
        return ""
    if report.missing:
        return f'Stuck? hint("{report.exercise}")'
    return f'Change your code, run its cell, then check again. Stuck? hint("{report.exercise}")'


def as_text(report: Report) -> str:
    """The report for terminals, plain notebooks and screen readers."""
    lines = [headline(report)]
    for outcome, told in _told(report):
        lines.append(f"  {SYMBOLS[outcome.status]} {WORDS[outcome.status]}: {outcome.title} ({number(outcome.points)})")
        lines += [f"      {label}: {sentence}" for label, sentence in told]
    return "\n".join(filter(None, [*lines, closing(report)]))


def as_html(report: Report) -> str:
    """The report as a self-contained piece of HTML. Everything a learner could have written is escaped."""
    rows = "".join(_row(outcome, told) for outcome, told in _told(report))
    after = closing(report)
    foot = f'<p style="margin:.4em 0 0">{escape(after)}</p>' if after else ""
    return (
        f'<section aria-label="Check of {escape(report.exercise)}" style="{_card(report)}">'
        f"<strong>{escape(headline(report))}</strong>"
        f'<ul style="list-style:none;margin:.4em 0 0;padding:0">{rows}</ul>{foot}</section>'
    )


def _card(report: Report) -> str:
    done = not closing(report)
    edge = "var(--jp-success-color1,#388e3c)" if done else "var(--jp-warn-color1,#f57c00)"
    return f"border-left:4px solid {edge};padding:.5em .9em;margin:.3em 0;line-height:1.45"


def _row(outcome: Outcome, told: list[tuple[str, str]]) -> str:
    said = "".join(
        f'<div style="margin-left:1.6em"><em>{label}:</em> {_sentence(label, sentence, outcome)}</div>'
        for label, sentence in told
    )
    mark = f"<strong>{SYMBOLS[outcome.status]} {WORDS[outcome.status]}</strong>"
    return f'<li style="margin:.25em 0">{mark}: {_with_code(outcome.title)} ({number(outcome.points)}){said}</li>'


def _sentence(label: str, sentence: str, outcome: Outcome) -> str:
    if label == "Read":
        return f'<a href="{GLOSSARY}#{escape(outcome.see)}">{escape(sentence)}</a>'
    return _with_code(sentence)


def _with_code(sentence: str) -> str:
    """Escaped text in which `words in backticks` stand as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(sentence))


def hint_text(exercise: Exercise, level: int) -> str:
    """One hint, with its place among the others and the way to the next."""
    levels = len(exercise.hints)
    more = f' Next: hint("{exercise.name}")' if level < levels else " That was the last hint."
    hint = exercise.hints[level - 1].strip("\n")
    gap = "\n" if "\n" in hint else " "  # code starts on a line of its own, ready to copy
    return f"Hint {level} of {levels}:{gap}{hint}\n({more.strip()})"
