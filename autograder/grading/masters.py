"""The instructor's notebooks, as far as grading needs them: which cells are graded, for how many points, in which order.

All of it comes from the gradebook and the notebooks in source/, never from a submission.
"""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from pathlib import Path

from autograder.course import ASSIGNMENT
from autograder.engine import AssertCell
from localmodels.checks import exercises
from localmodels.checks.core import Exercise

BEGIN_HIDDEN, END_HIDDEN = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"


@dataclass(frozen=True)
class MasterCell:
    """A cell of the instructor's notebook.

    name      its grade_id, or its id where nbgrader does not know it.
    source    as released; of a graded cell, as the instructor wrote it, hidden tests included.
    nbgrader  the metadata that nbgrader wants in a submission; None for other cells.
    binds     names that the instructor's solution binds.
    """

    name: str
    kind: str
    source: str
    nbgrader: dict | None = None
    binds: tuple[str, ...] = ()

    @property
    def graded(self) -> bool:
        return bool(self.nbgrader and self.nbgrader["grade"])

    @property
    def answer(self) -> bool:
        return bool(self.nbgrader and self.nbgrader["solution"])

    @property
    def tested(self) -> bool:
        """Graded by a test, not by a person."""
        return self.graded and not self.answer and self.kind == "code"

    @property
    def points(self) -> float:
        return float(self.nbgrader.get("points", 0)) if self.nbgrader else 0.0


@dataclass(frozen=True)
class Master:
    """One lesson's notebook; `cells` in the instructor's order."""

    lesson: str
    cells: tuple[MasterCell, ...]

    @property
    def named(self) -> dict[str, MasterCell]:
        """Cells that nbgrader knows, by grade_id, in order."""
        return {cell.name: cell for cell in self.cells if cell.nbgrader}

    @property
    def points(self) -> float:
        return sum(cell.points for cell in self.cells if cell.graded)

    def test(self, name: str) -> Exercise | AssertCell | None:
        """What judges the graded cell of that name: an exercise's checks, or the instructor's own test. None if a person does."""
        cell = self.named.get(name)
        if cell is None or not cell.tested:
            return None
        chosen = exercises().get(name.removeprefix("check-")) if name.startswith("check-") else None
        return chosen or self._own_test(cell)

    def _own_test(self, cell: MasterCell) -> AssertCell:
        before = self.cells[: self.cells.index(cell)]
        setup = [harmless(one.source) for one in before if one.kind == "code" and not one.nbgrader]
        names = dict.fromkeys(name for one in self.cells for name in one.binds)
        return AssertCell(
            cell.name, cell.source, tuple(names), cell.points, tuple(filter(None, setup)), BEGIN_HIDDEN in cell.source, self.lesson[:2]
        )


def read_masters(gradebook, source_directory: Path) -> dict[str, Master]:
    """Every lesson's master, from an open nbgrader Gradebook and the folder that holds `m13/*.ipynb` of the instructor."""
    found = {}
    for book in gradebook.find_assignment(ASSIGNMENT).notebooks:
        path = Path(source_directory) / ASSIGNMENT / f"{book.name}.ipynb"
        written = json.loads(path.read_text(encoding="utf-8"))["cells"] if path.exists() else []
        found[book.name] = Master(book.name, tuple(_cells(book, written)))
    return dict(sorted(found.items()))


def _cells(book, written: list[dict]) -> list[MasterCell]:
    known, solved = _known(book), {name: "".join(cell["source"]) for cell in written if (name := _name(cell))}
    named = {
        name: MasterCell(name, cell.kind, cell.source, cell.nbgrader, _bound(solved.get(name, "")) if cell.answer else ())
        for name, cell in known.items()
    }
    cells = [
        named.pop(name) if (name := _name(cell)) in named else MasterCell(cell.get("id", ""), cell["cell_type"], "".join(cell["source"]))
        for cell in written
        if not _name(cell) or _name(cell) in named
    ]
    return cells + list(named.values())


def _name(cell: dict) -> str:
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "")


def _known(book) -> dict[str, MasterCell]:
    """nbgrader's cells as its gradebook has them."""
    points = {cell.name: cell.max_score for cell in book.grade_cells}
    answers = {cell.name for cell in book.solution_cells}
    return {
        cell.name: MasterCell(
            cell.name,
            cell.cell_type,
            cell.source,
            {
                "schema_version": 3,
                "grade_id": cell.name,
                "grade": cell.name in points,
                "solution": cell.name in answers,
                "locked": cell.locked,
                "task": False,
                "cell_type": cell.cell_type,
                "checksum": cell.checksum,
            }
            | ({"points": points[cell.name]} if cell.name in points else {}),
        )
        for cell in book.source_cells
    }


def bindings(source: str) -> list[ast.stmt]:
    """The statements of a cell, none if it is no plain Python."""
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _bound(source: str) -> tuple[str, ...]:
    """Names that a cell binds at its top level, functions and classes included."""
    names: dict[str, None] = {}
    for statement in bindings(source):
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names[statement.name] = None
        elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            names |= {node.id: None for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
    return tuple(names)


def harmless(source: str) -> str:
    """Of a provided cell what a test may need and what does nothing by itself: imports, definitions, constants."""
    kept = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return "\n".join(ast.unparse(one) for one in bindings(source) if isinstance(one, kept) or _constant(one))


def _constant(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Assign):
        return False
    try:
        ast.literal_eval(statement.value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def without_hidden(source: str) -> str:
    """A test's source without its hidden regions, as students may see it."""
    kept, hidden = [], False
    for line in source.splitlines():
        hidden = hidden or BEGIN_HIDDEN in line
        if not hidden:
            kept.append(line)
        hidden = hidden and END_HIDDEN not in line
    return "\n".join(kept)
