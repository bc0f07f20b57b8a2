"""The whole model: token numbers in, a score for every possible next token out.

This is all that happens when a language model "thinks". The comment at the end of a line gives
the shape of what the line computes, in these letters (the numbers are those of the course's model):

    T tokens read in this call        H = 256 numbers that describe one token
    S tokens seen so far, T included  A = 8 attention heads     D = 32 numbers per head
    V = 1,024 vocabulary entries      K = 2 key/value heads     G = A/K = 4 heads share one
    F = 512 numbers in the middle of a feed-forward step

Simple beats fast here, with three exceptions that a thousand tokens a second need: keys and
values are remembered (``Cache``), matrices with the same input are one matrix, and factors that
never change are multiplied into the matrices once, when the file is read (``weights.py``).
"""

import numpy as np

from . import chat, gguf_file
from .weights import Layer, Shape, Weights, read_weights


class ContextFull(ValueError):
    """More tokens than the model can look at; the message says how many fit."""


class Cache:
    """Keys and values of the tokens seen so far, so that nothing is computed twice."""

    def __init__(self, shape: Shape):
        size = (shape.layers, shape.kv_heads, shape.context, shape.head_size)
        self.keys = np.zeros(size, np.float32)
        self.values = np.zeros(size, np.float32)
        self.length = 0          # tokens seen; set it back to forget the last ones


