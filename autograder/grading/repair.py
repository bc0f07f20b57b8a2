"""Puts a submitted notebook in order before it is run: what honest students do to cells costs them nothing.

Which cells are graded, for how many points and under which name comes from the gradebook, which was filled from
the instructor's notebook, never from the submission.
"""

from __future__ import annotations

from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

REPAIRS = "localmodels_repairs"  # notebook metadata: list of sentences


class RepairCells(NbGraderPreprocessor):
    """Restores nbgrader's metadata of graded and answer cells, puts missing graded cells back, drops the rest."""

    def preprocess(self, nb, resources):
        """Repair `nb` in place; what was done is kept as sentences in its metadata."""
        names = resources["nbgrader"]
        with Gradebook(names["db_url"]) as gradebook:
            master = _master_cells(gradebook.find_notebook(names["notebook"], names["assignment"]))
        repairs: list[str] = []
        _keep_last_of_each(nb, master, repairs)
        for cell in nb.cells:
            _restore_metadata(cell, master)
        _put_back_missing(nb, master, repairs)
        kept = {key: nb.metadata[key] for key in ("kernelspec", "language_info") if key in nb.metadata}
        nb.metadata = type(nb.metadata)({**kept, REPAIRS: repairs})
        return nb, resources


def _master_cells(notebook) -> dict[str, dict]:
    """nbgrader metadata and source of the instructor's cells, by grade_id, in order."""
    points = {cell.name: cell.max_score for cell in notebook.grade_cells}
    answers = {cell.name for cell in notebook.solution_cells}
    return {
        cell.name: {
            "source": cell.source,
            "nbgrader": {
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
        }
        for cell in notebook.source_cells
    }


def _grade_id(cell) -> str | None:
    found = cell.metadata.get("nbgrader", {})
    return found.get("grade_id") if isinstance(found, dict) else None


def _keep_last_of_each(nb, master: dict, repairs: list[str]) -> None:
    """Of copied cells the last counts: it sees everything the student wrote above it."""
    seen = set()
    for cell in reversed(nb.cells):
        name = _grade_id(cell)
        if name is None:
            continue
        if name in seen:
            repairs.append(f"{name} was there twice; the last one counts")
        if name in seen or name not in master:
            del cell.metadata["nbgrader"]
        seen.add(name)


def _restore_metadata(cell, master: dict) -> None:
    """Tags and other metadata go: they could change what is run or shown."""
    name = _grade_id(cell)
    cell.metadata = type(cell.metadata)({"nbgrader": master[name]["nbgrader"]} if name in master else {})


def _put_back_missing(nb, master: dict, repairs: list[str]) -> None:
    there = [_grade_id(cell) for cell in nb.cells]
    for name, cell in master.items():
        if not cell["nbgrader"]["grade"] or name in there:
            continue
        answer = name.removeprefix("check-")
        place = there.index(answer) + 1 if answer in there else len(nb.cells)
        nb.cells.insert(place, new_code_cell(source=cell["source"], id=name, metadata={"nbgrader": cell["nbgrader"]}))
        there.insert(place, name)
        repairs.append(f"{name} was missing and was put back")
