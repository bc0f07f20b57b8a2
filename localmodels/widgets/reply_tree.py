"""A reply as a tree: every key with the code that leads to it. Pure functions."""

from __future__ import annotations

import json
from dataclasses import dataclass

LONGEST = 44  # characters of a value shown in the tree


@dataclass(frozen=True)
class Node:
    """One key of a reply: how deep it lies, the code that reaches it, and what is there."""

    depth: int
    label: str
    path: str
    value: object

    @property
    def line(self) -> str:
        """The node as one line of the tree, without its indentation."""
        return f"{self.label}: {preview(self.value)}"


def tree(data, name: str = "data") -> list[Node]:
    """Every key of a JSON value in reading order; `name` is the variable that holds it."""
    return list(_walk(data, 0, name))


def _walk(data, depth: int, path: str):
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _branch(depth, json.dumps(key, ensure_ascii=False), f"{path}[{json.dumps(key, ensure_ascii=False)}]", value)
    elif isinstance(data, list):
        for at, value in enumerate(data):
            yield from _branch(depth, f"[{at}]", f"{path}[{at}]", value)


def _branch(depth: int, label: str, path: str, value):
    yield Node(depth, label, path, value)
    yield from _walk(value, depth + 1, path)


def preview(value) -> str:
    """A value in a few characters; of a list or an object, how much is in it."""
    if isinstance(value, dict):
        return f"{{ {_count(len(value), 'key')} }}"
    if isinstance(value, list):
        return f"[ {_count(len(value), 'entry', 'entries')} ]"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else text[: LONGEST - 2] + " …"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
