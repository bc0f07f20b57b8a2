"""Exercises and their checks: one definition, judged in the notebook and by the grader.

A check is a small function `(learner, ollama)`. Its docstring is the title that a student reads. It calls
the learner's functions, reads what they sent to a scripted Ollama, and raises `Wrong` when something is off.
Nothing here knows whether the learner lives in this process or behind a wall: see `learner.py`.
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from localmodels.checks import slips
from localmodels.checks.plain import MISSPELT, LearnerError, NotWritten, shown, unwritten
from localmodels.checks.watched import Watched


_UNSAID = object()
NOTHING = "nothing (None)"
RUNS = "Your code runs to its end."


class Wrong(Exception):
    """A check's verdict "not yet": what was expected, what came, and the idea that leads there.

    expected  one sentence on what a right answer does.
    got       what the learner's code did instead; any value, cut and quoted for display unless it is a str. None is a
              value too: "nothing (None)".
    idea      the mistaken idea that typically produces this, and why it is one.
    see       an anchor of glossary.md, without the '#'.
    """

    def __init__(self, expected: str, got: Any = _UNSAID, idea: str | None = None, see: str | None = None):
        super().__init__(expected)
        self.expected, self.idea, self.see = expected, idea, see
        self.got = "" if got is _UNSAID else NOTHING if got is None else got if isinstance(got, str) else shown(got)


class Status(StrEnum):
    """How a check ended. There is no fourth way."""

    EARNED = "earned"
    NOT_YET = "not yet"
    UNJUDGED = "could not be checked"


@dataclass(frozen=True)
class Check:
    """One promise of an exercise. `points` is 0 for a guard, which only confirms another check.

    alone  for a guard: it must not share anything with other hidden checks, because its inputs or its answer stand in one of them.
    """

    name: str
    title: str
    points: float
    judge: Callable[[Any, Any], None]
    alone: bool = False


@dataclass
class Exercise:
    """What a learner writes once: its checks in order, three hints (nudge, plan, almost code).

    `name` is the nbgrader grade_id of the answer cell, and usually the function's name; `functions`
    lists the names the checks call when they differ from it. `signature` is what stands between `def` and the colon.
    """

    name: str
    lesson: str
    hints: list[str] = field(default_factory=list)
    functions: tuple[str, ...] = ()
    signature: str = ""
    checks: list[Check] = field(default_factory=list)

    @property
    def points(self) -> float:
        """Points of the whole exercise: the sum over its visible checks."""
        return sum(check.points for check in self.checks)

    @property
    def needs(self) -> tuple[str, ...]:
        """Names that must be bound before any check makes sense."""
        return self.functions or (self.name,)

    def check(self, points: float) -> Callable:
        """Register a visible check: `@ask.check(points=2)` above a function with a docstring."""

        def register(judge):
            self.checks.append(make_check(_explaining(judge, self), points))
            return judge

        return register


def make_check(judge: Callable, points: float, alone: bool = False) -> Check:
    """A Check from a function; its docstring's first line is the title."""
    title = (judge.__doc__ or "").strip().splitlines()
    if not title:
        raise ValueError(f"The check {judge.__name__} needs a docstring: it is the title a student reads.")
    return Check(judge.__name__, title[0].rstrip("."), points, judge, alone)


UNWRITTEN = "The function is written."


def _explaining(judge: Callable, exercise: Exercise) -> Callable:
    """The same check, whose failures say more where a slip that all exercises share is behind them."""

    @functools.wraps(judge)
    def judge_and_explain(learner, ollama) -> None:
        watched = Watched(learner)
        try:
            judge(watched, ollama)
        except NotWritten as failure:
            raise _unwritten(str(failure), exercise, learner) from failure
        except (Wrong, LearnerError) as failure:
            explained = _explained(failure, exercise, watched)
            if explained is None:
                raise
            raise explained from failure

    return judge_and_explain


def _explained(failure: Wrong | LearnerError, exercise: Exercise, watched: Watched) -> Wrong | None:
    """The failure with the slip behind it; None if it is none of those."""
    error = failure if isinstance(failure, LearnerError) else failure.__cause__
    error = error if isinstance(error, LearnerError) else None
    silent = isinstance(failure, Wrong) and failure.got == NOTHING
    printed = next((told for _, result, told in watched.calls if silent and result is None and told.strip()), "")
    results = [result for _, result, _ in watched.calls]
    seen = slips.Seen(exercise.needs[0], exercise.signature, error, results, printed, _source(watched, exercise.needs[0]))
    idea = slips.why(seen)
    if not idea:
        return None
    if isinstance(failure, LearnerError):
        return Wrong(RUNS, failure.sentence, idea)
    got = f"{NOTHING}; it printed {shown(printed.strip())}" if idea == slips.PRINTED else failure.got
    return Wrong(failure.expected, got, idea)


def _unwritten(said: str, exercise: Exercise, learner) -> Wrong:
    """The verdict on a function that is not written, as NotWritten said it, or whose code is not reached."""
    name = exercise.needs[0]
    idea = slips.why_unwritten(said, name, exercise.signature, _source(learner, name))
    return Wrong(UNWRITTEN, "Your code raised NotImplementedError." if idea == slips.RAISE_LEFT else said, idea)