class Model:
    """A Llama-architecture model. ``Model.from_file(path)`` reads one from a GGUF file."""

    def __init__(self, weights: Weights, tokenizer=None, metadata=None):
        self.weights, self.shape = weights, weights.shape
        self.tokenizer, self.metadata = tokenizer, metadata or {}
        self.turns = rope_turns(self.shape)                              # (context, 1, D/2)

    @classmethod
    def from_file(cls, path) -> "Model":
        """Read a GGUF file, whatever the format of its weights. Raises ``BadModelFile``."""
        from .tokenizer import Tokenizer

        file = gguf_file.read(path)
        return cls(read_weights(file), Tokenizer.from_gguf(file), file.metadata)

    def new_cache(self) -> Cache:
        """An empty memory for one conversation."""
        return Cache(self.shape)

    def forward(self, ids, cache: Cache | None = None) -> np.ndarray:
        """Scores (logits) for what follows each of ``ids``: float32 (T, V).

        ``cache`` holds the tokens before ``ids`` and grows by them. Raises ``ContextFull`` when
        both together do not fit the context, ``ValueError`` for an id the vocabulary lacks.
        """
        return self.scores(self.hidden(ids, cache))                      # (T, V)

    def chat_text(self, messages) -> str:
        """The chat as one string with its marks; ``messages`` are dicts with role and content."""
        return chat.chat_text(messages)

    def chat_ids(self, messages) -> list[int]:
        """The chat as ids, ready to generate from. Marks that people typed stay text."""
        return chat.chat_ids(self.tokenizer, messages)

    def embed(self, text: str) -> np.ndarray:
        """A text as one arrow of length 1, (H,): the mean over its tokens. Extra tokens are cut."""
        ids = self.tokenizer.encode(text)[:self.shape.context] or [self.tokenizer.end]
        mean = self.hidden(ids).mean(axis=0)                             # (H,)
        return mean / np.linalg.norm(mean)                               # (H,)

    def scores(self, x: np.ndarray) -> np.ndarray:
        """How well each vocabulary entry fits as the next token, given ``x`` (T, H)."""
        return x @ self.weights.output                                   # (T, V)

    def hidden(self, ids, cache: Cache | None = None) -> np.ndarray:
        """What the last layer makes of each token: float32 (T, H)."""
        cache = cache or self.new_cache()
        ids = self.checked(ids, cache.length)                            # (T,)
        start, cache.length = cache.length, cache.length + len(ids)
        x = self.weights.embedding[ids]                                  # (T, H)
        for layer, keys, values in zip(self.weights.layers, cache.keys, cache.values):
            x = x + self.attention(layer, x, keys, values, start)        # (T, H)
            x = x + self.feed_forward(layer, x)                          # (T, H)
        return self.level(x) * self.weights.norm                         # (T, H)

    def attention(self, layer: Layer, x, keys, values, start: int) -> np.ndarray:
        """Each token gathers what it needs from itself and the tokens before it."""
        n, T, stop = self.shape, len(x), start + len(x)
        qkv = (self.level(x) @ layer.qkv).reshape(T, -1, n.head_size)    # (T, A + 2K, D)
        qk = rotate(qkv[:, :-n.kv_heads], self.turns[start:stop])        # (T, A + K, D)
        keys[:, start:stop] = qk[:, n.heads:].swapaxes(0, 1)             # (K, T, D)
        values[:, start:stop] = qkv[:, -n.kv_heads:].swapaxes(0, 1)      # (K, T, D)
        q = qk[:, :n.heads].reshape(T, n.kv_heads, -1).swapaxes(0, 1)    # (K, T, G * D)
        q = q.reshape(n.kv_heads, -1, n.head_size)                       # (K, T * G, D)
        fit = q @ keys[:, :stop].swapaxes(1, 2)                          # (K, T * G, S)
        if T > 1:
            fit += no_looking_ahead(T, stop, n.heads // n.kv_heads)      # (K, T * G, S)
        mix = softmax(fit) @ values[:, :stop]                            # (K, T * G, D)
        mix = mix.reshape(n.kv_heads, T, -1).swapaxes(0, 1)              # (T, K, G * D)
        return mix.reshape(T, -1) @ layer.out                            # (T, H)

    def feed_forward(self, layer: Layer, x) -> np.ndarray:
        """Each token is worked on alone: a gate decides which of F numbers count (SwiGLU)."""
        both = self.level(x) @ layer.gate_up                             # (T, 2F)
        gate, up = both[:, :self.shape.feed_forward], both[:, self.shape.feed_forward:]
        return (silu_of_twice(gate) * up) @ layer.down                   # (T, H)

    def level(self, x) -> np.ndarray:
        """Every row scaled to length 1 (RMSNorm; its other factors are in the next matrix)."""
        squares = np.vecdot(x, x) + self.shape.hidden * self.shape.epsilon  # (T,)
        return x / np.sqrt(squares)[:, None]                             # (T, H)

    def checked(self, ids, seen: int) -> np.ndarray:
        """``ids`` as an array, or a sentence on why they cannot be read."""
        ids = np.asarray(ids, np.int64).reshape(-1)                      # (T,)
        if not len(ids):
            raise ValueError("There is no token to read. Give the model at least one.")
        if seen + len(ids) > self.shape.context:
            raise ContextFull(f"{seen + len(ids)} tokens do not fit: this model looks at "
                              f"{self.shape.context} at most. Shorten the text.")
        if ids.min() < 0 or ids.max() >= self.shape.vocabulary:
            raise ValueError(f"Token ids go from 0 to {self.shape.vocabulary - 1}; "
                             f"{ids.min()} to {ids.max()} were given.")
        return ids


def rope_turns(shape: Shape) -> np.ndarray:
    """How far pair i of a head turns at position t, as complex numbers of length 1."""
    pairs = np.arange(0, shape.head_size, 2)                             # (D/2,)
    speed = shape.rope_base ** (-pairs / shape.head_size)                # (D/2,) radians per token
    angles = np.outer(np.arange(shape.context), speed)                   # (context, D/2)
    return np.exp(1j * angles).astype(np.complex64)[:, None, :]          # (context, 1, D/2)


def rotate(heads, turns) -> np.ndarray:
    """Write the position into queries and keys (RoPE): neighbours are a pair, each pair turns.

    A pair of numbers is a point in the plane, so it is read as one complex number, and turning
    is multiplying. A quarter turn of the point (3, 0):

    >>> rotate(np.array([[[3, 0]]], np.float32), np.array([[[1j]]], np.complex64)).tolist()
    [[[0.0, 3.0]]]
    """
    return (heads.view(np.complex64) * turns).view(np.float32)           # (T, heads, D)


def no_looking_ahead(T: int, stop: int, group: int) -> np.ndarray:
    """Minus infinity wherever a token would see a later one: (T * G, S).

    >>> no_looking_ahead(2, 3, 1).tolist()
    [[0.0, 0.0, -inf], [0.0, 0.0, 0.0]]
    """
    me, other = np.arange(stop - T, stop)[:, None], np.arange(stop)      # (T, 1), (S,)
    mask = np.where(other > me, np.float32(-np.inf), np.float32(0))      # (T, S)
    return mask.repeat(group, axis=0)                                    # (T * G, S)


def softmax(x) -> np.ndarray:
    """Scores become shares of 1, along the last axis.

    >>> softmax(np.array([0.0, np.log(3.0)])).round(2).tolist()
    [0.25, 0.75]
    """
    grown = np.exp(x - np.maximum.reduce(x, axis=-1, keepdims=True))     # the largest becomes 1
    return grown / np.add.reduce(grown, axis=-1, keepdims=True)          # np.add.reduce: sum, in a hurry


def silu_of_twice(x) -> np.ndarray:
    """SiLU of 2x: about 2x for large x, 0 for very negative x, smooth between.

    SiLU(2x) is 2x times the sigmoid of 2x, which equals x + x tanh(x) and cannot overflow.

    >>> silu_of_twice(np.array([-50.0, 0.0, 0.5, 50.0])).round(3).tolist()
    [0.0, 0.0, 0.731, 100.0]
    """
    return x + x * np.tanh(x)
