"""Values as plain data: what may pass between a learner's code and whoever judges it.

A check sees exact built-in types only (plus NumPy arrays), never an object whose `__eq__` or `__repr__`
the learner wrote. Anything else arrives as an `Opaque` that knows its type's name and nothing more.
"""

from __future__ import annotations

import reprlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MAX_DEPTH = 50  # nesting a judge is willing to follow
_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 160
_SHORT.maxdict = _SHORT.maxlist = _SHORT.maxtuple = 8
_SHORT.maxlevel = 4


MISSPELT = "You defined "


class NotWritten(Exception):
    """The learner's function does not exist yet, or still raises NotImplementedError. The sentence says which."""


def unwritten(name: str) -> str:
    """The sentence for a function that nobody has begun."""
    return f"{name} is not written yet."


def misspelt(found: str, wanted: str) -> str:
    """The sentence for a function under another name."""
    return f"{MISSPELT}`{found}`. The check looks for `{wanted}`: same name, letter for letter."


class LearnerError(Exception):
    """Something the learner's code raised: `name` of the exception, its `message`, and the `line` of code."""

    def __init__(self, name: str, message: str, line: str = ""):
        super().__init__(f"{name}: {message}")
        self.name, self.message, self.line = name, message, line

    @property
    def sentence(self) -> str:
        """One sentence for a person: what was raised, and at which line."""
        where = f", at the line `{self.line}`" if self.line else ""
        return f"Your code raised {self.name}{f': {self.message}' if self.message else ''}{where}."


class TookTooLong(LearnerError):
    """The learner's code did not end in time."""

    def __init__(self, seconds: float):
        super().__init__("TookTooLong", f"no answer within {seconds:g} seconds")
        self.seconds = seconds

    @property
    def sentence(self) -> str:
        return f"Your code did not come back within {self.seconds:g} seconds. Is there a loop that never ends?"


@dataclass(frozen=True)
class Opaque:
    """A value that is no plain data: only the name of its type crosses."""

    type_name: str

    def __repr__(self):
        return "..." if self.type_name == "ellipsis" else f"<a {self.type_name} object>"


def shown(value: Any) -> str:
    """A value for display, cut to a length that fits a sentence."""
    try:
        return _SHORT.repr(value)
    except Exception:  # such as an int with too many digits
        return f"<a {type(value).__name__} that cannot be shown>"


def to_plain(value: Any, depth: int = 0) -> Any:
    """The value as exact built-in types. Subclasses of str, int, dict ... become what they extend.

    Raises LearnerError when the nesting is deeper than MAX_DEPTH or the value contains itself.
    """
    if depth > MAX_DEPTH:
        raise LearnerError("ValueError", f"the value is nested more than {MAX_DEPTH} levels deep")
    if value is None or type(value) in (bool, int, float, complex, str, bytes):
        return value
    for builtin in (str, bytes, float, int):  # subclasses; bool has no subclasses
        if isinstance(value, builtin):
            return _exact(builtin, value)
    return _container(value, depth) if _is_container(value) else _numeric(value)


def _exact(builtin: type, value: Any) -> Any:
    """The built-in part of a subclass instance, without calling methods the subclass may override."""
    if builtin is str:
        return str.__str__(value) if type(str.__str__(value)) is str else str.__getitem__(value, slice(None))
    if builtin is bytes:
        return bytes.__getitem__(value, slice(None))
    return builtin.__add__(value, builtin(0))


def _is_container(value: Any) -> bool:
    return isinstance(value, (list, tuple, dict, set, frozenset))


def _container(value: Any, depth: int) -> Any:
    if isinstance(value, dict):
        return {to_plain(k, depth + 1): to_plain(v, depth + 1) for k, v in dict.items(value)}
    if isinstance(value, (set, frozenset)):
        return {to_plain(item, depth + 1) for item in set(value)}
    items = [to_plain(item, depth + 1) for item in (list if isinstance(value, list) else tuple).__iter__(value)]
    return items if isinstance(value, list) else tuple(items)


def _numeric(value: Any) -> Any:
    """NumPy numbers become Python numbers, numeric arrays are copied; the rest is Opaque."""
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.generic) and value.dtype.kind in "biufc":
        return value.item()
    if numpy is not None and type(value) is numpy.ndarray and value.dtype.kind in "biufcSU":
        return value.copy()
    return Opaque(type(value).__name__)


class PlainStream(Iterator):
    """A learner's generator, consumed lazily: each item is plain, each failure a LearnerError."""

    def __init__(self, advance, close=lambda: None):
        self._advance, self._close = advance, close

    def __next__(self):
        return to_plain(self._advance())

    def __repr__(self):
        return "<a generator: the function uses yield>"

    def close(self) -> None:
        """Stop the generator, as a `break` in a loop over it would."""
        self._close()
