"""From one submission to everything that is written about it: a function of the submission and the checks, and of nothing else."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from autograder.engine import Nursery
from autograder.grading.execution import run_and_judge
from autograder.grading.handed_in import HandedIn, read
from autograder.grading.intake import Submission
from autograder.grading.masters import Master
from autograder.grading.pages import FeedbackPages
from autograder.grading.reading import as_text
from autograder.grading.records import Result, State, failed
from autograder.grading.repair import REPAIRS, put_in_order


class Tools(Protocol):
    """What marking uses, made when it is first used."""

    nursery: Nursery
    pages: FeedbackPages


@dataclass
class ByHand:
    """What a person wrote into the gradebook about one student, by (lesson, grade_id). It wins over every test."""

    scores: dict[tuple[str, str], float] = field(default_factory=dict)
    extra: dict[tuple[str, str], float] = field(default_factory=dict)
    comments: dict[tuple[str, str], str] = field(default_factory=dict)


@dataclass
class Marked:
    """Everything about one submission that is to be written.

    fingerprint  equal if the same was handed in and judged by the same checks.
    scores       by lesson and grade_id; None where a person must grade.
    untouched    by lesson, answer cells as they were released.
    handed, graded, pages  texts of files by lesson: as read, as graded, as feedback.
    """

    result: Result
    fingerprint: str
    timestamp: str = ""
    scores: dict[str, dict[str, float | None]] = field(default_factory=dict)
    untouched: dict[str, list[str]] = field(default_factory=dict)
    handed: dict[str, str] = field(default_factory=dict)
    graded: dict[str, str] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)


def mark(
    submission: Submission, masters: Mapping[str, Master], checks: str, tools: Tools, by_hand: ByHand, known: str = ""
) -> Marked | None:
    """Grade one submission. None if its fingerprint is `known`: then there is nothing to do.

    checks  a hash of everything that decides on points besides the submission.
    Raises Refused when no box can be made.
    """
    started = time.monotonic()
    handed = read(submission, masters)
    fingerprint = hashlib.sha256(f"{checks} {handed.digest}".encode()).hexdigest()
    if fingerprint == known:
        return None
    result = Result(submission.student, State.GRADED, problems=handed.problems, remarks=handed.remarks)
    marked = Marked(result, fingerprint, handed.timestamp)
    for lesson in sorted(handed.notebooks):
        _mark_notebook(marked, lesson, handed, masters[lesson], tools, by_hand)
    if not handed.notebooks:
        why = "; ".join([*handed.problems, *handed.left_out]) or "no lesson was handed in"
        marked.result = result = failed(submission.student, why)
    else:
        result.repairs += handed.left_out
        result.state = _state(result)
    result.seconds = round(time.monotonic() - started, 3)
    return marked


def _mark_notebook(marked: Marked, lesson: str, handed: HandedIn, master: Master, tools: Tools, by_hand: ByHand) -> None:
    notebook, result = handed.notebooks[lesson], marked.result
    marked.handed[lesson] = as_text(notebook)
    repairs = handed.repairs[lesson] + put_in_order(notebook, master)
    notebook["metadata"][REPAIRS] = repairs
    found = run_and_judge(notebook, master, tools.nursery)
    result.repairs += [f"{lesson}: {repair}" for repair in repairs]
    result.remarks += [f"{lesson}: {found.lost}"] if found.lost else []
    result.reports[lesson] = found.reports
    result.sandbox, result.peak_memory = found.level, max(result.peak_memory, found.peak_memory)
    marked.scores[lesson] = scores = dict(_scores(notebook, master))
    marked.untouched[lesson] = [_told(cell)["grade_id"] for cell in notebook["cells"] if _told(cell).get("solution") and _untouched(cell)]
    marked.graded[lesson] = as_text(notebook)
    waiting = [name for name, points in scores.items() if points is None and (lesson, name) not in by_hand.scores]
    result.problems += [f"{lesson}: {name} waits for a person's points" for name in waiting]
    final = {name: by_hand.scores.get((lesson, name), points or 0.0) + by_hand.extra.get((lesson, name), 0.0) for name, points in scores.items()}
    comments = {name: text for (book, name), text in by_hand.comments.items() if book == lesson}
    marked.pages[lesson] = tools.pages.page(notebook, lesson, final, comments)


def _scores(notebook: dict[str, Any], master: Master) -> Iterator[tuple[str, float | None]]:
    """Points by grade_id as nbgrader would read them from the cells."""
    for cell in notebook["cells"]:
        told = _told(cell)
        if not told.get("grade"):
            continue
        if master.named[told["grade_id"]].tested:
            yield told["grade_id"], min(float(cell["outputs"][-1]["data"]["text/plain"]), float(told["points"]))
        else:
            yield told["grade_id"], 0.0 if _untouched(cell) else None


def _told(cell: dict[str, Any]) -> dict[str, Any]:
    return cell["metadata"].get("nbgrader", {})


def _untouched(cell: dict[str, Any]) -> bool:
    """Whether a cell is as it was released: nbgrader's checksum of it is the same."""
    told = _told(cell)
    parts = [cell["source"], cell["cell_type"], told["grade"], told["solution"], told["locked"], told["grade_id"]]
    parts += [float(told["points"])] if told["grade"] else []
    return hashlib.md5("".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest() == told.get("checksum")


def _state(result: Result) -> State:
    if result.problems:
        return State.NEEDS_PERSON
    return State.REPAIRED if result.repairs else State.GRADED
