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
    """The matrices of one layer, inputs first. Those with the same input are one matrix."""

    qkv: np.ndarray      # (H, (A + 2K) * D): queries, keys, values
    out: np.ndarray      # (A * D, H)
    gate_up: np.ndarray  # (H, 2F)
    down: np.ndarray     # (F, H)


@dataclass(frozen=True)
class Weights:
    """Everything the model has learned, in float32."""

    shape: Shape
    embedding: np.ndarray  # (V, H)
    layers: list           # of Layer
    norm: np.ndarray       # (H,)
    output: np.ndarray     # (H, V); the embedding again, turned, when the file ties the two


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
    layers = [read_layer(file, f"blk.{number}.", shape) for number in range(shape.layers)]
    embedding = sized(file, "token_embd.weight", shape.vocabulary, shape.hidden)
    tied = "output.weight" not in file.tensors
    output = embedding if tied else sized(file, "output.weight", shape.vocabulary, shape.hidden)
    norm = sized(file, "output_norm.weight", shape.hidden) * root(shape.hidden)
    return Weights(shape, embedding, layers, norm, turned(output))


def read_layer(file: GGUFFile, prefix: str, shape: Shape) -> Layer:
    """One layer. Some steps of the network are done here once instead of at every token.

    Multiplied into the matrix that follows are: the norms' weights and the sqrt(H) between length
    1 and mean square 1; the 1 / sqrt(D) that keeps attention scores small (into the queries); and
    the half that ``silu_of_twice`` wants (into the gate).
    """
    H, F, width = shape.hidden, shape.feed_forward, shape.heads * shape.head_size
    kv_width = shape.kv_heads * shape.head_size
    def get(name, *size):
        return sized(file, f"{prefix}{name}.weight", *size)
    look_norm, work_norm = get("attn_norm", H) * root(H), get("ffn_norm", H) * root(H)     # (H,) each
    queries = get("attn_q", width, H) / root(shape.head_size)                              # (A * D, H)
    gate = get("ffn_gate", F, H) / 2                                                       # (F, H)
    qkv = np.concatenate([queries, get("attn_k", kv_width, H), get("attn_v", kv_width, H)])
    gate_up = np.concatenate([gate, get("ffn_up", F, H)])
    return Layer(qkv=turned(qkv * look_norm), out=turned(get("attn_output", H, width)),
                 gate_up=turned(gate_up * work_norm), down=turned(get("ffn_down", H, F)))


def root(number: int) -> np.float32:
    """The square root, in float32."""
    return np.float32(np.sqrt(number))


def turned(matrix: np.ndarray) -> np.ndarray:
    """(outputs, inputs), as files store it, becomes (inputs, outputs), so that ``x @ matrix`` reads well."""
    return np.ascontiguousarray(matrix.T)


def sized(file: GGUFFile, name: str, *shape: int) -> np.ndarray:
    """The tensor ``name``. Raises ``BadModelFile`` unless it has the shape the settings promise."""
    array = file.array(name)
    if array.shape != shape:
        raise BadModelFile(f"{file.path.name} does not fit together: {name} has shape {array.shape}, its "
                           f"settings ask for {shape}. Download or copy the file again.")
    return array
