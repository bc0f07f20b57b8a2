"""What a cell showed, as notebook outputs: kept in the learner's process, and looked at again by the judge.

The keeping side is a convenience and can be changed by the learner's code. `well_formed` is what counts: it builds
new outputs from the parts that have the right form and drops the rest.
"""

from __future__ import annotations

import base64
import io
from typing import Any

from autograder.engine.values import clean

OUTPUTS_PER_CELL = 100
ERRORS, LARGEST_ERROR = 3, 50_000  # how many errors have room in any case, and their characters
SHOWN_TYPES = ("text/plain", "text/html", "text/markdown", "text/latex", "image/png", "image/jpeg", "image/svg+xml")
CUT = "\n[The rest of this output was cut: it is too long.]\n"
LONGEST_NAME, LONGEST_MESSAGE = 80, 2000  # characters of an exception's name and message


class Outputs(list):
    """Notebook outputs of the running cell, limited in number and in characters."""

    def __init__(self, most: int = 0):
        super().__init__()
        self._left, self._errors_left = most, ERRORS

    def show(self, output: dict) -> None:
        """Add a display, result or error, if there is room. For the first errors there always is."""
        size = _size(output)
        if output["output_type"] == "error" and self._errors_left and size <= LARGEST_ERROR:
            self._errors_left -= 1
            self.append(output)
        elif len(self) < OUTPUTS_PER_CELL and size <= self._left:
            self._left -= size
            self.append(output)

    def write(self, name: str, text: str) -> None:
        """Add text of stdout or stderr; it goes on where the last text ended."""
        if self._left <= 0 or not text:
            return
        kept = text if len(text) <= self._left else text[: self._left] + CUT
        self._left -= len(text)
        if self and self[-1]["output_type"] == "stream" and self[-1]["name"] == name:
            self[-1]["text"] += kept
        elif len(self) < OUTPUTS_PER_CELL:
            self.append({"output_type": "stream", "name": name, "text": kept})


class Printed(io.TextIOBase):
    """sys.stdout or sys.stderr of a learner: text goes to the outputs of the running cell."""

    encoding, errors = "utf-8", "replace"

    def __init__(self, shell, name: str, descriptor: int):
        self._shell, self.name, self._descriptor = shell, name, descriptor

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._shell.outputs.write(self.name, text)
        return len(text)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        """The real stream, for programs that are started with it."""
        return self._descriptor


def displayed(data: dict) -> dict[str, str]:
    """A display's data by type, of the types a notebook page shows; pictures as base64 text."""
    shown = {kind: data[kind] for kind in SHOWN_TYPES if kind in data}
    return {kind: base64.b64encode(thing).decode("ascii") if isinstance(thing, bytes) else str(thing) for kind, thing in shown.items()}


def _size(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(_size, value.values()))
    if isinstance(value, (list, tuple)):
        return sum(map(_size, value))
    return len(value) if isinstance(value, str) else 8


def well_formed(told: Any, loose: bytes, most: int) -> list[dict]:
    """Outputs for the notebook from what the learner's process told, and from the bytes that programs printed.

    most  characters in all; what exceeds them is dropped.
    """
    kept = Outputs(most)
    for output in told if type(told) is list else ():
        if type(output) is dict and (maker := _MAKERS.get(str(output.get("output_type")))):
            maker(kept, output)
    kept.write("stdout", clean(loose.decode("utf-8", errors="replace")))
    return list(kept)


def _stream(kept: Outputs, output: dict) -> None:
    if output.get("name") in ("stdout", "stderr"):
        kept.write(output["name"], _text(output.get("text")))


def _display(kept: Outputs, output: dict) -> None:
    data = output.get("data") if type(output.get("data")) is dict else {}
    shown = {kind: _text(data[kind]) for kind in SHOWN_TYPES if type(data.get(kind)) is str}
    if shown:
        kept.show({"output_type": "display_data", "data": shown, "metadata": {}})


def _result(kept: Outputs, output: dict) -> None:
    count, before = output.get("execution_count"), len(kept)
    _display(kept, output)
    if len(kept) > before:
        kept[-1] |= {"output_type": "execute_result", "execution_count": count if type(count) is int and 0 < count < 10**6 else None}


def _error(kept: Outputs, output: dict) -> None:
    lines = output.get("traceback") if type(output.get("traceback")) is list else []
    name, message = _text(output.get("ename"))[:LONGEST_NAME], _text(output.get("evalue"))[:LONGEST_MESSAGE]
    kept.show({"output_type": "error", "ename": name, "evalue": message, "traceback": [_text(line) for line in lines[:200]]})


def _text(value: Any) -> str:
    return clean(value) if type(value) is str else ""


_MAKERS = {"stream": _stream, "display_data": _display, "execute_result": _result, "error": _error}
