"""Reads what was handed in without trusting it: regular files only, limited sizes, and any notebook that can be understood."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MOST_BYTES = 64 * 2**20  # of one notebook file; its outputs are dropped on reading
MOST_SOURCE = 2 * 2**20  # characters of all cells together; a lesson has about 20 000
MOST_CELLS = 10_000
MOST_NESTED = 6_000_000  # lists and dictionaries in a file: each takes 20 times the memory of its text
LONGEST_NUMBER = 300  # digits; longer ones take Python long to read, and no notebook needs them
TOO_MUCH = "has more text than any notebook of this course"
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe\x00\x00": "utf-32", b"\x00\x00\xfe\xff": "utf-32",
          b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}  # fmt: skip


class Unreadable(Exception):
    """A file that cannot be graded; the message continues the sentence 'NAME ...'."""


def read_file(path: Path, most: int = MOST_BYTES) -> bytes:
    """The bytes of a regular file, up to `most`. Links are not followed, pipes and devices not opened for long."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError:
        raise Unreadable("could not be opened; it is a link, or reading it is not allowed") from None
    with open(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise Unreadable("is no file")
        if found.st_size > MOST_BYTES:
            raise Unreadable(f"is larger than {MOST_BYTES >> 20} MB")
        if found.st_size > most:
            raise Unreadable("was not read: there are too many large files")
        return file.read(min(MOST_BYTES, most))  # what is written to it meanwhile is left out


def read_notebook(content: bytes) -> tuple[dict[str, Any], list[str]]:
    """A notebook with clean cells from a file's bytes, and what had to be put right. Raises Unreadable.

    The notebook has format 4.5. Each cell has a unique id, its text and, of its metadata, the part `nbgrader`; outputs are dropped.
    """
    if not content.strip(b" \t\r\n\0"):
        raise Unreadable("is empty")
    text, repairs = _text(content)
    data = _parsed(text)
    cells, old = _cells_of(data)
    if len(cells) > MOST_CELLS:  # before they are copied
        raise Unreadable(TOO_MUCH)
    if old:
        repairs.append(f"it was saved in the notebook format {old}")
    cells = list(_clean(cells))
    if sum(len(cell["source"]) for cell in cells) > MOST_SOURCE:
        raise Unreadable(TOO_MUCH)
    _give_ids(cells)
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}, repairs


def as_text(notebook: dict[str, Any]) -> str:
    """The notebook as the text of a file."""
    return json.dumps(notebook, ensure_ascii=False) + "\n"  # without indents, which take Python ten times as long


def _text(content: bytes) -> tuple[str, list[str]]:
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return _decoded(content, encoding), []
    try:
        return content.decode("utf-8"), []
    except UnicodeDecodeError:
        pass
    if content[:100].count(b"\0") >= len(content[:100]) // 4:
        encoding = "utf-16-be" if content[:1] == b"\0" else "utf-16-le"
        return _decoded(content, encoding), []
    return content.decode("cp1252", errors="replace"), ["it was not saved as UTF-8; some letters may look wrong"]


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable(f"is not text in {encoding.upper().removesuffix('-SIG')}") from None


def _parsed(text: str) -> dict[str, Any]:
    if text.count("[") + text.count("{") > MOST_NESTED:
        raise Unreadable("has more parts than any notebook of this course")
    try:
        data = json.loads(text, parse_int=_number, parse_constant=lambda word: None, strict=False)
    except (ValueError, RecursionError):
        raise Unreadable("is not a notebook that can be read") from None
    if not isinstance(data, dict):
        raise Unreadable("is not a notebook that can be read")
    return data


def _number(digits: str) -> int:
    return int(digits) if len(digits) <= LONGEST_NUMBER else 0


def _cells_of(data: dict[str, Any]) -> tuple[list, str]:
    """The cells of any notebook format, and the format's number if it is an old one."""
    if isinstance(data.get("cells"), list):
        return data["cells"], ""
    sheets = data.get("worksheets")
    if isinstance(sheets, list):
        return [cell for sheet in sheets if isinstance(sheet, dict) for cell in _listed(sheet.get("cells"))], _old(data)
    raise Unreadable("is not a notebook that can be read: it has no cells")


def _old(data: dict[str, Any]) -> str:
    return str(data["nbformat"]) if type(data.get("nbformat")) is int else "3"


def _listed(value: Any) -> list:
    return value if isinstance(value, list) else []


def _clean(cells: list) -> Iterator[dict[str, Any]]:
    """Each cell with nothing in it but what grading needs."""
    for cell in cells:
        if not isinstance(cell, dict):
            continue
        kind = cell.get("cell_type")
        source = cell.get("source", cell.get("input", ""))
        source = "".join(part for part in source if isinstance(part, str)) if isinstance(source, list) else source
        source = _printable(source) if isinstance(source, str) else ""
        kind = "markdown" if kind in ("heading", "html") else kind if kind in ("code", "markdown", "raw") else "raw"
        made = {"cell_type": kind, "id": cell.get("id"), "metadata": _metadata(cell.get("metadata")), "source": source}
        yield made | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def _printable(text: str) -> str:
    """Text that can be written to a file: one kind of line end, no half characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.encode("utf-8", errors="replace").decode("utf-8")


def _metadata(found: Any) -> dict[str, Any]:
    """nbgrader's part of a cell's metadata, as far as it is plain: a name, flags and points."""
    told = found.get("nbgrader") if isinstance(found, dict) else None
    if not isinstance(told, dict):
        return {}
    kept = {key: value for key, value in told.items() if isinstance(key, str) and type(value) in (str, bool, int, float)}
    return {"nbgrader": {key: _printable(value) if isinstance(value, str) else value for key, value in kept.items()}} if kept else {}


def _give_ids(cells: list[dict[str, Any]]) -> None:
    """Ids as the format wants them: short, of plain letters, each once."""
    seen: set[str] = set()
    for number, cell in enumerate(cells):
        name = cell["id"] if isinstance(cell["id"], str) and _ID.fullmatch(cell["id"]) else ""
        if not name or name in seen:
            name = f"own-{number}"
            while name in seen:
                name += "-"
        seen.add(name)
        cell["id"] = name
