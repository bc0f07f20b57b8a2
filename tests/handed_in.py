"""Sample students: their answers put into the released notebooks, and what grading must make of them."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import jupytext
from nbformat.v4 import new_code_cell

from autograder.course import Course

ROOT = Path(__file__).parent.parent
STUDENTS = sorted(path.parent for path in (ROOT / "tests" / "submissions").glob("*/expected.toml"))


@dataclass(frozen=True)
class Student:
    """A folder of tests/submissions. `points` and `says` are by exercise."""

    folder: Path
    story: str
    state: str = "graded"
    hands_in: tuple[str, ...] = ()
    points: dict[str, float] = field(default_factory=dict)
    says: dict[str, list[str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def lessons(self) -> list[str]:
        """Names of the lessons this student hands in."""
        return sorted({path.stem for path in self.folder.glob("*.py")} | set(self.hands_in))


def student(folder: Path) -> Student:
    """Read one student's expectations."""
    with open(folder / "expected.toml", "rb") as file:
        return Student(folder, **tomllib.load(file))


def hand_in(who: Student, target: Path, course: Course = Course(ROOT)) -> None:
    """Write a student's notebooks to target/NAME/."""
    place = target / who.name
    place.mkdir(parents=True)
    for lesson in who.lessons:
        notebook = json.loads((course.notebooks / f"{lesson}.ipynb").read_text(encoding="utf-8"))
        answers = who.folder / f"{lesson}.py"
        if answers.exists():
            _write_answers(notebook["cells"], answers)
        (place / f"{lesson}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


def _write_answers(cells: list[dict], answers: Path) -> None:
    at = len(cells) - 1
    for number, cell in enumerate(jupytext.reads(answers.read_text(encoding="utf-8"), fmt="py:percent").cells):
        if "answer" in cell.metadata:
            at = next(index for index, old in enumerate(cells) if old["id"] == cell.metadata["answer"])
            cells[at]["source"] = cell.source
        else:
            at += 1
            cells.insert(at, dict(new_code_cell(cell.source, id=f"own-{number}")))
