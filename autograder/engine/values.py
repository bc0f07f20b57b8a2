"""Plain values as JSON data and back. No pickle, nothing is evaluated, and only exact built-in types come out.

What JSON lacks carries a one-letter tag: {"t": [...]} is a tuple. `decode` is for data that nobody has vouched
for; it accepts what `encode` makes and raises `Broken` on everything else.
"""

from __future__ import annotations

import base64
import math
import re
from typing import Any

from autograder.engine.channel import Broken, TooLarge
from localmodels.checks.plain import Opaque

MAX_DEPTH = 60
MAX_BITS = 4096  # of an int: more digits than Python prints by default
MOST_ODD_KEYS = 1000  # keys of a set or dictionary that are neither text nor small numbers
EXACT = 2**53  # larger ints travel as hexadecimal text
HEX = re.compile(rf"-?0x[0-9a-f]{{1,{MAX_BITS // 4}}}")
NUMERIC = re.compile(r"[<>|=]?([biu][1248]|f[248]|c(8|16)|b1)")
STEERING = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]")
TYPE_NAME = re.compile(r"\w{1,80}")


def encode(value: Any) -> Any:
    """A plain value (see `localmodels.checks.plain.to_plain`) as JSON data. Raises TooLarge for huge ints."""
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return value
    if kind is int:
        return value if -EXACT < value < EXACT else {"i": _hex(value)}
    if kind is float:
        return value if math.isfinite(value) else {"f": repr(value)}
    if kind is list:
        return [encode(item) for item in value]
    return _tagged(value, kind)


def _tagged(value: Any, kind: type) -> dict:
    if kind is complex:
        return {"c": [encode(value.real), encode(value.imag)]}
    if kind is bytes:
        return {"b": base64.b64encode(value).decode("ascii")}
    if kind in (tuple, set):
        return {kind.__name__[0]: [encode(item) for item in value]}
    if kind is dict:
        return {"d": [[encode(key), encode(item)] for key, item in value.items()]}
    if kind is Opaque:
        return {"o": value.type_name}
    if kind.__module__ == "numpy" and NUMERIC.fullmatch(value.dtype.str):
        return {"n": [value.dtype.str, list(value.shape), base64.b64encode(value.tobytes()).decode("ascii")]}
    return {"o": kind.__name__}


def _hex(value: int) -> str:
    if value.bit_length() > MAX_BITS:
        raise TooLarge(f"the number has more than {MAX_BITS} bits")
    return hex(value)


def decode(data: Any, depth: int = 0) -> Any:
    """The value back, as exact built-in types and NumPy arrays. Raises Broken on what `encode` does not make."""
    if depth > MAX_DEPTH:
        raise Broken("it sent a value that is nested too deep")
    kind = type(data)
    if data is None or kind is bool or kind is float:
        return data
    if kind is str:
        return clean(data)
    if kind is int and -EXACT < data < EXACT:
        return data
    if kind is list:
        return [decode(item, depth + 1) for item in data]
    if kind is not dict or len(data) != 1:
        raise Broken("it sent a value of no known form")
    ((tag, inner),) = data.items()
    try:
        return _READERS[tag](inner, depth + 1)
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError, RecursionError, MemoryError) as error:
        raise Broken("it sent a value that does not hold together") from error


def clean(text: str) -> str:
    """The text with half surrogate pairs replaced: they can be written to no file and shown on no page."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def one_line(text: str, most: int) -> str:
    """A learner's text for a message: one line, without what would steer a terminal or turn letters around."""
    return " ".join(STEERING.sub(" ", clean(text)).split())[:most]


def printable(text: str, most: int) -> str:
    """The same for several lines."""
    return "\n".join(STEERING.sub(" ", line) for line in clean(text).split("\n"))[:most]


def _text(inner: Any) -> str:
    if type(inner) is not str:
        raise TypeError("text expected")
    return inner


def _int(inner, depth):
    if not HEX.fullmatch(_text(inner)):
        raise ValueError("no whole number")
    return int(inner, 16)


def _items(inner, depth):
    if type(inner) is not list:
        raise TypeError("a list expected")
    return [decode(item, depth) for item in inner]


def _complex(inner, depth):
    real, imag = _items(inner, depth)
    if not (type(real) is type(imag) is float):
        raise TypeError("two floats expected")
    return complex(real, imag)


def _bounded(keys: list) -> list:
    """The keys, unless too many are of a kind whose hashes can be made to collide: comparing those takes quadratic time."""
    odd = sum(not (type(key) in (str, bytes, bool, type(None)) or (type(key) is int and abs(key) < EXACT)) for key in keys)
    if odd > MOST_ODD_KEYS:
        raise ValueError(f"more than {MOST_ODD_KEYS} keys are neither text nor small numbers")
    return keys


def _set(inner, depth):
    items = _bounded(_items(inner, depth))
    if len(found := set(items)) != len(items):
        raise ValueError("something is twice in a set")
    return found


def _dict(inner, depth):
    pairs = [(decode(key, depth), decode(item, depth)) for key, item in _pairs(inner)]
    _bounded([key for key, _ in pairs])
    if len(found := dict(pairs)) != len(pairs):
        raise ValueError("a key is twice in a dictionary")
    return found


def _pairs(inner):
    if type(inner) is not list or any(type(pair) is not list or len(pair) != 2 for pair in inner):
        raise TypeError("pairs expected")
    return inner


def _array(inner, depth):
    import numpy

    kind, shape, data = inner
    if type(inner) is not list or not NUMERIC.fullmatch(_text(kind)) or type(shape) is not list or len(shape) > 32:
        raise ValueError("no numeric array")
    if not all(type(side) is int and 0 <= side < 2**31 for side in shape):
        raise ValueError("no shape")
    return numpy.frombuffer(base64.b64decode(_text(data), validate=True), numpy.dtype(kind)).reshape(shape).copy()


def _opaque(inner, depth):
    return Opaque(inner if TYPE_NAME.fullmatch(_text(inner)) else "strange")


_READERS = {
    "i": _int,
    "f": lambda inner, depth: {"inf": math.inf, "-inf": -math.inf, "nan": float("nan")}[_text(inner)],
    "c": _complex,
    "b": lambda inner, depth: base64.b64decode(_text(inner), validate=True),
    "t": lambda inner, depth: tuple(_items(inner, depth)),
    "s": _set,
    "d": _dict,
    "o": _opaque,
    "n": _array,
}
