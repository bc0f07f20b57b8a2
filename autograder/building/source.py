"""A lesson's text file as a notebook with nbgrader metadata, ids and facts filled in.

A lesson is jupytext's py:percent format with two short markers:

    # %% answer="ask"     the cell in which students write `ask`; its solution stands between
                          `### BEGIN SOLUTION` and `### END SOLUTION`, inside a function
    # %% check="ask"      the locked, graded cell; its body is exactly `check("ask")`

Every complaint names the file and the line.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.course import Problem
from localmodels import facts
from localmodels.checks.core import Exercise

_HEADER = re.compile(r"\A# ---\n(?P<yaml>(?:#.*\n)*?)# ---\n\s*")
_MARKER = re.compile(r"^# %%", re.MULTILINE)
_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
_OWN_KEYS = {"answer", "check", "tags", "jupyter"}  # what a marker may say
_JUPYTEXT_KEYS = {"lines_to_next_cell", "lines_to_end_of_cell_marker"}  # layout of the text file, no content
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


@dataclass(frozen=True)
class Lesson:
    """A lesson as a notebook that was not run yet. `lines[i]` is the line of cell i's marker in the source."""

    path: Path
    notebook: nbformat.NotebookNode
    lines: tuple[int, ...]

    @property
    def name(self) -> str:
        """The file's name without ending, which is nbgrader's notebook id."""
        return self.path.stem

    def where(self, index: int) -> str:
        """`lessons/02_x.py:41` for cell number `index`."""
        return _where(self.path, self.lines[index])


def read_lesson(path: Path, exercises: Mapping[str, Exercise]) -> Lesson:
    """Read one lesson. A Problem names file and line of whatever is wrong.

    `exercises` maps names to Exercises; points of the graded cells come from there.
    """
    title, body, offset = _split_header(path)
    try:
        cells = jupytext.reads(body, fmt="py:percent").cells
    except nbformat.ValidationError as error:
        raise Problem(f'{path.name}: a cell marker is not right: {error.message}. Tags are a list: tags=["raises-exception"].') from None
    lines = [offset + body.count("\n", 0, found.start()) + 1 for found in _MARKER.finditer(body)]
    if len(lines) != len(cells):
        raise Problem(
            f"{path.name} has {len(lines)} lines that start with '# %%' but {len(cells)} cells. "
            "Start the first cell right below the header, and begin no line inside a cell with '# %%'."
        )
    made = [_cell(cell, number, path, line, exercises) for number, (cell, line) in enumerate(zip(cells, lines), 1)]
    lesson = Lesson(path, new_notebook(cells=made, metadata=_metadata(title)), tuple(lines))
    _pairs_match(lesson, exercises)
    return lesson


def _split_header(path: Path) -> tuple[str, str, int]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem(f"{path.name}: byte {error.start} is not UTF-8. Save the file as UTF-8.") from None
    found = _HEADER.match(text)
    if not found:
        raise Problem(f"{_where(path, 1)}: a lesson starts with a header: '# ---', '# title: ...', '# ---'.")
    try:
        header = yaml.safe_load(re.sub(r"^# ?", "", found["yaml"], flags=re.MULTILINE)) or {}
    except yaml.YAMLError:
        raise Problem(f"{_where(path, 2)}: the title cannot be read as YAML. Put it in double quotes.") from None
    if not isinstance(header, dict) or set(header) != {"title"}:
        raise Problem(f"{_where(path, 2)}: the header has one line, '# title: ...', and nothing else.")
    return str(header["title"]), text[found.end() :], found[0].count("\n")


def _metadata(title: str) -> dict:
    return {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"},
        "title": title,
    }


def _cell(cell, number: int, path: Path, line: int, exercises: Mapping[str, Exercise]) -> nbformat.NotebookNode:
    marks = {key: value for key, value in cell.metadata.items() if key not in _JUPYTEXT_KEYS}
    unknown = set(marks) - _OWN_KEYS
    if unknown:
        raise Problem(f"{_where(path, line)}: a cell marker may say {', '.join(sorted(_OWN_KEYS))}, not {unknown.pop()!r}.")
    if cell.cell_type not in ("code", "markdown"):
        raise Problem(f"{_where(path, line)}: cells are code or markdown, not {cell.cell_type}.")
    try:
        source = facts.render(cell.source)
    except KeyError as error:
        raise Problem(f"{_where(path, line)}: {error.args[0]}") from None
    metadata = {key: marks[key] for key in ("tags", "jupyter") if key in marks}
    if cell.cell_type == "code":
        _compiles(source, path, line)
    cell_id = f"{path.stem[:2]}-{number:03d}"
    if "answer" in marks or "check" in marks:
        cell_id, metadata["nbgrader"] = _graded(cell, source, marks, _where(path, line), exercises)
    make = new_code_cell if cell.cell_type == "code" else new_markdown_cell
    return make(source=source, metadata=metadata, id=cell_id)


