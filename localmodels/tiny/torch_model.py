"""The tiny model as a trainable torch module: a Llama in about a hundred lines.

Only training needs torch. Students run the same network from ``model.py``, in NumPy.
Letters used for shapes: B chats in a batch, T tokens per chat, H = 256 hidden numbers,
A = 8 attention heads, K = 2 key/value heads, D = 32 numbers per head, V = 1,024 tokens.
"""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F


@dataclass(frozen=True)
class Shape:
    """Every number that fixes the size of the network."""

    vocabulary: int = 1024   # V, tokens
    hidden: int = 256        # H, numbers per token; a multiple of 256 so that K-quants fit
    layers: int = 4
    heads: int = 8           # A
    kv_heads: int = 2        # K, shared by A / K = 4 query heads each
    feed_forward: int = 512  # numbers in the middle of each feed-forward step
    context: int = 512       # T at most, tokens
    rope_base: float = 10000.0
    norm_epsilon: float = 1e-5

    @property
    def head_size(self) -> int:
        return self.hidden // self.heads  # D = 32


class RMSNorm(nn.Module):
    """Scale each token's numbers to mean square 1, then by a learned weight."""

    def __init__(self, size: int, epsilon: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.epsilon = epsilon

    def forward(self, x):
        return F.rms_norm(x, (x.shape[-1],), self.weight, self.epsilon)


def rope_tables(shape: Shape):
    """Cosines and sines, (context, D/2) each: how far pair i turns at position t."""
    pairs = torch.arange(0, shape.head_size, 2, dtype=torch.float32)
    turn = shape.rope_base ** (-pairs / shape.head_size)               # (D/2,)
    angle = torch.arange(shape.context)[:, None] * turn[None, :]       # (context, D/2)
    return angle.cos(), angle.sin()


def rotate(x, cos, sin):
    """Turn neighbouring pairs (0,1), (2,3), ... of every head by the angle of their position.

    ``x`` is (B, heads, T, D). GGUF files of Llama models store Q and K in exactly this
    interleaved order, so nothing has to be permuted when the weights are written.
    """
    even, odd = x[..., 0::2], x[..., 1::2]                             # (B, heads, T, D/2)
    turned = torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1)
    return turned.flatten(-2).to(x.dtype)


class Attention(nn.Module):
    """Every token looks back at the tokens before it (and at itself)."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        kv_width = shape.kv_heads * shape.head_size                    # 64
        self.q = nn.Linear(shape.hidden, shape.hidden, bias=False)
        self.k = nn.Linear(shape.hidden, kv_width, bias=False)
        self.v = nn.Linear(shape.hidden, kv_width, bias=False)
        self.out = nn.Linear(shape.hidden, shape.hidden, bias=False)

    def forward(self, x, cos, sin):
        batch, time, _ = x.shape
        def split(y):
            return y.view(batch, time, -1, self.shape.head_size).transpose(1, 2)
        q = rotate(split(self.q(x)), cos, sin)                         # (B, A, T, D)
        k = rotate(split(self.k(x)), cos, sin)                         # (B, K, T, D)
        v = split(self.v(x))                                           # (B, K, T, D)
        group = self.shape.heads // self.shape.kv_heads
        k, v = k.repeat_interleave(group, 1), v.repeat_interleave(group, 1)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out(mixed.transpose(1, 2).reshape(batch, time, -1))


class FeedForward(nn.Module):
    """SwiGLU: a gate decides which of the 512 middle numbers count."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.gate = nn.Linear(shape.hidden, shape.feed_forward, bias=False)
        self.up = nn.Linear(shape.hidden, shape.feed_forward, bias=False)
        self.down = nn.Linear(shape.feed_forward, shape.hidden, bias=False)

    def forward(self, x):
        return self.down(F.silu(self.gate(x)) * self.up(x))


class Block(nn.Module):
    """One layer: attention, then feed-forward, each added to what was there."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.attention_norm = RMSNorm(shape.hidden, shape.norm_epsilon)
        self.attention = Attention(shape)
        self.ffn_norm = RMSNorm(shape.hidden, shape.norm_epsilon)
        self.ffn = FeedForward(shape)

    def forward(self, x, cos, sin):
        x = x + self.attention(self.attention_norm(x), cos, sin)
        return x + self.ffn(self.ffn_norm(x))


class TinyLlama(nn.Module):
    """Token ids (B, T) in, scores for the next token (B, T, V) out. One table embeds and scores."""

    def __init__(self, shape: Shape = Shape()):
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.hidden)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = RMSNorm(shape.hidden, shape.norm_epsilon)
        cos, sin = rope_tables(shape)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        self.apply(self._initialise)

    def _initialise(self, module):
        if isinstance(module, (nn.Linear, nn.Embedding)):
            deep = (2 * self.shape.layers) ** -0.5 if module.weight.shape[0] == self.shape.hidden else 1.0
            nn.init.normal_(module.weight, std=0.02 if isinstance(module, nn.Embedding) else 0.04 * deep)

    def forward(self, ids):
        time = ids.shape[1]
        cos, sin = self.cos[:time], self.sin[:time]
        x = self.embedding(ids)                                        # (B, T, H)
        for block in self.blocks:
            x = block(x, cos, sin)
        return F.linear(self.norm(x), self.embedding.weight)           # (B, T, V)
