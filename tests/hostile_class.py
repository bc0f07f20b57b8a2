"""The hostile class: reads the folders of tests/hostile and turns each into a submission.

tests/hostile/README.md says what may stand in a case.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jupytext
from nbformat.v4 import new_code_cell

from localmodels.checks import exercises
from tests import hostile_files, hostile_probe
from tests.hostile_changes import change

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "tests" / "hostile"
HONEST = ROOT / "tests" / "submissions" / "perfect_requests"
CATEGORIES = ("availability", "integrity", "confidentiality", "persistence", "robustness")
LESSON = "00_start_here"
POINTS = {name: one.points for name, one in exercises().items()}
FULL = 4.0  # points of LESSON
STATES = ("graded", "graded with repairs", "needs a person", "could not be graded")
PROBE = "probe"  # no lesson of the course: exercises that the lessons do not have, such as streams


@dataclass(frozen=True)
class Case:
    """One folder of tests/hostile. `points` and `most` are by exercise; one that is in neither keeps all its points.

    does     what the submission does, in one sentence.
    starts   what the answer cells hold that the case does not write: "solved" or "released".
    states   in which grading may end.
    never    texts that nobody may read anywhere, besides those that are searched for in every case.
    says     texts that the student must read.
    twice    handed in by two students, one after the other; the second must find nothing of the first.
    beside   an honest neighbour is judged at the same time.
    seconds  within which it is judged.
    """

    folder: Path
    does: str
    lesson: str = LESSON
    starts: str = "solved"
    points: dict[str, float] = field(default_factory=dict)
    most: dict[str, float] = field(default_factory=dict)
    states: tuple[str, ...] = ("graded",)
    never: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    twice: bool = False
    beside: bool = False
    seconds: float = 30.0
    change: tuple[dict[str, Any], ...] = ()
    save: dict[str, Any] = field(default_factory=dict)
    extra: tuple[dict[str, Any], ...] = ()

    @property
    def name(self) -> str:
        return f"{self.folder.parent.name}/{self.folder.name}"

    @property
    def answers(self) -> str:
        """The text of the case's cells, with words to fill in; empty if it has none."""
        path = self.folder / f"{self.lesson}.py"
        return path.read_text(encoding="utf-8") if path.exists() else ""


def every_case() -> list[Case]:
    """All cases, in the order of the categories."""
    return [case(path.parent) for category in CATEGORIES for path in sorted((CORPUS / category).glob("*/case.toml"))]


def case(folder: Path) -> Case:
    """Read one case. A key it does not know is a TypeError."""
    with open(folder / "case.toml", "rb") as file:
        return Case(folder, **tomllib.load(file))


def full_points(one: Case) -> dict[str, float]:
    """What the exercises give that a case leaves as they are."""
    if one.lesson == PROBE:
        return {"count_up": 1, "notes": 1, "show": 1}  # see hostile_probe: the other point of notes cannot be earned
    if one.starts == "released":
        return {}
    return {name: POINTS[name] for name, each in exercises().items() if each.lesson == one.lesson[:2]}


def too_much(one: Case, points: dict[str, float]) -> dict[str, float]:
    """Of points by exercise those that are more than the case's honest part."""
    most = {**full_points(one), **one.points, **one.most}
    return {name: earned for name, earned in points.items() if earned > most.get(name, 0)}


def filled(text: str, words: dict[str, str]) -> str:
    """The text with @name@ replaced by what this run calls it."""
    for name, word in words.items():
        text = text.replace(f"@{name}@", word)
    return text


def expand(one: Case, folder: Path, words: dict[str, str]) -> None:
    """Write a case as one student's submission below `folder`."""
    notebook = solved(one.lesson) if one.starts == "solved" else released(one.lesson)
    write_answers(notebook, filled(one.answers, words))
    for step in one.change:
        change(notebook, step)
    hostile_files.save(notebook, one, folder, words)


def cells_of_probe(one: Case, words: dict[str, str]) -> list[dict]:
    """The cells of a case whose exercises are those of hostile_probe."""
    notebook = hostile_probe.notebook()
    write_answers(notebook, filled(one.answers, words))
    return notebook["cells"]


def released(lesson: str) -> dict:
    """A notebook as students get it."""
    return json.loads((ROOT / "notebooks" / "m13" / f"{lesson}.ipynb").read_text(encoding="utf-8"))


def solved(lesson: str) -> dict:
    """A notebook with an honest student's right answers, which only the checks call."""
    notebook = released(lesson)
    write_answers(notebook, (HONEST / f"{lesson}.py").read_text(encoding="utf-8"), answers_only=True)
    return notebook


def write_answers(notebook: dict, text: str, answers_only: bool = False) -> None:
    """Put cells of a py:percent text in place: answer="ask" replaces that cell's text, a plain cell comes after it,
    at="start" goes to the top."""
    cells = notebook["cells"]
    place = len(cells) - 1
    for number, cell in enumerate(jupytext.reads(text, fmt="py:percent").cells if text else ()):
        if "answer" in cell.metadata:
            place = next(index for index, old in enumerate(cells) if old["id"] == cell.metadata["answer"])
            cells[place]["source"] = cell.source
        elif not answers_only:
            place = 0 if cell.metadata.get("at") == "start" else place + 1
            cells.insert(place, dict(new_code_cell(cell.source, id=f"own-{number}")))
