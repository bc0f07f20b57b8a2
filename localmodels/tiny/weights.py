"""From the arrays in a GGUF file to the matrices that ``model.py`` multiplies with."""

from dataclasses import dataclass

import numpy as np

from .gguf_file import BadModelFile, GGUFFile


@dataclass(frozen=True)
class Shape:
    """The numbers that fix the size of the network. The letters are those of ``model.py``."""

    layers: int
    hidden: int         # H
    heads: int          # A
    kv_heads: int       # K
    head_size: int      # D
    feed_forward: int   # F
    vocabulary: int     # V
    context: int        # tokens it can look at
    rope_base: float
    epsilon: float


@dataclass(frozen=True)
class Layer:
    """The matrices of one layer, outputs first. Those with the same input are one matrix."""

    qkv: np.ndarray      # ((A + 2K) * D, H): queries, keys, values
    out: np.ndarray      # (H, A * D)
    gate_up: np.ndarray  # (2F, H)
    down: np.ndarray     # (H, F)


@dataclass(frozen=True)
class Weights:
    """Everything the model has learned, in float32."""

    shape: Shape
    embedding: np.ndarray  # (V, H)
    layers: list           # of Layer
    norm: np.ndarray       # (H,)
    output: np.ndarray     # (V, H); the embedding again when the file ties the two


def read_shape(file: GGUFFile) -> Shape:
    """The sizes a Llama-architecture file declares. Raises ``BadModelFile`` for other kinds."""
    kind = file.setting("general.architecture")
    if kind != "llama":
        raise BadModelFile(f"{file.path.name} is a {kind!r} model; this small runtime runs only the "
                           "'llama' architecture. Use Ollama or llama.cpp for it.")
    def of(name, default=None):
        return file.setting(f"llama.{name}", default)
    hidden, heads = of("embedding_length"), of("attention.head_count")
    return Shape(
        layers=of("block_count"), hidden=hidden, heads=heads,
        kv_heads=of("attention.head_count_kv", heads),
        head_size=of("rope.dimension_count", hidden // heads),
        feed_forward=of("feed_forward_length"), vocabulary=len(file.setting("tokenizer.ggml.tokens")),
        context=of("context_length"), rope_base=of("rope.freq_base", 10000.0),
        epsilon=of("attention.layer_norm_rms_epsilon"))


def read_weights(file: GGUFFile) -> Weights:
    """Unpack every tensor of the file to float32. Raises ``BadModelFile`` when one does not fit."""
    shape = read_shape(file)
    if "rope_freqs.weight" in file.tensors or "llama.rope.scaling.type" in file.metadata:
        raise BadModelFile(f"{file.path.name} stretches its positions (RoPE scaling), which this small "
                           "runtime does not do. Use Ollama or llama.cpp for it.")
    heads = (shape.heads + 2 * shape.kv_heads) * shape.head_size
    layers = [read_layer(file, f"blk.{number}.", shape, heads) for number in range(shape.layers)]
    embedding = sized(file, "token_embd.weight", shape.vocabulary, shape.hidden)
    tied = "output.weight" not in file.tensors
    output = embedding if tied else sized(file, "output.weight", shape.vocabulary, shape.hidden)
    return Weights(shape, embedding, layers, sized(file, "output_norm.weight", shape.hidden), output)


def read_layer(file: GGUFFile, prefix: str, shape: Shape, heads: int) -> Layer:
    """One layer. Two steps of the network are done here once instead of at every token:

    the norm's weights are multiplied into the matrix that follows, and so is the 1 / sqrt(D)
    that keeps attention scores small (into the queries).
    """
    def get(name):
        return file.array(f"{prefix}{name}.weight")
    look_norm, work_norm = get("attn_norm"), get("ffn_norm")             # (H,) each
    queries = get("attn_q") * np.float32(shape.head_size ** -0.5)        # (A * D, H)
    layer = Layer(
        qkv=np.concatenate([queries, get("attn_k"), get("attn_v")]) * look_norm,
        out=get("attn_output"),
        gate_up=np.concatenate([get("ffn_gate"), get("ffn_up")]) * work_norm,
        down=get("ffn_down"))
    wanted = Layer((heads, shape.hidden), (shape.hidden, shape.heads * shape.head_size),
                   (2 * shape.feed_forward, shape.hidden), (shape.hidden, shape.feed_forward))
    for name in ("qkv", "out", "gate_up", "down"):
        fits(file, prefix + name, getattr(layer, name), getattr(wanted, name))
    return layer


def sized(file: GGUFFile, name: str, *shape: int) -> np.ndarray:
    """The tensor ``name`` if it has exactly this shape."""
    array = file.array(name)
    fits(file, name, array, shape)
    return array


def fits(file: GGUFFile, name: str, array: np.ndarray, shape: tuple) -> None:
    """Raise ``BadModelFile`` unless ``array`` has the shape the file's own settings promise."""
    if array.shape != shape:
        raise BadModelFile(f"{file.path.name} does not fit together: {name} has shape {array.shape}, its "
                           f"settings ask for {shape}. Download or copy the file again.")
