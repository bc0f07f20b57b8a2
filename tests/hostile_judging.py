"""Judges a folder with one submission the way grading does, and says what everybody would get to see of it."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from autograder.course import Course, Problem
from autograder.engine import Limits, Nursery, default_policy, judge_notebook
from autograder.engine.watching import descendants
from autograder.grading.gradebook import GradingFolder
from autograder.grading.intake import find_submissions
from autograder.grading.marking import ByHand, Marked, mark
from autograder.grading.masters import read_masters
from autograder.grading.pages import FeedbackPages
from autograder.grading.records import State
from localmodels.checks.render import as_html, as_text
from tests import hostile_probe
from tests.hostile_class import ROOT

SHORT = Limits(
    tree_memory=400 * 2**20, cell_seconds=1.5, call_seconds=1.5, total_seconds=9, cpu_seconds=12, processes=64, output=50_000
)  # so that what never ends ends soon; an honest lesson needs a tenth of it


@dataclass
class Result:
    """What came of a submission.

    told   all texts that judging made or let through: outputs, reports, reasons.
    pages  feedback, as HTML.
    files  everything that is written, the student's own code in it included.
    """

    state: str
    reason: str = ""
    points: dict[str, float] = field(default_factory=dict)
    told: str = ""
    pages: str = ""
    files: str = ""


class Bench:
    """A warm process and the instructor's notebooks, to judge one submission after the other. A context manager."""

    def __init__(self, folder: Path):
        self._folder, self._course = folder, Course(ROOT)
        self.nursery = Nursery(default_policy(ROOT, SHORT, secret=[folder]))
        self.pages = FeedbackPages()
        self._masters = {}

    def __enter__(self) -> "Bench":
        from nbgrader.api import Gradebook

        grading = GradingFolder(self._folder, self._course)
        grading.open()
        with Gradebook(grading.db_url) as gradebook:
            self._masters = read_masters(gradebook, self._course.solutions.parent)
        self.nursery.__enter__()
        return self

    def __exit__(self, *error) -> None:
        self.nursery.__exit__(*error)

    def judge_folder(self, folder: Path) -> Result:
        """Judge the one submission in `folder`, from intake to feedback."""
        try:
            (submission,) = find_submissions(folder, self._masters)
        except Problem as problem:
            return Result(State.FAILED, str(problem), told=str(problem))
        marked = mark(submission, self._masters, "", self, ByHand())
        return _everything(marked)

    def judge_cells(self, cells: list[dict]) -> Result:
        """Judge cells whose exercises are those of hostile_probe."""
        graded = {f"check-{exercise.name}": exercise for exercise in hostile_probe.EXERCISES}
        judged = judge_notebook(self.nursery, [graded.get(cell["id"], cell["source"]) for cell in cells], hostile_probe.guards)
        reports = judged.reports.values()
        pages = "".join(map(as_html, reports))
        told = "".join([*map(as_text, reports), *map(repr, reports), *_texts([*judged.outputs.values()]), judged.lost])
        return Result(State.GRADED, judged.lost, {report.exercise: report.earned for report in reports}, told, pages)

    def survivors(self) -> list[int]:
        """Processes below the warm one; between submissions there are none."""
        warm = self.nursery._process.pid
        return [pid for pid, _ in descendants(warm) if pid != warm and _is_alive(pid)]


def _everything(marked: Marked) -> Result:
    result = marked.result
    points = {name.removeprefix("check-"): points or 0.0 for scores in marked.scores.values() for name, points in scores.items()}
    told = [result.reason, repr(result)]
    for text in marked.graded.values():
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook)
        told += _texts([cell.get("outputs", []) for cell in json.loads(text)["cells"]])
    files = "\n".join([*marked.handed.values(), *marked.graded.values()])
    return Result(result.state, result.reason, points, "\n".join(told), "\n".join(marked.pages.values()), files)


def _texts(data) -> list[str]:
    """All texts in nested outputs, keys included."""
    if isinstance(data, str):
        return [data]
    if isinstance(data, dict):
        return [text for pair in data.items() for one in pair for text in _texts(one)]
    return [text for one in data for text in _texts(one)] if isinstance(data, list) else []


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def in_time(seconds: float, function, *args):
    """The function's result; an AssertionError if it takes longer, so that a judge that hangs fails one test only."""
    box: dict = {}

    def work() -> None:
        try:
            box["result"] = function(*args)
        except BaseException as error:
            box["error"] = error

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    assert not thread.is_alive(), f"judging took longer than {seconds:g} seconds"
    if "error" in box:
        raise box["error"]
    return box["result"]