def _source(learner, name: str) -> str:
    """The lines of a learner's function, for a better message only: no failure to get them counts."""
    with contextlib.suppress(Exception):
        return learner.source(name)
    return ""


@dataclass(frozen=True)
class Outcome:
    """What one check found, as plain text and numbers: everything that reports and pages are made from."""

    name: str
    title: str
    points: float
    status: Status
    expected: str = ""
    got: str = ""
    idea: str = ""
    see: str = ""
    guard: str = ""  # title of the hidden check that took the points away, if one did

    @property
    def earned(self) -> float:
        return self.points if self.status is Status.EARNED else 0.0


@dataclass(frozen=True)
class Report:
    """All outcomes of an exercise, in the order in which the checks are written."""

    exercise: str
    lesson: str
    outcomes: tuple[Outcome, ...]
    missing: tuple[str, ...] = ()  # names the learner has not written yet

    @property
    def earned(self) -> float:
        return sum(outcome.earned for outcome in self.outcomes)

    @property
    def points(self) -> float:
        return sum(outcome.points for outcome in self.outcomes)


def run(exercise: Exercise, learner, ollama, guards: Iterable[tuple[str, Check]] = ()) -> Report:
    """Judge an exercise. `guards` are pairs (name of the visible check, hidden Check)."""
    return confirm(run_visible(exercise, learner, ollama), learner, ollama, guards)


def run_visible(exercise: Exercise, learner, ollama) -> Report:
    """The visible checks of an exercise. Each starts with a cleared `ollama`."""
    missing = tuple(name for name in exercise.needs if not learner.has(name))
    if missing:
        misspelt = _misspelt(learner, missing)
        outcomes = (_not_written(check, missing, misspelt) for check in exercise.checks)
        return Report(exercise.name, exercise.lesson, tuple(outcomes), () if misspelt else missing)
    outcomes = tuple(judge_one(check, learner, ollama) for check in exercise.checks)
    untouched = all(outcome.got in {unwritten(name) for name in exercise.needs} and not outcome.idea for outcome in outcomes)
    return Report(exercise.name, exercise.lesson, outcomes, exercise.needs if untouched else ())


def confirm(report: Report, learner, ollama, guards: Iterable[tuple[str, Check]]) -> Report:
    """The report after the hidden checks: they run where their visible check passed, after all visible ones.

    In this order a learner's code that has seen a hidden input has no later chance to show it in a message.
    """
    hidden: dict[str, list[Check]] = {}
    for visible, guard in guards:
        hidden.setdefault(visible, []).append(guard)
    outcomes = tuple(_confirmed(outcome, hidden.get(outcome.name, ()), learner, ollama) for outcome in report.outcomes)
    return replace(report, outcomes=outcomes)


def _not_written(check: Check, missing: tuple[str, ...], misspelt: str) -> Outcome:
    return Outcome(check.name, check.title, check.points, Status.NOT_YET, expected=f"{' and '.join(missing)} exists.", idea=misspelt)


def _misspelt(learner, missing: tuple[str, ...]) -> str:
    """What the learner's side says of a name that is not bound, if another one is much like it."""
    for name in missing:
        try:
            learner.value(name)
        except NotWritten as error:
            if str(error).startswith(MISSPELT):
                return str(error)
    return ""


def _confirmed(outcome: Outcome, guards: Iterable[Check], learner, ollama) -> Outcome:
    for guard in guards:
        if outcome.status is not Status.EARNED:
            break
        found = judge_one(guard, learner, ollama)
        if found.status is not Status.EARNED:
            outcome = Outcome(outcome.name, outcome.title, outcome.points, found.status, guard=guard.title)
    return outcome


def judge_one(check: Check, learner, ollama) -> Outcome:
    """Run one check and say how it ended; never raises what the learner's code or the check did wrong."""
    learner.fresh()
    ollama.clear()
    told: dict[str, str] = {}
    try:
        check.judge(learner, ollama)
        status = Status.EARNED
    except Wrong as wrong:
        status = Status.NOT_YET
        told = {"expected": wrong.expected, "got": wrong.got, "idea": wrong.idea or "", "see": wrong.see or ""}
    except NotWritten as error:
        status, told = Status.NOT_YET, {"expected": UNWRITTEN, "got": str(error)}
    except LearnerError as error:
        status, told = Status.NOT_YET, {"expected": RUNS, "got": error.sentence, "idea": why_unknown(error)}
    except Exception as error:  # a check that stumbles must not stop the others, nor give points
        status = Status.UNJUDGED
        told = {"got": f"The check stopped at an answer it did not foresee ({type(error).__name__}: {error})."}
    return Outcome(check.name, check.title, check.points, status, **told)


def why_unknown(error: LearnerError) -> str:
    """The likely idea behind a NameError; empty for other errors."""
    unknown = re.search(r"name '(\w+)' is not defined", error.message) if error.name == "NameError" else None
    if not unknown:
        return ""
    return (
        f"Python does not know `{unknown[1]}` here. Meant as text? Then it needs quotes. Defined in another cell? Run that cell "
        "first; after a restart, run all cells above."
    )
