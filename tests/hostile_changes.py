"""What happens to the cells of a notebook between release and hand-in: one small function for each kind of change."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any


def change(notebook: dict, step: dict[str, Any]) -> None:
    """Make one change. `step` is a table of case.toml: {"do": "delete", "cell": "check-speaker"}."""
    settings = dict(step)
    CHANGES[settings.pop("do")](notebook, **settings)


def _delete(notebook: dict, cell: str) -> None:
    """Delete a cell, or all with cell = "*"."""
    notebook["cells"] = [one for one in notebook["cells"] if cell != "*" and one["id"] != cell]


def _copy(notebook: dict, cell: str, after: str = "", same_id: bool = False) -> None:
    """Copy and paste a cell, metadata and all."""
    twin = copy.deepcopy(_cell(notebook, cell))
    if not same_id:
        twin["id"] = f"copy-of-{cell}"
    notebook["cells"].insert(_place(notebook, after or cell) + 1, twin)


def _move(notebook: dict, cell: str, to: str) -> None:
    """Move a cell behind another one, or to = "start"."""
    moved = notebook["cells"].pop(_place(notebook, cell))
    notebook["cells"].insert(0 if to == "start" else _place(notebook, to) + 1, moved)


def _retype(notebook: dict, cell: str, to: str) -> None:
    """Turn a cell into markdown, raw, or something that is no type."""
    for one in _cells(notebook, cell):
        one["cell_type"] = to
        if to in ("markdown", "raw"):
            one.pop("outputs", None)
            one.pop("execution_count", None)


def _source(notebook: dict, cell: str, text: Any, times: int = 1) -> None:
    """Replace a cell's text: a string, a list of lines, or something that is no text."""
    for one in _cells(notebook, cell):
        one["source"] = text * times


def _metadata(notebook: dict, cell: str, to: Any = None, nbgrader: dict | None = None) -> None:
    """Replace a cell's metadata, or change nbgrader's part of it."""
    for one in _cells(notebook, cell):
        if to is not None:
            one["metadata"] = to
        if nbgrader is not None and (cell != "*" or "nbgrader" in one["metadata"]):
            one["metadata"]["nbgrader"] = {**one["metadata"].get("nbgrader", {}), **nbgrader}


def _rename(notebook: dict, cell: str, to: Any) -> None:
    """Give a cell another id, or none with to = ""."""
    for one in _cells(notebook, cell):
        one["id"] = to
        if to == "":
            del one["id"]


def _outputs(notebook: dict, cell: str, to: list, times: int = 1) -> None:
    """Store outputs with a cell."""
    for one in _cells(notebook, cell):
        if one["cell_type"] == "code":
            one["outputs"] = to * times


def _insert(notebook: dict, text: str, after: str, metadata: dict | None = None, kind: str = "code", times: int = 1) -> None:
    """Add cells, `times` of them."""
    for number in range(times):
        one = {"cell_type": kind, "id": f"added-{number}", "metadata": metadata or {}, "source": text}
        place = 0 if after == "start" else _place(notebook, after) + 1
        notebook["cells"].insert(place, one | ({"outputs": [], "execution_count": None} if kind == "code" else {}))


def _notebook(notebook: dict, **parts: Any) -> None:
    """Replace top-level parts, such as metadata or nbformat."""
    notebook.update(parts)


def _fill(notebook: dict, megabytes: int) -> None:
    """Store a long output, as a notebook with pictures has it."""
    text = "x" * (megabytes * 10**6)
    _outputs(notebook, "00-005", [{"output_type": "stream", "name": "stdout", "text": text}])


CHANGES: dict[str, Callable[..., None]] = {
    "delete": _delete, "copy": _copy, "move": _move, "retype": _retype, "source": _source, "metadata": _metadata,
    "rename": _rename, "outputs": _outputs, "insert": _insert, "notebook": _notebook, "fill": _fill,
}  # fmt: skip


def _place(notebook: dict, cell: str) -> int:
    return next(index for index, one in enumerate(notebook["cells"]) if one.get("id") == cell)


def _cell(notebook: dict, cell: str) -> dict:
    return notebook["cells"][_place(notebook, cell)]


def _cells(notebook: dict, cell: str) -> list[dict]:
    return notebook["cells"] if cell == "*" else [_cell(notebook, cell)]
