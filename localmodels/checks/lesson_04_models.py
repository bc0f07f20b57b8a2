"""Made-up models for the checks of lesson 04. Round numbers, so that every sum can be done by hand."""

from __future__ import annotations

from localmodels.memory import GiB, OVERHEAD_BYTES

TOY = {"name": "toy", "parameters": 1000, "bits_per_weight": 16, "layers": 5, "heads": 18, "kv_heads": 3, "head_dim": 10,
       "format": "made up", "max_context": 131_072, "file_bytes": 10**10}

ODD = {**TOY, "layers": 7, "heads": 33, "kv_heads": 11, "head_dim": 26}  # no number of it is a multiple of one of TOY's


def model(name: str, parameters: int, bits_per_weight: float, layers: int, heads: int, kv_heads: int) -> dict:
    """A model as lesson 04 describes one; every head has 128 numbers. Its file_bytes mislead: fewer parameters, larger file."""
    return {
        "name": name,
        "parameters": parameters,
        "bits_per_weight": bits_per_weight,
        "layers": layers,
        "heads": heads,
        "kv_heads": kv_heads,
        "head_dim": 128,
        "format": "made up",
        "max_context": 131_072,
        "file_bytes": 10**13 // max(parameters, 1),
    }


FOUR = model("four", 8_000_000_000, 4, 32, 32, 8)  # 4.0 GB of weights, 128 KiB per token
EIGHT = model("eight", 9_000_000_000, 5, 40, 32, 8)  # 5.6 GB, 160 KiB per token
ALL_HEADS = model("all heads", 7_000_000_000, 4.5, 32, 32, 32)  # fewer weights, but 512 KiB per token
BIG = model("big", 30_000_000_000, 4.5, 60, 64, 8)
HUGE = model("huge", 800_000_000_000, 4, 100, 64, 8)
ROOMY = model("roomy", 4_000_000_000, 16, 24, 24, 8)  # fewer parameters, twice the file


def needed_bytes(one: dict, context: int) -> float:
    """What a model needs in all: the sum that `fits` has to make."""
    per_token = 4 * one["layers"] * one["kv_heads"] * one["head_dim"]  # a key and a value, 2 bytes each
    return one["parameters"] / 8 * one["bits_per_weight"] + per_token * context + OVERHEAD_BYTES


def exact_fit(gib: int) -> dict:
    """A model of 8-bit weights that needs exactly `gib` GiB with 4,096 tokens."""
    rest = needed_bytes(model("", 0, 8, 32, 32, 8), 4096)
    return model("exact", int(gib * GiB - rest), 8, 32, 32, 8)
