"""How a hostile notebook lies on disk: encodings, names, things that are no files, and what else is handed in."""

from __future__ import annotations

import json
import os
import socket
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

if TYPE_CHECKING:
    from tests.hostile_class import Case

STUDENT = "mallory"


def save(notebook: dict, case: Case, folder: Path, words: dict[str, str]) -> None:
    """Write the notebook as `case.save` says, and `case.extra` beside it.

    Keys of save: student (folder), name (file), text (in place of the notebook), encoding, newline, version (nbformat), wrap
    (levels of metadata), huge_number (its digits), surrogate, kind and target as for extra, zip (instead of a folder).
    """
    settings = {"student": STUDENT, "name": f"{case.lesson}.ipynb", **case.save}
    place = folder / _filled(settings["student"], words)
    place.mkdir(parents=True, exist_ok=True)
    files = [settings, *case.extra]
    if settings["name"]:
        settings["bytes"] = _encoded(notebook, settings)
    if settings.get("zip"):
        place.rmdir()
        return _zip(place.with_suffix(".zip"), files, words)
    for one in files:
        if one["name"]:
            _write(place / one["name"], {**one, "target": _filled(one.get("target", ""), words)})


def _encoded(notebook: dict, settings: dict[str, Any]) -> bytes:
    text = settings.get("text")
    if text is None and settings.get("version"):
        text = nbformat.writes(nbformat.convert(nbformat.reads(json.dumps(notebook), 4), settings["version"]), nbformat.NO_CONVERT)
    if text is None:
        text = _stretched(json.dumps(notebook, indent=1, ensure_ascii=settings.get("ascii", True)), settings)
    text *= settings.get("times", 1)
    return text.replace("\n", settings.get("newline", "\n")).encode(settings.get("encoding", "utf-8"), "surrogatepass")


def _stretched(text: str, settings: dict[str, Any]) -> str:
    """The notebook's JSON with metadata in front that json.dumps would not write."""
    levels, digits = settings.get("wrap", 0), settings.get("huge_number", 0)
    odd = {
        "wrap": '{"x":' * levels + "0" + "}" * levels,
        "huge_number": f"[{'9' * digits}, Infinity, NaN, 1e999]",
        "surrogate": '"\\ud800"',
    }
    added = "".join(f'"{name}": {value}, ' for name, value in odd.items() if settings.get(name))
    return text.replace('"metadata": {\n  "', f'"metadata": {{{added}"', 1) if added else text


def _zip(path: Path, files: list[dict[str, Any]], words: dict[str, str]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in files:
            archive.writestr(_filled(one["name"], words), _content(one))


def _content(one: dict[str, Any]) -> bytes:
    if "bytes" in one:
        return one["bytes"]
    return b"\0" * one["zeros"] if "zeros" in one else one.get("text", "").encode()


def _filled(text: str, words: dict[str, str]) -> str:
    for name, word in words.items():
        text = text.replace(f"@{name}@", word)
    return text


def _write(path: Path, one: dict[str, Any]) -> None:
    """One file, or what looks like one: kind is file, folder, link, pipe, socket, sparse or unreadable."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kind = one.get("kind", "file")
    if kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to(one["target"])
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        _leave_socket(path)
    elif kind == "sparse":
        path.touch()
        os.truncate(path, one["size"])
    else:
        path.write_bytes(_content(one))


def _leave_socket(path: Path) -> None:
    """A socket nobody listens on. Bound by its short name, since long paths do not fit."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(path.name)
    os.rename(path.name, path)
