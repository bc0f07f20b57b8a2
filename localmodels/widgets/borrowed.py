"""Calling a function that a learner has written: a number comes back, or a sentence that says why not."""

from __future__ import annotations

import math
from collections.abc import Callable

SAME = 0.001  # two sums count as equal within a tenth of a percent


def ask(function: Callable | None, expected: float, *arguments) -> tuple[float | None, str]:
    """The function's number, or None; and a sentence when something is wrong with it."""
    if function is None:
        return expected, ""
    name = getattr(function, "__name__", "function")
    if not callable(function):
        return None, f"{_kind(function)} was given in place of a function. Write its name without brackets: weights_bytes, not weights_bytes(...)."
    try:
        got = function(*arguments)
    except NotImplementedError:
        return None, f"Your {name} is not written yet. Write it in its exercise, run that cell, then this one again."
    except Exception as error:  # whatever it is, it belongs to the learner's function
        return None, f"Your {name} stopped with {type(error).__name__}: {error}."
    return _believable(name, got, expected)


def _believable(name: str, got, expected: float) -> tuple[float | None, str]:
    if got is None:
        return None, f"Your {name} returned None. Is there a return in its last line?"
    try:
        size = float(got) if not isinstance(got, (bool, str)) else math.nan
    except (TypeError, ValueError):
        size = math.nan
    if not math.isfinite(size) or size < 0:
        shown = repr(got) if len(repr(got)) < 40 else _kind(got)
        return None, f"Your {name} returned {shown}; a number of bytes, zero or more, is needed."
    return size, _difference(name, size, expected)


def _difference(name: str, size: float, expected: float) -> str:
    if math.isclose(size, expected, rel_tol=SAME, abs_tol=1):
        return ""
    text = f"Your {name} gives {size:,.0f} bytes here, the formula gives {expected:,.0f}"
    if not size or not expected:
        return f"{text}."
    ratio = size / expected
    reason = {8.0: ": 8 times as much. Are these bits?", 0.5: ": half as much. Is a factor 2 missing?"}
    known = next((why for factor, why in reason.items() if math.isclose(ratio, factor, rel_tol=SAME)), "")
    return f"{text}{known or f': {ratio:.3g} times as much.'}"


def _kind(thing) -> str:
    return f"A {type(thing).__name__}"
