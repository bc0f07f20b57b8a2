"""Facts that can change, each in one place with its source and date.

`facts.toml` holds model names, ports, commands and sizes; `model_sizes.json` holds the published
sizes of open models. Both are read when first asked for, not on import.

    >>> value("ollama.port")
    11434
    >>> render("It listens on port {{ ollama.port }}.")
    'It listens on port 11434.'
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z0-9_.\-]+)\s*\}\}")


@dataclass(frozen=True)
class Fact:
    """One fact: `value` as written in facts.toml, where it comes from, when it was looked up."""

    value: object
    source: str
    date: str
    note: str = ""


@dataclass(frozen=True)
class ModelSize:
    """One published model file. Unknown numbers are None; `file_bytes` is the whole download."""

    name: str
    tag: str
    source: str
    date: str
    params: int | None = None
    quant: str | None = None
    file_bytes: int | None = None
    size_gb: float | None = None  # decimal GB, 1e9 bytes; rounded by the publisher without file_bytes
    arch: str | None = None
    layers: int | None = None
    heads: int | None = None
    kv_heads: int | None = None
    head_dim: int | None = None
    hidden: int | None = None
    ffn: int | None = None
    vocab: int | None = None
    tied_embeddings: bool | None = None
    context: int | None = None  # tokens the model was trained to read
    sliding_window: dict | None = None
    capabilities: tuple[str, ...] = ()
    license: str | None = None
    digest: str | None = None
    arch_verified_by_size: bool = False  # the layer numbers reproduce the published bytes
    note: str = ""

    @property
    def model(self) -> str:
        """The name as you would pull it, for example `llama3.2:1b`."""
        return f"{self.name}:{self.tag}"

    @property
    def bytes(self) -> float | None:
        """Size of the download in bytes: exact where published, else from the rounded GB."""
        if self.file_bytes is not None:
            return self.file_bytes
        return None if self.size_gb is None else self.size_gb * 1e9

    @property
    def effective_bpw(self) -> float | None:
        """Bits per weight of the whole file: bytes * 8 / parameters."""
        if not self.params or self.bytes is None:
            return None
        return self.bytes * 8 / self.params

    @property
    def kv_bytes_per_token_f16(self) -> int | None:
        """Cache bytes per token at 16 bits: 2 (key, value) * layers * kv_heads * head_dim * 2 bytes."""
        if None in (self.layers, self.kv_heads, self.head_dim):
            return None
        return 2 * self.layers * self.kv_heads * self.head_dim * 2


def value(key: str):
    """The value of a fact, looked up by its dotted key. KeyError names the nearest keys."""
    return get(key).value


def get(key: str) -> Fact:
    """The whole fact: value, source, date, note. KeyError names the nearest keys."""
    facts = _facts()
    if key not in facts:
        raise KeyError(f"No fact called {key!r}{_nearest(key, facts)} The facts are in {_HERE.name}/facts.toml.")
    return facts[key]


def keys() -> list[str]:
    """Every dotted key, in the order of the file."""
    return list(_facts())


def render(text: str) -> str:
    """`text` with each `{{ section.name }}` replaced by that fact's value."""
    return _PLACEHOLDER.sub(lambda found: str(value(found[1])), text)


@cache
def models() -> tuple[ModelSize, ...]:
    """Every published model size, in the order of model_sizes.json."""
    data = json.loads((_HERE / "model_sizes.json").read_text(encoding="utf-8"))
    return tuple(_model_size(row, data["sources"]) for row in data["models"])


def model(name: str) -> ModelSize:
    """The published size of one model, by its full name such as `qwen2.5:0.5b`."""
    by_name = {row.model: row for row in models()}
    if name not in by_name:
        raise KeyError(f"No published size for {name!r}{_nearest(name, by_name)}")
    return by_name[name]


@cache
def _facts() -> dict[str, Fact]:
    with open(_HERE / "facts.toml", "rb") as file:
        return dict(_flatten(tomllib.load(file), ""))


def _flatten(table: dict, prefix: str):
    for name, entry in table.items():
        key = f"{prefix}{name}"
        if "value" in entry:
            yield key, _fact(key, entry)
        else:
            yield from _flatten(entry, key + ".")


def _fact(key: str, entry: dict) -> Fact:
    allowed = {field.name for field in fields(Fact)}
    missing = {"value", "source", "date"} - entry.keys()
    if missing or entry.keys() - allowed:
        raise ValueError(
            f"The fact {key} in facts.toml needs value, source and date, and may have a note;"
            f" it has {', '.join(entry)}."
        )
    return Fact(**entry)


def _model_size(row: dict, sources: dict) -> ModelSize:
    row = dict(row)
    where = sources[row.pop("source")]
    row["capabilities"] = tuple(row.get("capabilities", ()))
    if row.get("file_bytes") is not None:
        row["size_gb"] = round(row["file_bytes"] / 1e9, 3)
    return ModelSize(source=where["source"], date=where["date"], **row)


def _nearest(key: str, known) -> str:
    near = difflib.get_close_matches(key, known, n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(near)}?" if near else "."