def _compiles(source: str, path: Path, line: int) -> None:
    """A Problem at the line that Python cannot read; magics and `await` are a notebook's Python."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        compile(TransformerManager().transform_cell(source), path.name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError as error:
        raise Problem(f"{_where(path, line + (error.lineno or 1))}: Python cannot read this cell: {error.msg}.") from None


def _graded(cell, source: str, marks: dict, where: str, exercises) -> tuple[str, dict]:
    """The cell id, which is the grade_id, and the nbgrader metadata."""
    if cell.cell_type != "code":
        raise Problem(f"{where}: answer and check cells are code cells.")
    if "answer" in marks and "check" in marks:
        raise Problem(f"{where}: a cell is an answer or a check, not both.")
    name = marks.get("answer") or marks.get("check")
    if name not in exercises:
        raise Problem(f"{where}: there is no Exercise named {name!r} in localmodels/checks. It has {', '.join(exercises)}.")
    if "answer" in marks:
        _solution_region_is_sound(source, where)
        return name, _nbgrader(name, solution=True)
    if source.strip() != f'check("{name}")':
        raise Problem(f'{where}: the body of this cell must be exactly check("{name}").')
    return f"check-{name}", _nbgrader(f"check-{name}", grade=True, locked=True, points=_points(exercises[name], where))


def _nbgrader(grade_id: str, grade=False, solution=False, locked=False, points=None) -> dict:
    """Metadata in the third version of nbgrader's format."""
    metadata = {"schema_version": 3, "grade_id": grade_id, "grade": grade, "solution": solution, "locked": locked}
    return metadata | {"task": False} | ({} if points is None else {"points": points})


def _points(exercise: Exercise, where: str) -> float:
    if not exercise.points:
        raise Problem(f"{where}: the checks of {exercise.name!r} give no points.")
    return int(exercise.points) if exercise.points == int(exercise.points) else exercise.points


def _solution_region_is_sound(source: str, where: str) -> None:
    """Exactly one region or more, none nested, each inside a function: its stub must not stop the notebook."""
    inside = found = 0
    for line in source.splitlines():
        if BEGIN in line:
            inside, found = inside + 1, found + 1
            if not line.startswith((" ", "\t")):
                raise Problem(f"{where}: put '{BEGIN}' inside a function, or the unfinished cell stops the whole notebook.")
        inside -= END in line
        if inside not in (0, 1):
            raise Problem(f"{where}: '{BEGIN}' and '{END}' must take turns.")
    if inside or not found:
        raise Problem(f"{where}: an answer cell needs '{BEGIN}' ... '{END}' around what students write.")


def _pairs_match(lesson: Lesson, exercises: Mapping[str, Exercise]) -> None:
    """Each exercise of the lesson has one answer cell and, below it, one check cell; ids are unique."""
    seen: dict[str, int] = {}
    for index, cell in enumerate(lesson.notebook.cells):
        if cell.id in seen:
            raise Problem(f"{lesson.where(index)}: {cell.id} is already at {lesson.where(seen[cell.id])}.")
        seen[cell.id] = index
        if cell.cell_type == "code" and "nbgrader" not in cell.metadata and BEGIN in cell.source:
            raise Problem(f'{lesson.where(index)}: a solution in a cell without answer="NAME" would reach students.')
    for name in _exercises_of(lesson, exercises):
        _pair_matches(lesson, name, seen)


def _exercises_of(lesson: Lesson, exercises: Mapping[str, Exercise]) -> list[str]:
    return [name for name, exercise in exercises.items() if exercise.lesson == lesson.name[:2]]


def _pair_matches(lesson: Lesson, name: str, seen: dict[str, int]) -> None:
    for cell_id, mark in ((name, "answer"), (f"check-{name}", "check")):
        if cell_id not in seen:
            raise Problem(f'{lesson.path.name} has no cell with {mark}="{name}", but {name!r} is an exercise of this lesson.')
    if seen[f"check-{name}"] < seen[name]:
        raise Problem(f"{lesson.where(seen[f'check-{name}'])}: the check of {name!r} stands above its answer.")


def _where(path: Path, line: int) -> str:
    return f"{path.parent.name}/{path.name}:{line}"
