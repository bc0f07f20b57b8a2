"""How many bytes a model file needs, from the shape of the model and the name of its format.

A name such as Q4_K_M is a recipe over the matrices of a model: most get one block format, a few that
matter more get a wider one. With the shape of a model (layers, heads, widths) the recipe gives the size
of the file to the byte, but for the header. Where a format comes from is said beside it.

    >>> bits_per_weight("Q4_0")             # 32 weights of 4 bits, and one 16-bit scale: 18 bytes
    4.5
    >>> tiny_llama = Shape(layers=22, heads=32, kv_heads=4, head_dim=64, hidden=2048, ffn=5632, vocab=32000)
    >>> round(file_bytes(tiny_llama, "Q4_0") / 1e9, 3)
    0.638
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple


class Block(NamedTuple):
    """A format stores `weights` numbers together in `bytes` bytes, scales included."""

    bytes: int
    weights: int


# Sizes of the block structures in ggml (src/ggml-common.h at d99724f2).
BLOCKS = {
    "F32": Block(4, 1),
    "F16": Block(2, 1),
    "BF16": Block(2, 1),
    "Q8_0": Block(34, 32),  # 16-bit scale + 32 x 8 bits
    "Q5_1": Block(24, 32),  # scale, minimum + 32 x 5 bits
    "Q5_0": Block(22, 32),  # scale + 32 x 5 bits
    "Q4_1": Block(20, 32),  # scale, minimum + 32 x 4 bits
    "Q4_0": Block(18, 32),  # scale + 32 x 4 bits
    "Q6_K": Block(210, 256),  # 256 x 6 bits + 16 scales of 8 bits + one for the block
    "Q5_K": Block(176, 256),
    "Q4_K": Block(144, 256),  # 256 x 4 bits + 8 scales and minima of 6 bits + two for the block
    "Q3_K": Block(110, 256),
    "Q2_K": Block(84, 256),
    "IQ4_NL": Block(18, 32),
    "IQ4_XS": Block(136, 256),
    "IQ3_S": Block(110, 256),
    "IQ3_XXS": Block(98, 256),
    "IQ2_S": Block(82, 256),
    "IQ2_XS": Block(74, 256),
    "IQ2_XXS": Block(66, 256),
    "IQ1_M": Block(56, 256),
    "IQ1_S": Block(50, 256),
    "MXFP4": Block(17, 32),  # one shared 8-bit exponent + 32 x 4 bits
}


def bits_per_weight(block_format: str) -> float:
    """Bits that one weight takes in a block format, its share of the scales included."""
    block = BLOCKS[block_format]
    return block.bytes * 8 / block.weights


@dataclass(frozen=True)
class Shape:
    """The numbers that fix every matrix of a decoder model. Widths are counted in weights."""

    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    hidden: int
    ffn: int
    vocab: int
    tied_embeddings: bool = False  # one vocabulary matrix serves as input and output
    arch: str = "llama"

    @property
    def sharing(self) -> int:
        """Query heads per key-value head."""
        return self.heads // self.kv_heads

    @classmethod
    def of(cls, row) -> Shape | None:
        """The shape of a `facts.ModelSize`, or None where its numbers are not published."""
        numbers = {name: getattr(row, name) for name in cls.__dataclass_fields__}
        return None if None in numbers.values() else cls(**numbers)


class Tensor(NamedTuple):
    """`rows` rows of `columns` weights. `role` is what a recipe looks at; norms and biases are 'small'."""

    role: str
    layer: int
    rows: int
    columns: int

    @property
    def weights(self) -> int:
        return self.rows * self.columns


def tensors(shape: Shape) -> Iterator[Tensor]:
    """Every tensor of the model, in the layout of llama.cpp's files."""
    yield Tensor("head" if shape.tied_embeddings else "embedding", 0, shape.vocab, shape.hidden)
    if not shape.tied_embeddings:
        yield Tensor("head", 0, shape.vocab, shape.hidden)
    yield Tensor("small", 0, 1, shape.hidden)
    for layer in range(shape.layers):
        for role, rows, columns in (*_attention(shape), *_feed_forward(shape), ("small", 1, _small_weights(shape))):
            yield Tensor(role, layer, rows, columns)


def _attention(shape: Shape) -> Iterator[tuple[str, int, int]]:
    queries, keys = shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim
    if shape.arch == "phi3":  # one fused matrix for queries, keys and values
        yield "qkv", queries + 2 * keys, shape.hidden
    else:
        yield "query", queries, shape.hidden
        yield "key", keys, shape.hidden
        yield "value", keys, shape.hidden
    yield "output", shape.hidden, queries


