"""Grades submissions one after another; each ends in a named state, and none can stop the next."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from autograder.grading.gradebook import GradingFolder
from autograder.grading.intake import Submission
from autograder.grading.records import Result, State
from localmodels.checks.render import number


def grade_all(
    folder: GradingFolder, submissions: Iterable[Submission], possible: float, tell: Callable[[str], None] = print
) -> list[Result]:
    """Grade every submission and tell a line about each. `possible` is the number of points there are."""
    submissions = list(submissions)
    results = []
    for count, submission in enumerate(submissions, 1):
        result = grade_one(folder, submission)
        results.append(result)
        reason = f": {result.reason}" if result.reason else ""
        points = f"{number(result.earned)} of {number(possible)}"
        tell(f"[{count}/{len(submissions)}] {result.student}: {points}, {result.state}{reason} ({result.seconds:.1f} s)")
    return results


def grade_one(folder: GradingFolder, submission: Submission) -> Result:
    """Grade one submission and write its feedback."""
    started = time.monotonic()
    try:
        result = _graded(folder, submission)
    except Exception as error:  # a fault of ours must not cost the others their grades
        result = Result(submission.student, State.FAILED, f"the grader stumbled: {type(error).__name__}: {error}")
    result.seconds = time.monotonic() - started
    return result


def _graded(folder: GradingFolder, submission: Submission) -> Result:
    student = submission.student
    folder.forget(student)
    if not submission.notebooks:
        return Result(student, State.FAILED, "; ".join(submission.problems) or "no lesson was handed in")
    folder.put(student, submission.notebooks)
    wrong = folder.autograde(student)
    if wrong:
        folder.forget(student)
        return Result(student, State.FAILED, wrong.splitlines()[-1])
    reports, repairs = folder.reports(student)
    no_page = folder.feedback(student)
    problems = [*submission.problems, *([f"no feedback page: {no_page.splitlines()[-1]}"] if no_page else [])]
    state, reason = _state([*submission.repairs, *repairs], problems)
    return Result(student, state, reason, reports=reports)


def _state(repairs: list[str], problems: list[str]) -> tuple[State, str]:
    if problems:
        return State.NEEDS_PERSON, "; ".join(problems + repairs)
    return (State.REPAIRED, "; ".join(repairs)) if repairs else (State.GRADED, "")
