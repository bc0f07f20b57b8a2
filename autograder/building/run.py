"""Run a lesson from top to bottom against the practice server, and keep what it showed."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from autograder.building.outputs import steady_outputs
from autograder.building.source import Lesson
from autograder.course import Course, Problem
from autograder.workbench import practice_environment

CELL_SECONDS = 120  # far above what any cell needs; only there to end a build that hangs
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def run_lesson(lesson: Lesson, course: Course) -> None:
    """Execute the lesson's notebook in place, with normalised outputs. A Problem names the cell that failed."""
    with tempfile.TemporaryDirectory(prefix="lesson-") as folder:
        place = _furnish(Path(folder), course)
        with practice_environment(Path(folder) / "home") as environment:
            _execute(lesson, place, environment)
    count = 0
    for index, cell in enumerate(lesson.notebook.cells):
        if cell.cell_type == "code":
            ran = cell.execution_count is not None
            count += ran
            cell.execution_count = count if ran else None
            # Such a cell shows this machine (memory, installed programs): nothing of it is kept.
            shows_machine = "nbval-ignore-output" in cell.metadata.get("tags", [])
            cell.outputs = [] if shows_machine else steady_outputs(cell.outputs, count)
            cell.metadata.pop("execution", None)
            _names_no_machine(cell.outputs, lesson.where(index), folder)
    lesson.notebook.metadata.pop("widgets", None)
    lesson.notebook.metadata.language_info = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"}


def _furnish(folder: Path, course: Course) -> Path:
    """A throw-away copy of the folder a student works in; returns where the notebook stands."""
    place = folder / "notebooks" / "m13"
    place.mkdir(parents=True)
    if course.figures.is_dir():
        shutil.copytree(course.figures, place / "figures")
    glossary = course.root / "glossary.md"
    if glossary.exists():
        (folder / "glossary.md").write_bytes(glossary.read_bytes())
    return place


def _execute(lesson: Lesson, place: Path, environment: dict[str, str]) -> None:
    client = NotebookClient(
        lesson.notebook,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(place)}},
        store_widget_state=False,
        record_timing=False,
    )
    at = [0]
    client.on_cell_start = lambda cell, cell_index: at.__setitem__(0, cell_index)
    try:
        client.execute(env=environment, stderr=subprocess.DEVNULL)
    except CellExecutionError as error:
        told = _ANSI.sub("", error.traceback).strip().splitlines()
        raise Problem(f"{lesson.where(at[0])}: this cell fails: {error.ename}: {error.evalue}\n" + "\n".join(told[-12:])) from None
    except (CellTimeoutError, DeadKernelError) as error:
        raise Problem(f"{lesson.where(at[0])}: this cell did not come back: {type(error).__name__}.") from None


def _names_no_machine(outputs, where: str, *secrets: str) -> None:
    """Stored outputs are published: they may not hold a path of the machine that made them."""
    shown = str(outputs)
    for path in (*secrets, str(Path.home()) + "/", tempfile.gettempdir() + "/"):
        if path in shown:
            start = shown.index(path)
            raise Problem(f"{where}: the output holds a path of this machine: ...{shown[start : start + 60]}...")