def _feed_forward(shape: Shape) -> Iterator[tuple[str, int, int]]:
    yield "gate", shape.ffn, shape.hidden
    yield "up", shape.ffn, shape.hidden
    yield "down", shape.hidden, shape.ffn


def _small_weights(shape: Shape) -> int:
    """Weights of one layer in norms and biases, which stay at 32 bits."""
    norms = (4 if shape.arch in ("gemma2", "gemma3") else 2) * shape.hidden
    if shape.arch == "qwen2":  # biases of queries, keys and values
        return norms + (shape.heads + 2 * shape.kv_heads) * shape.head_dim
    return norms + (2 * shape.head_dim if shape.arch in ("qwen3", "gemma3") else 0)


# A recipe: the format of most matrices, then the exceptions: role -> (where, format) pairs, the first that
# holds wins. Restated from llama.cpp's src/llama-quant.cpp (tensor types by file type); the IQ formats as they
# are made in practice, with an importance matrix.
_WIDE_HEAD = {"head": [("all", "Q6_K")]}
_LOW_HEAD = {"head": [("all", "Q5_K")]}
RECIPES = {
    "F32": ("F32", {}),
    "F16": ("F16", {}),
    "BF16": ("BF16", {}),
    "Q8_0": ("Q8_0", {}),
    "Q6_K": ("Q6_K", {}),
    "Q5_1": ("Q5_1", _WIDE_HEAD),
    "Q5_0": ("Q5_0", _WIDE_HEAD),
    "Q4_1": ("Q4_1", _WIDE_HEAD),
    "Q4_0": ("Q4_0", _WIDE_HEAD),
    "Q5_K_S": ("Q5_K", _WIDE_HEAD),
    "Q5_K_M": ("Q5_K", _WIDE_HEAD | {
        "value": [("spread", "Q6_K")], "down": [("spread", "Q6_K")], "qkv": [("all", "Q6_K")]}),
    "Q4_K_S": ("Q4_K", _WIDE_HEAD | {"value": [("first four", "Q5_K")], "down": [("first eighth", "Q5_K")]}),
    "Q4_K_M": ("Q4_K", _WIDE_HEAD | {
        "value": [("spread", "Q6_K")], "down": [("spread", "Q6_K")], "qkv": [("all", "Q5_K")]}),
    "Q3_K_S": ("Q3_K", _WIDE_HEAD),
    "Q3_K_M": ("Q3_K", _WIDE_HEAD | {
        "value": [("first two", "Q5_K"), ("all", "Q4_K")], "down": [("first sixteenth", "Q5_K"), ("all", "Q4_K")],
        "output": [("all", "Q4_K")], "qkv": [("all", "Q4_K")]}),
    "Q3_K_L": ("Q3_K", _WIDE_HEAD | {
        "value": [("all", "Q5_K")], "down": [("all", "Q5_K")], "output": [("all", "Q5_K")], "qkv": [("all", "Q4_K")]}),
    "Q2_K": ("Q2_K", _WIDE_HEAD | {
        "value": [("sharing", "Q4_K"), ("all", "Q3_K")], "down": [("all", "Q3_K")], "output": [("all", "Q3_K")]}),
    "IQ4_NL": ("IQ4_NL", _WIDE_HEAD | {"value": [("sharing", "Q5_K")]}),
    "IQ4_XS": ("IQ4_XS", _WIDE_HEAD | {"value": [("sharing", "Q5_K")]}),
    "IQ3_M": ("IQ3_S", _WIDE_HEAD | {
        "value": [("all", "Q4_K")], "down": [("first eighth", "Q4_K")], "output": [("all", "Q4_K")]}),
    "IQ3_S": ("IQ3_S", _WIDE_HEAD | {"value": [("sharing", "Q4_K")]}),
    "IQ3_XS": ("IQ3_S", _WIDE_HEAD | {
        "value": [("sharing", "Q4_K")], "key": [("all", "IQ3_XXS")], "query": [("all", "IQ3_XXS")],
        "gate": [("middle", "IQ3_XXS")], "up": [("middle", "IQ3_XXS")]}),
    "IQ3_XXS": ("IQ3_XXS", _WIDE_HEAD | {
        "embedding": [("all", "IQ3_S")], "value": [("sharing", "Q4_K")], "key": [("all", "IQ2_S")],
        "query": [("all", "IQ2_S")], "output": [("all", "IQ3_S")]}),
    "IQ2_M": ("IQ2_S", _LOW_HEAD | {
        "embedding": [("all", "IQ3_S")], "value": [("sharing", "Q4_K"), ("all", "IQ3_S")],
        "down": [("first eighth", "IQ3_S")], "output": [("all", "IQ3_S")]}),
    "IQ2_S": ("IQ2_XS", _LOW_HEAD | {
        "embedding": [("all", "IQ3_S")], "value": [("sharing", "Q4_K"), ("all", "IQ3_S")],
        "down": [("first eighth", "IQ3_S")], "output": [("all", "IQ3_S")]}),
    "IQ2_XS": ("IQ2_XS", _LOW_HEAD | {
        "embedding": [("all", "Q2_K")], "value": [("sharing", "Q4_K"), ("all", "Q2_K")], "down": [("first eighth", "Q2_K")]}),
    "IQ2_XXS": ("IQ2_XXS", _LOW_HEAD | {
        "embedding": [("all", "Q2_K")], "value": [("sharing", "Q4_K"), ("all", "Q2_K")], "down": [("first eighth", "Q2_K")]}),
    "IQ1_M": ("IQ1_M", _LOW_HEAD | {
        "embedding": [("all", "Q2_K")], "value": [("sharing", "Q4_K"), ("all", "Q2_K")],
        "down": [("first eighth", "Q2_K")], "output": [("all", "IQ2_XXS")]}),
    "IQ1_S": ("IQ1_S", _LOW_HEAD | {
        "embedding": [("all", "Q2_K")], "value": [("sharing", "Q4_K"), ("all", "Q2_K")],
        "down": [("first eighth", "Q2_K")], "output": [("all", "IQ2_XXS")]}),
}

