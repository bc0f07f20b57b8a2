"""The same weights in fewer bits.

    python -m localmodels.tiny.quantize tiny-course-f16.gguf tiny-course-q4_0.gguf Q4_0

Every format cuts a row of weights into blocks and rounds each block to a few whole numbers that
share a scale. The small formats ("K") also store a minimum, and store the scales themselves in
few bits. The functions take blocks of shape (N, weights) and return bytes of shape (N, bytes);
the layouts are those of llama.cpp. Files are *pure*: every matrix in the same format.
"""

import argparse
from pathlib import Path
from typing import Callable, NamedTuple

import gguf
import numpy as np

from .gguf_file import read


def to_whole(x: np.ndarray) -> np.ndarray:
    """The nearest whole number; halves go away from zero, as in C.

    >>> to_whole(np.array([2.4, 2.5, -2.5])).tolist()
    [2.0, 3.0, -3.0]
    """
    return np.trunc(x + np.copysign(np.float32(0.5), x))


def over(x: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """``x`` divided by ``scale``, as x times 1/scale; 0 where the scale is 0."""
    with np.errstate(divide="ignore"):
        return x * np.where(scale == 0, np.float32(0), np.float32(1) / scale)


def half(x: np.ndarray) -> np.ndarray:
    """Numbers (N, 1) as the two bytes each of a 16-bit float: (N, 2)."""
    return x.astype("<f2").view(np.uint8)


def q8_0(blocks: np.ndarray) -> np.ndarray:
    """32 weights -> scale, 32 whole numbers from -127 to 127. 34 bytes, 8.5 bits per weight.

    >>> block = np.zeros((1, 32), np.float32); block[0, :3] = 127.0, -63.4, 0.2
    >>> q8_0(block)[0, 2:5].view(np.int8).tolist()
    [127, -63, 0]
    """
    scale = np.abs(blocks).max(axis=1, keepdims=True) / 127             # (N, 1)
    whole = to_whole(over(blocks, scale)).astype(np.int8)               # (N, 32)
    return np.hstack([half(scale), whole.view(np.uint8)])               # (N, 34)


def signed_levels(blocks: np.ndarray, most: int):
    """Scale (N, 1) and levels 0 .. 2*most-1 (N, 32); level ``most`` means zero.

    The weight farthest from zero gets level 0 exactly, so the scale has the opposite sign.
    """
    place = np.abs(blocks).argmax(axis=1, keepdims=True)                # (N, 1)
    scale = np.take_along_axis(blocks, place, axis=1) / -most           # (N, 1)
    levels = np.trunc(over(blocks, scale) + np.float32(most + 0.5))     # (N, 32)
    return scale, levels.clip(0, 2 * most - 1).astype(np.uint8)


def two_per_byte(levels: np.ndarray) -> np.ndarray:
    """Four bits each: the first half of the block below, the second half above.

    >>> two_per_byte(np.array([[1, 2, 3, 4]], np.uint8)).tolist()     # 1 + 16 * 3, 2 + 16 * 4
    [[49, 66]]
    """
    below, above = np.hsplit(levels & 15, 2)
    return below | above << 4


def q4_0(blocks: np.ndarray) -> np.ndarray:
    """32 weights -> scale, 32 levels from 0 to 15. 18 bytes, 4.5 bits per weight.

    >>> block = np.zeros((1, 32), np.float32); block[0, 0] = -8.0
    >>> q4_0(block)[0, :4].tolist()      # scale 1.0 as a 16-bit float, then level 0 and 8s
    [0, 60, 128, 136]
    """
    scale, levels = signed_levels(blocks, most=8)
    return np.hstack([half(scale), two_per_byte(levels)])               # (N, 18)


def q5_0(blocks: np.ndarray) -> np.ndarray:
    """32 weights -> scale, 32 fifth bits, 32 levels' lower four. 22 bytes, 5.5 bits per weight."""
    scale, levels = signed_levels(blocks, most=16)
    fifth = np.packbits(levels >> 4, axis=1, bitorder="little")         # (N, 4)
    return np.hstack([half(scale), fifth, two_per_byte(levels)])        # (N, 22)


SHRINKS = np.linspace(1.0, 0.5, 8, dtype=np.float32)


def scale_and_minimum(parts: np.ndarray, top: int):
    """The scale and the minimum that lose least when ``parts`` become levels 0 .. ``top``.

    ``parts`` is (N, P, weights); both answers are (N, P), the minimum as the number to subtract.
    From lowest to highest weight is the obvious range, but a smaller one is often better: a few
    extremes suffer and all others gain. So several are tried and the best line is kept.
    """
    weights = np.ascontiguousarray(np.moveaxis(parts, 2, 0))            # (W, N, P): sums over W are quick
    low = np.minimum(weights.min(axis=0), 0)                            # (N, P)
    span = np.maximum(weights.max(axis=0), 0) - low                     # (N, P)
    best = np.full(low.shape, np.inf, np.float32)                       # (N, P) the loss so far
    scale, bottom = np.zeros_like(low), np.zeros_like(low)
    for shrink in SHRINKS:
        levels = np.rint(over(weights - low * shrink, span * shrink / top)).clip(0, top)
        slope, start, loss = fit_line(levels, weights)
        better = loss < best
        best = np.where(better, loss, best)
        scale, bottom = np.where(better, slope, scale), np.where(better, start, bottom)
    return scale, -bottom


def fit_line(levels: np.ndarray, weights: np.ndarray):
    """Least squares: the slope and start of weights = slope * level + start, start 0 or below; and its loss.

    Both are (W, N, P): W weights in each of N * P parts, which have a line of their own. The loss is
    the sum of squared misses less the sum of squared weights, which is the same for all lines.
    """
    n, level, weight = np.float32(len(weights)), levels.sum(axis=0), weights.sum(axis=0)  # (N, P)
    squares, products = (levels * levels).sum(axis=0), (levels * weights).sum(axis=0)
    slope = over(n * products - level * weight, n * squares - level * level)
    start = (weight - slope * level) / n
    slope = np.maximum(np.where(start > 0, over(products, squares), slope), 0)
    start = np.minimum(start, 0)
    return slope, start, slope * (slope * squares - 2 * products) + start * (n * start + 2 * slope * level - 2 * weight)


def k_levels(blocks: np.ndarray, parts: int, top: int, scale_top: int):
    """What the K formats share: 256 weights in ``parts`` parts, each with scale and minimum.

    Scales and minimums are themselves rounded, to 0 .. ``scale_top``, against one 16-bit scale
    each for the whole block. Returns those two (N, 1), the rounded ones (N, parts), and the
    levels (N, 256) that are best once all this rounding is done.
    """
    split = blocks.reshape(len(blocks), parts, -1)                      # (N, parts, 256 / parts)
    scale, low = scale_and_minimum(split, top)                          # (N, parts) each
    big = (scale.max(axis=1, keepdims=True) / scale_top).astype(np.float16)  # (N, 1)
    big_low = (low.max(axis=1, keepdims=True) / scale_top).astype(np.float16)
    scales = np.rint(over(scale, big.astype(np.float32))).clip(0, scale_top)
    lows = np.rint(over(low, big_low.astype(np.float32))).clip(0, scale_top)
    step, shift = (scales * big)[..., None], (lows * big_low)[..., None]  # (N, parts, 1)
    levels = np.rint(over(split + shift, step)).clip(0, top)
    return big, big_low, scales.astype(np.uint8), lows.astype(np.uint8), levels.reshape(blocks.shape).astype(np.uint8)


def q4_k(blocks: np.ndarray) -> np.ndarray:
    """256 weights -> 8 parts of 32, levels 0 to 15. 144 bytes, 4.5 bits per weight.

    Scales and minimums have 6 bits: the upper two of the last four are kept in the spare bits
    of the first four.
    """
    big, big_low, scales, lows, levels = k_levels(blocks, parts=8, top=15, scale_top=63)
    first, last = np.hsplit(scales, 2)                                  # (N, 4) each
    first_low, last_low = np.hsplit(lows, 2)                            # (N, 4) each
    packed = [first | last >> 4 << 6, first_low | last_low >> 4 << 6, last & 15 | last_low << 4]
    pairs = levels.reshape(-1, 4, 2, 32)                                # parts 0 and 1 share bytes
    nibbles = (pairs[:, :, 0] | pairs[:, :, 1] << 4).reshape(-1, 128)
    return np.hstack([half(big), half(big_low), *packed, nibbles])      # (N, 144)


def q2_k(blocks: np.ndarray) -> np.ndarray:
    """256 weights -> 16 parts of 16, levels 0 to 3. 84 bytes, 2.625 bits per weight."""
    big, big_low, scales, lows, levels = k_levels(blocks, parts=16, top=3, scale_top=15)
    fours = levels.reshape(-1, 2, 4, 32)                                # four weights share a byte
    bits = fours[:, :, 0] | fours[:, :, 1] << 2 | fours[:, :, 2] << 4 | fours[:, :, 3] << 6
    return np.hstack([scales | lows << 4, bits.reshape(-1, 64), half(big), half(big_low)])  # (N, 84)


class Format(NamedTuple):
    """One way to store weights."""

    block: int                # weights that share a scale
    pack: Callable            # (N, block) float32 -> (N, bytes) uint8
    tensor: gguf.GGMLQuantizationType
    file: gguf.LlamaFileType  # what the file as a whole is called


FORMATS = {
    "Q8_0": Format(32, q8_0, gguf.GGMLQuantizationType.Q8_0, gguf.LlamaFileType.MOSTLY_Q8_0),
    "Q5_0": Format(32, q5_0, gguf.GGMLQuantizationType.Q5_0, gguf.LlamaFileType.MOSTLY_Q5_0),
    "Q4_0": Format(32, q4_0, gguf.GGMLQuantizationType.Q4_0, gguf.LlamaFileType.MOSTLY_Q4_0),
    "Q4_K": Format(256, q4_k, gguf.GGMLQuantizationType.Q4_K, gguf.LlamaFileType.MOSTLY_Q4_K_S),
    "Q2_K": Format(256, q2_k, gguf.GGMLQuantizationType.Q2_K, gguf.LlamaFileType.MOSTLY_Q2_K),
}


def pack(weights: np.ndarray, kind: str) -> np.ndarray:
    """A matrix (rows, inputs) as the bytes of format ``kind``: uint8 (rows, bytes per row).

    Raises ``ValueError`` for an unknown format or rows that are not whole blocks.
    """
    if kind not in FORMATS:
        raise ValueError(f"There is no format {kind!r} here. Choose one of: {', '.join(FORMATS)}.")
    chosen, (rows, inputs) = FORMATS[kind], weights.shape
    if inputs % chosen.block:
        raise ValueError(f"{kind} packs {chosen.block} weights at a time, and rows of {inputs} weights cannot "
                         "be cut into whole blocks. Choose a format with smaller blocks.")
    blocks = np.ascontiguousarray(weights, np.float32).reshape(-1, chosen.block)
    return chosen.pack(blocks).reshape(rows, -1)


def unpack(packed: np.ndarray, kind: str) -> np.ndarray:
    """The float32 weights that the bytes of ``pack`` stand for."""
    return gguf.quants.dequantize(packed, FORMATS[kind].tensor)


def quantize(src, dst, kind: str) -> Path:
    """Write the model in ``src`` to ``dst`` with every matrix in format ``kind``.

    Settings, tokenizer and the norms (1-D) are copied as they are. Returns ``dst``. Raises
    ``BadModelFile`` when ``src`` is not a GGUF file, ``ValueError`` when ``kind`` does not fit.
    """
    source, dst = read(src), Path(dst)
    if dst.exists() and dst.samefile(src):
        raise ValueError(f"{dst.name} would overwrite the file it is made from. Choose another name.")
    part = dst.with_name(dst.name + ".part")
    writer = gguf.GGUFWriter(part, source.setting("general.architecture"))
    try:
        copy_settings(source, writer, FORMATS.get(kind))
        for name in source.tensors:
            add_tensor(writer, name, source.array(name), kind)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    except BaseException:
        writer.close()
        part.unlink(missing_ok=True)
        raise
    writer.close()
    return part.replace(dst)


def copy_settings(source, writer: gguf.GGUFWriter, chosen: Format | None) -> None:
    """All settings of ``source``, but the name of the new format."""
    for name, field in source.fields.items():
        if name.startswith("GGUF.") or name in ("general.architecture", "general.file_type"):
            continue
        kind, inner = field.types[0], field.types[-1] if len(field.types) > 1 else None
        writer.add_key_value(name, field.contents(), kind, sub_type=inner)
    if chosen:
        writer.add_file_type(chosen.file)


def add_tensor(writer: gguf.GGUFWriter, name: str, array: np.ndarray, kind: str) -> None:
    """Matrices packed, everything else as it is."""
    if array.ndim == 2:
        writer.add_tensor(name, pack(array, kind), raw_dtype=FORMATS[kind].tensor)
    else:
        writer.add_tensor(name, array)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m localmodels.tiny.quantize", description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, help="the GGUF file to read")
    parser.add_argument("target", type=Path, help="the GGUF file to write")
    parser.add_argument("kind", choices=FORMATS)
    arguments = parser.parse_args()
    try:
        quantize(arguments.source, arguments.target, arguments.kind)
    except ValueError as problem:
        raise SystemExit(f"error: {problem}") from problem
    before, after = arguments.source.stat().st_size, arguments.target.stat().st_size
    print(f"{arguments.source.name}: {before:,} bytes -> {arguments.target.name}: {after:,} bytes "
          f"({after / before:.0%})")


if __name__ == "__main__":
    main()
