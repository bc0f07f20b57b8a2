"""Small classes to grade: lesson 00, answered in a few ways, and what grading them must leave in a folder."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from autograder.course import Course

ROOT = Path(__file__).parent.parent
COURSE = Course(ROOT)
LESSON = "00_start_here"
POINTS = {"stays_here": 1, "speaker": 1, "first_reply": 2}
FULL = sum(POINTS.values())
ANSWERS = {
    "stays_here": 'def stays_here(url):\n    return urlsplit(url).hostname in ("localhost", "127.0.0.1")',
    "speaker": 'def speaker(reply):\n    return reply["message"]["role"]',
    "first_reply": 'def first_reply(reply):\n    return f"Error: {reply[\'error\']}" if "error" in reply else reply["message"]["content"]',
}


def notebook(**answers: str) -> dict:
    """Lesson 00 with everything answered, or answered differently where said so."""
    nb = json.loads((COURSE.notebooks / f"{LESSON}.ipynb").read_text(encoding="utf-8"))
    for cell in nb["cells"]:
        cell["source"] = {**ANSWERS, **answers}.get(cell["id"], cell["source"])
    return nb


def cell_of(nb: dict, name: str) -> dict:
    """The cell of that id."""
    return next(cell for cell in nb["cells"] if cell["id"] == name)


def hand_in(folder: Path, student: str, nb: dict) -> None:
    """Write a notebook as a student's submission below `folder`."""
    (folder / student).mkdir(parents=True)
    (folder / student / f"{LESSON}.ipynb").write_text(json.dumps(nb), encoding="utf-8")


def small_class(folder: Path, size: int) -> None:
    """`size` students; every third leaves out an exercise, so that points differ."""
    for number in range(size):
        answers = {} if number % 3 else {"speaker": "def speaker(reply):\n    return None"}
        hand_in(folder, f"student-{number:03}", notebook(**answers))


def what_is_in(folder: Path) -> dict:
    """Everything that grading left: gradebook rows, results, files. Without ids, times, memory, and what learners' cells showed."""
    with sqlite3.connect(folder / "gradebook.db") as db:
        grades = db.execute(
            "SELECT s.student_id, n.name, c.name, g.auto_score, g.manual_score, g.needs_manual_grade FROM grade g"
            " JOIN submitted_notebook b ON b.id = g.notebook_id JOIN notebook n ON n.id = b.notebook_id"
            " JOIN submitted_assignment s ON s.id = b.assignment_id JOIN base_cell c ON c.id = g.cell_id ORDER BY 1, 2, 3"
        ).fetchall()
        comments = db.execute(
            "SELECT s.student_id, n.name, c.name, m.auto_comment FROM comment m"
            " JOIN submitted_notebook b ON b.id = m.notebook_id JOIN notebook n ON n.id = b.notebook_id"
            " JOIN submitted_assignment s ON s.id = b.assignment_id JOIN base_cell c ON c.id = m.cell_id ORDER BY 1, 2, 3"
        ).fetchall()
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    steps = ("submitted", "autograded", "feedback")
    files = {path.relative_to(folder).as_posix(): _steady(path) for step in steps for path in folder.glob(f"{step}/*/m13/*")}
    changing = {"seconds", "peak_memory"}
    plain = [{key: value for key, value in result.items() if key not in changing} for result in results]
    return {"grades": grades, "comments": comments, "results": plain, "files": files}


def _steady(path: Path) -> str:
    """A file's text; of a notebook without the outputs of learners' cells, which may tell the time."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    cells = json.loads(text)["cells"]
    return json.dumps([cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade")] + [cell["source"] for cell in cells])