_WHERE = {
    "all": lambda layer, shape: True,
    "first two": lambda layer, shape: layer < 2,
    "first four": lambda layer, shape: layer < 4,
    "first eighth": lambda layer, shape: layer < shape.layers // 8,
    "first sixteenth": lambda layer, shape: layer < shape.layers // 16,
    "middle": lambda layer, shape: shape.layers // 8 <= layer < 7 * shape.layers // 8,
    "sharing": lambda layer, shape: shape.sharing >= 4,
    # the first and the last eighth of the layers, and every third one between
    "spread": lambda layer, shape: (
        layer < shape.layers // 8
        or layer >= 7 * shape.layers // 8
        or (layer - shape.layers // 8) % 3 == 2
    ),
}

# A row that does not divide into blocks of 256 takes the nearest format with blocks of 32.
_FALLBACK = {"Q4_K": "Q5_0", "Q5_K": "Q5_1", "Q6_K": "Q8_0"}

# The header lists every vocabulary entry with its text; byte-pair vocabularies add their merges.
# Measured as the rest of published files: 24 (Gemma 2), 25 (Llama 2), 40 (Qwen) to 61 bytes (Llama 3).
HEADER_BYTES_PER_ENTRY = 40


def tensor_format(tensor: Tensor, shape: Shape, mix: str) -> str:
    """The block format that the recipe `mix` gives one tensor. KeyError for a recipe not known here."""
    base, exceptions = _recipe(mix)
    if tensor.role == "small":
        return "F32"
    if tensor.role == "value" and shape.arch == "qwen3" and mix == "Q4_K_M":
        return "F16"  # Ollama's own builds of this family leave these matrices wide
    chosen = next(
        (wide for where, wide in exceptions.get(tensor.role, ()) if _WHERE[where](tensor.layer, shape)), base
    )
    if tensor.role == "value" and shape.layers == 80 and chosen in ("Q3_K", "Q4_K"):
        chosen = "Q5_K"  # 70B models share these between eight heads, so more bits cost little
    if tensor.columns % BLOCKS[chosen].weights:
        chosen = _FALLBACK.get(chosen, "IQ4_NL")
    return chosen


def _recipe(mix: str):
    if mix not in RECIPES:
        raise KeyError(f"No recipe for {mix!r}. Known: {', '.join(RECIPES)}.")
    return RECIPES[mix]


def tensor_bytes(tensor: Tensor, shape: Shape, mix: str) -> int:
    """Bytes of one tensor in a file of the given mix."""
    block = BLOCKS[tensor_format(tensor, shape, mix)]
    return tensor.weights // block.weights * block.bytes


def parameters(shape: Shape) -> int:
    """Weights in the model, a shared vocabulary matrix counted once."""
    return sum(tensor.weights for tensor in tensors(shape))


def file_bytes(shape: Shape, mix: str) -> int:
    """Bytes of the whole model file: every tensor in its format, and the header's vocabulary."""
    return sum(tensor_bytes(tensor, shape, mix) for tensor in tensors(shape)) + HEADER_BYTES_PER_ENTRY * shape.vocab


def whole_file_bits(shape: Shape, mix: str) -> float:
    """Bits per weight of the whole file, which lies above those of its commonest block."""
    return file_bytes(shape, mix) * 8 / parameters(shape)
