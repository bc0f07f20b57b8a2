"""How much memory a model needs: weights, context, overhead; and whether that fits.

Three parts, each a stated formula:
- weights: bytes of the model file, from its shape and format (`localmodels.mixes`), or roughly from its tag;
- context: the keys and values kept for every token read so far (the KV cache);
- overhead: a flat allowance for the runtime's working buffers.
Units are in the names: GB and MB are powers of ten, GiB and MiB powers of two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from localmodels import facts
from localmodels.mixes import RECIPES, Shape, bits_per_weight, tensor_bytes, tensors, whole_file_bits
from localmodels.mixes import file_bytes as weights_from_shape

KB, MB, GB = 10**3, 10**6, 10**9
KiB, MiB, GiB = 2**10, 2**20, 2**30

# Working buffers: tens of MiB to about 1 GiB, growing with batch, vocabulary and context. One middling number.
OVERHEAD_BYTES = int(facts.value("memory.overhead_gb") * GB)
F16_BYTES = 2  # per cached number; caches may also be kept as q8_0 (34 bytes per 32) or q4_0 (18 per 32)
USUAL_MIX = "Q4_K_M"  # what a plain tag in Ollama's library most often is, though not always


def cache_bytes(shape: Shape, context: int, *, element_bytes: float = F16_BYTES, slots: int = 1,
                window: int | None = None, windowed_layers: int = 0) -> float:
    """Bytes of the KV cache for `context` tokens: an upper bound, as if it were filled.

    Every layer keeps one key and one value per token for each key-value head (not for each query head).
    Layers with a sliding window of `window` tokens keep no more than the window; without that option the
    plain sum stands, which is then too high. `slots` is the number of conversations served at once.
    Source: llama.cpp's cache layout; the same sum as in Ollama's llm/llama_server.go.
    """
    numbers_per_token = shape.kv_heads * shape.head_dim * 2  # a key and a value
    kept = context * (shape.layers - windowed_layers) + min(context, window or context) * windowed_layers
    return numbers_per_token * element_bytes * kept * slots


@dataclass(frozen=True)
class Need:
    """What a model needs in memory, in bytes, by part."""

    weights: float
    cache: float
    overhead: float = OVERHEAD_BYTES

    @property
    def total(self) -> float:
        return self.weights + self.cache + self.overhead

    def goes_into(self, free_bytes: float) -> bool:
        """Whether it fits; exactly full still fits."""
        return free_bytes >= self.total


def need(shape: Shape, mix: str, context: int, **cache_options) -> Need:
    """What a model of this shape, stored in this mix, needs with `context` tokens."""
    return Need(weights_from_shape(shape, mix), cache_bytes(shape, context, **cache_options))


# --- From a tag and a parameter count alone -------------------------------------------

_MIX_IN_TAG = re.compile("(?<![A-Z0-9])(" + "|".join(sorted(RECIPES, key=len, reverse=True)) + ")(?![A-Z0-9_])")
_COUNT_IN_TAG = re.compile(r"(?<![\d.])(?:(\d+)x)?(\d+(?:\.\d+)?)([mb])(?![a-z0-9])")
# The vocabulary matrix grows with the width of a model, the whole with its cube: its share falls with the
# 2/3 power of the size. 0.26 is the middle of ten published models of 1 to 70 billion weights.
_HEAD_SHARE_AT_1B = 0.26


def mix_from_tag(tag: str) -> str:
    """The format named in a tag such as `3b-instruct-q8_0`, else the usual one."""
    found = _MIX_IN_TAG.search(tag.upper())
    return found[1] if found else USUAL_MIX


def parameters_from_tag(tag: str) -> float | None:
    """The rounded count in a tag: `8b` is 8e9 weights (not bytes), `135m` 135e6; None without one."""
    found = _COUNT_IN_TAG.search(tag.lower())
    if not found:
        return None
    experts, count, unit = found.groups()
    return float(count) * int(experts or 1) * (GB if unit == "b" else MB)


def bits_from_count(parameters: float, mix: str) -> float:
    """Bits per weight to expect of a whole file when only its size in weights is known.

    Most matrices weigh what they do in an 8B model; the vocabulary matrix is wider, and the smaller the
    model, the larger its share.
    """
    body, head = _body_and_head_bits(mix)
    share = min(1.0, _HEAD_SHARE_AT_1B * (parameters / GB) ** (-2 / 3))
    return body + (head - body) * share


@cache
def _body_and_head_bits(mix: str) -> tuple[float, float]:
    middling = Shape(layers=32, heads=32, kv_heads=8, head_dim=128, hidden=4096, ffn=14336, vocab=128256)
    parts = {True: [0, 0], False: [0, 0]}  # is it the head? -> bytes, weights
    for tensor in tensors(middling):
        part = parts[tensor.role == "head"]
        part[0] += tensor_bytes(tensor, middling, mix)
        part[1] += tensor.weights
    return tuple(size * 8 / weights for size, weights in (parts[False], parts[True]))


def weights_from_tag(tag: str, parameters: float | None = None) -> float:
    """Bytes of the file to expect behind a tag. ValueError when neither tag nor caller says how many weights."""
    count = parameters or parameters_from_tag(tag)
    if not count:
        raise ValueError(f"The tag {tag!r} names no size such as 3b; give the number of parameters.")
    return count * bits_from_count(count, mix_from_tag(tag)) / 8


# --- One model as plain data, for lessons and widgets ----------------------------------


def card(name: str) -> dict:
    """What a lesson needs to know about a published model, as a plain dict.

    `bits_per_weight` is estimated from the model's shape and format and owes nothing to `file_bytes`, the
    published size, so that the two may be compared. ValueError when the shape is not published.
    """
    row = facts.model(name)
    shape = Shape.of(row)
    if shape is None or row.quant not in RECIPES:
        raise ValueError(f"The layer numbers of {name} are not published, so there is nothing to add up.")
    return {
        "name": name,
        "parameters": row.params,
        "format": row.quant,
        "bits_per_weight": round(whole_file_bits(shape, row.quant), 2),
        "layers": row.layers,
        "heads": row.heads,
        "kv_heads": row.kv_heads,
        "head_dim": row.head_dim,
        "max_context": row.context,
        "file_bytes": row.file_bytes,
    }
