"""Puts a submitted notebook in order before it is run: what honest students do to cells costs them nothing.

From the student come the texts of cells and their order. Which cells are graded, for how many points, under which name, and the
order among them come from the instructor's notebook (see `masters`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from autograder.grading.masters import Master, MasterCell, bindings

REPAIRS = "localmodels_repairs"  # notebook metadata: list of sentences
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}}
_FIXED = ("grade", "solution", "locked", "points")  # what a change of would be an attempt, or a slip, that matters
_DEFINES = r"^(?:async +)?def +{0} *\(|^class +{0}\b|^{0} *(?::[^=\n]*)?=[^=]"


def put_in_order(notebook: dict[str, Any], master: Master) -> list[str]:
    """Repair `notebook` in place; what was done is returned as sentences and kept in its metadata."""
    repairs: list[str] = []
    cells = list(notebook["cells"])
    names = _recognised(cells, master, repairs)
    _put_back_imports(cells, names, master, repairs)
    _one_of_each(cells, names, master, repairs)
    order = _in_order(cells, names, master, repairs)
    notebook["cells"] = [_restored(cell, master.named.get(name)) for cell, name in order]
    _unique_ids(notebook["cells"], master)
    notebook["metadata"] = {**KERNEL, REPAIRS: repairs}
    notebook["nbformat"], notebook["nbformat_minor"] = 4, 5
    return repairs


def _recognised(cells: list[dict], master: Master, repairs: list[str]) -> list[str]:
    """For each cell the name under which the instructor knows it, or an empty text."""
    named = master.named
    checks = {cell.source.strip(): name for name, cell in named.items() if cell.tested}
    names = []
    for cell in cells:
        told = cell["metadata"].get("nbgrader")
        name = told.get("grade_id") if isinstance(told, dict) else None
        candidates = [name, cell.get("id"), checks.get(cell["source"].strip())]
        names.append(next((one for one in candidates if isinstance(one, str) and one in named), ""))
        if names[-1] and isinstance(told, dict) and _differs(told, named[names[-1]]):
            repairs.append(f"the grading data of {names[-1]} were changed and were put back")
    for name in (name for name, cell in named.items() if cell.answer and name not in names):
        at = _last_that_defines(cells, names, named[name])
        if at is not None:
            names[at] = name
            repairs.append(f"the cell that defines {name} was taken as its answer")
    return names


def _differs(told: dict, cell: MasterCell) -> bool:
    return any(key in told and told[key] != cell.nbgrader.get(key, told[key]) for key in _FIXED)


def _last_that_defines(cells: list[dict], names: list[str], wanted: MasterCell) -> int | None:
    """The last cell without a name that binds what the instructor's solution binds."""
    for at in reversed(range(len(cells))):
        if not names[at] and any(re.search(_DEFINES.format(re.escape(name)), cells[at]["source"], re.MULTILINE) for name in wanted.binds):
            return at
    return None


def _put_back_imports(cells: list[dict], names: list[str], master: Master, repairs: list[str]) -> None:
    """A deleted cell of the lesson that imports something goes back to where it stood.

    Only where most cells are still recognisable by their ids; else it would come back beside its renamed self.
    """
    ids, texts = [cell.get("id") for cell in cells], {cell["source"].strip() for cell in cells}
    provided = [cell.name for cell in master.cells if not cell.nbgrader]
    if sum(name in ids for name in provided) * 2 < len(provided):
        return
    before = 0
    for given in master.cells:
        if given.name in ids:
            before = ids.index(given.name) + 1
        elif given.kind == "code" and not given.nbgrader and given.source.strip() not in texts and _imports(given.source):
            cells.insert(before, {"cell_type": "code", "id": given.name, "metadata": {}, "source": given.source, **_blank()})
            names.insert(before, "")
            ids.insert(before, given.name)
            before += 1
            repairs.append(f"cell {given.name}, which imports what the lesson needs, was missing and was put back")


def _imports(source: str) -> bool:
    return any(type(statement).__name__ in ("Import", "ImportFrom") for statement in bindings(source))


