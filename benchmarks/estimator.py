"""The memory estimator against every published size in model_sizes.json.

    python benchmarks/estimator.py

Two questions: how far off is the sum over tensor shapes, where the layer numbers and the format are published?
And how far off is a guess from the tag and the parameter count alone? Every miss above 5 % is listed with its
reason. The last line is JSON.
"""

from __future__ import annotations

import json
from statistics import median

from localmodels import facts
from localmodels.memory import GB, bits_from_count, mix_from_tag, weights_from_tag
from localmodels.mixes import RECIPES, Shape, file_bytes

MISS = 0.05  # relative error above which a reason is owed


def errors_from_shapes() -> dict[str, float]:
    """Relative error per model whose layer numbers and format are published."""
    found = {}
    for row in facts.models():
        shape = Shape.of(row)
        if shape and row.quant in RECIPES and row.bytes:
            found[row.model] = file_bytes(shape, row.quant) / row.bytes - 1
    return found


def errors_from_tags() -> dict[str, float]:
    """Relative error per model, from its tag and its parameter count and nothing else."""
    found = {}
    for row in facts.models():
        if row.bytes:
            found[row.model] = weights_from_tag(row.model, row.params) / row.bytes - 1
    return found


def reason(row: facts.ModelSize) -> str:
    """Why an estimate from the tag alone misses this file."""
    assumed = mix_from_tag(row.model)
    if row.quant and row.quant != assumed:
        return f"the tag does not say that the file is {row.quant}" + (f"; {row.note}" if row.note else "")
    if row.note:
        return row.note
    older = row.params and row.params * bits_from_count(row.params, "Q4_0") / 8
    if older and abs(older / row.bytes - 1) <= MISS:
        return f"format not published; Q4_0 would fit within {abs(older / row.bytes - 1):.1%}"
    if "vision" in row.model or row.arch == "gemma3" or row.name == "gemma3":
        return "the file includes a part for images, and the parameter count is rounded"
    return "parameter count and size are published as rounded numbers, the format not at all"


def show(title: str, errors: dict[str, float]) -> list[str]:
    """Print the medians and the misses; return the names of the misses."""
    sizes = [abs(error) for error in errors.values()]
    misses = [name for name, error in errors.items() if abs(error) > MISS]
    print(f"{title}: {len(sizes)} files, median error {median(sizes):.2%}, {len(misses)} above {MISS:.0%}")
    return misses


def main() -> None:
    rows = {row.model: row for row in facts.models()}
    shapes, tags = errors_from_shapes(), errors_from_tags()
    library = {name: error for name, error in tags.items() if not name.startswith(("hf:", "llama.cpp:"))}
    print("Estimate against published size of the file.\n")
    for name in show("From layer numbers and format", shapes):
        print(f"  {name:28} {shapes[name]:+7.1%}  {rows[name].note}")
    print()
    for name in show("From tag and parameter count", tags):
        print(f"  {name:28} {tags[name]:+7.1%}  {rows[name].bytes / GB:6.2f} GB  {reason(rows[name])}")
    show("  of these, plain library tags, most of which hide their format", library)
    print(json.dumps({
        "benchmark": "estimator",
        "shape_files": len(shapes),
        "shape_median_error": round(median(map(abs, shapes.values())), 5),
        "tag_files": len(tags),
        "tag_median_error": round(median(map(abs, tags.values())), 5),
        "library_tag_files": len(library),
        "library_tag_median_error": round(median(map(abs, library.values())), 5),
    }))


if __name__ == "__main__":
    main()