def _blank() -> dict[str, Any]:
    return {"outputs": [], "execution_count": None}


def _one_of_each(cells: list[dict], names: list[str], master: Master, repairs: list[str]) -> None:
    """Of copied cells the last one counts that was worked on; the others stay as cells of the student's own."""
    for name in {name: None for name in names if name and names.count(name) > 1}:
        places = [at for at, found in enumerate(names) if found == name]
        released = master.named[name].source.strip()
        worked_on = [at for at in places if cells[at]["source"].strip() != released]
        chosen = (worked_on if worked_on and master.named[name].answer else places)[-1]
        repairs.append(f"{name} was there twice; the last one counts")
        for at in places:
            if at != chosen:
                names[at] = "" if master.named[name].answer else f"copy of {name}"


def _in_order(cells: list[dict], names: list[str], master: Master, repairs: list[str]) -> list[tuple[dict, str]]:
    """The student's cells with each test where it belongs: after its answer, where the student had it if that is later."""
    tests = [name for name, cell in master.named.items() if cell.tested]
    gone = {*tests, *(f"copy of {name}" for name in tests)}
    order = [(cell, name) for cell, name in zip(cells, names) if name not in gone]
    where = _places_among_the_rest(names, gone)
    own = _own_cells(order, master)
    wanted = []
    latest = 0
    for number, name in enumerate(tests):
        answer = _answer_before(master, name)
        after = next((at + 1 for at, (_, found) in enumerate(order) if found == answer), None)
        place = where.get(name)
        if place is None:
            place = latest if after is None else after
            while after is not None and place < len(order) and own[place]:
                place += 1
            repairs.append(f"{name} was missing and was put back")
        elif after is not None and place < after:
            place = after
            repairs.append(f"{name} stood above its answer and was moved below it")
        latest = place
        wanted.append((place, number, name))
    for place, _, name in sorted(wanted, reverse=True):
        cell = master.named[name]
        order.insert(place, ({"cell_type": cell.kind, "id": name, "metadata": {}, "source": cell.source, **_blank()}, name))
    return order


def _places_among_the_rest(names: Iterable[str], gone: set[str]) -> dict[str, int]:
    """For each test the number of other cells above it."""
    above, where = 0, {}
    for name in names:
        if name in gone:
            where[name] = above
        else:
            above += 1
    return where


def _own_cells(order: list[tuple[dict, str]], master: Master) -> list[bool]:
    """Which of the cells the student added: code, not the lesson's."""
    given = {cell.name for cell in master.cells}
    return [cell["cell_type"] == "code" and not name and cell.get("id") not in given for cell, name in order]


def _answer_before(master: Master, test: str) -> str | None:
    """The answer that stands before a test in the instructor's notebook."""
    answer = None
    for name, cell in master.named.items():
        if name == test:
            return answer
        answer = name if cell.answer else answer
    return None


def _restored(cell: dict, known: MasterCell | None) -> dict:
    """The cell with the instructor's metadata and type; tags and the rest go, since they could change what is run or shown."""
    kind = known.kind if known else cell["cell_type"]
    locked = known and known.nbgrader["locked"]
    made = {
        "cell_type": kind,
        "id": known.name if known else cell.get("id"),
        "metadata": {"nbgrader": dict(known.nbgrader)} if known else {},
        "source": known.source if locked else cell["source"],
    }
    return made | (_blank() if kind == "code" else {})


def _unique_ids(cells: list[dict], master: Master) -> None:
    """The instructor's names are taken by the cells that bear them."""
    seen = {cell["metadata"]["nbgrader"]["grade_id"] for cell in cells if cell["metadata"]}
    for number, cell in enumerate(cell for cell in cells if not cell["metadata"]):
        if not isinstance(cell["id"], str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", cell["id"]) or cell["id"] in seen:
            cell["id"] = f"cell-{number}"
            while cell["id"] in seen:
                cell["id"] += "-"
        seen.add(cell["id"])
