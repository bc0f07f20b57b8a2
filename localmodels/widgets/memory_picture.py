"""Does a model fit into memory? The sums behind `memory_bars`, as pure functions on plain records.

The learner's own functions do the sums (`Sums`); whatever they do, a `Picture` comes out, with a
sentence where a number is missing or looks wrong. Units: bytes inside, GiB for memory, GB for files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from localmodels import facts
from localmodels.memory import GB, GiB, OVERHEAD_BYTES
from localmodels.mixes import Shape, whole_file_bits
from localmodels.widgets.borrowed import ask

FORMATS = ("F16", "Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q4_0", "Q3_K_M", "Q2_K")
CACHES = {"2 bytes each (16 bits)": 2.0, "1.06 bytes each (q8_0)": 34 / 32, "0.56 bytes each (q4_0)": 18 / 32}
CONTEXTS = (512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072)


@dataclass(frozen=True)
class Sums:
    """The functions that compute. None means: use the course's own formula."""

    weights_bytes: Callable | None = None
    kv_cache_bytes: Callable | None = None
    fits: Callable | None = None


@dataclass(frozen=True)
class Setting:
    """What is asked: a model card (see `localmodels.memory.card`) and the four knobs."""

    model: dict
    format: str
    bits: float  # per weight, averaged over the whole file
    context: int = 4096  # tokens
    free_gib: float = 8.0
    element_bytes: float = 2.0  # per number in the KV cache


@dataclass(frozen=True)
class Bar:
    """One part of the memory: its bytes (None when they could not be computed) and how they come about."""

    key: str
    label: str
    bytes: float | None
    formula: str
    problem: str = ""


@dataclass(frozen=True)
class Picture:
    """Everything the widget shows for one setting."""

    setting: Setting
    bars: tuple[Bar, ...]
    real_bytes: int | None
    problems: tuple[str, ...]

    @property
    def total(self) -> float | None:
        """Bytes of all bars together, or None while one is missing."""
        sizes = [bar.bytes for bar in self.bars]
        return None if None in sizes else sum(sizes)

    @property
    def free(self) -> float:
        """Bytes the model may use."""
        return self.setting.free_gib * GiB

    @property
    def fits(self) -> bool | None:
        """Whether the bars go into the free memory; exactly full still fits."""
        return None if self.total is None else self.total <= self.free


def published_format(model: dict) -> str:
    """The format a model card stands for."""
    return model.get("format", "as given")


def formats_of(model: dict) -> dict[str, float]:
    """Formats this model can be shown in, most bits first, each with bits per weight of the whole file."""
    formats = {published_format(model): model["bits_per_weight"]}
    shape = _shape(model["name"])
    if shape is not None:
        formats = {name: round(whole_file_bits(shape, name), 2) for name in FORMATS} | formats
    return dict(sorted(formats.items(), key=lambda pair: -pair[1]))


def setting_for(model: dict, format: str | None = None, **knobs) -> Setting:
    """A setting for a model card; the published format unless another is named."""
    formats = formats_of(model)
    name = format if format in formats else published_format(model)
    return Setting(model, name, formats[name], **knobs)


def picture(setting: Setting, sums: Sums = Sums()) -> Picture:
    """Compute every bar with the given functions and compare with what is published."""
    bars = (_weights(setting, sums), _cache(setting, sums), _overhead())
    drawn = Picture(setting, bars, real_bytes(setting), ())
    problems = [bar.problem for bar in bars if bar.problem] + _second_opinion(drawn, sums) + _too_long(setting)
    return Picture(setting, bars, drawn.real_bytes, tuple(problems))


def real_bytes(setting: Setting) -> int | None:
    """Size of a published file of this model in this format; None where none is known."""
    if setting.format == setting.model.get("format"):
        return setting.model.get("file_bytes")
    for row in facts.models():
        if row.params == setting.model["parameters"] and row.quant == setting.format and row.file_bytes:
            return row.file_bytes
    return None


# --- The bars ---------------------------------------------------------------------------


def _weights(setting: Setting, sums: Sums) -> Bar:
    parameters, bits = setting.model["parameters"], setting.bits
    expected = parameters * bits / 8
    size, problem = ask(sums.weights_bytes, expected, parameters, bits)
    formula = f"{parameters:,} weights × {bits:g} bits ÷ 8 bits per byte = {_bytes(expected)}"
    return Bar("weights", "Weights", size, _when_solved(formula, problem, "weights_bytes"), problem)


def _cache(setting: Setting, sums: Sums) -> Bar:
    model, context, each = setting.model, setting.context, setting.element_bytes
    expected = 2 * model["layers"] * model["kv_heads"] * model["head_dim"] * context * each
    width = () if each == 2 else (each,)  # 2 is the default in the lesson, so a function may leave it out
    size, problem = ask(sums.kv_cache_bytes, expected, dict(model), context, *width)
    formula = (
        f"2 (a key and a value) × {model['layers']} layers × {model['kv_heads']} key-value heads × "
        f"{model['head_dim']} numbers per head × {context:,} tokens × {each:g} bytes = {_bytes(expected)}"
    )
    return Bar("cache", "KV cache", size, _when_solved(formula, problem, "kv_cache_bytes"), problem)


def _when_solved(formula: str, problem: str, name: str) -> str:
    """The formula, but not as long as it would give an exercise away."""
    return f"Not known yet: the sum opens when your {name} works." if problem else formula


def _overhead() -> Bar:
    formula = (
        f"A flat allowance of {_bytes(OVERHEAD_BYTES)}. The real one runs from tens of MiB to about 1 GiB: "
        "it grows with the vocabulary, the batch and the context."
    )
    return Bar("overhead", "Overhead", OVERHEAD_BYTES, formula)


def _bytes(size: float) -> str:
    return f"{size:,.0f} bytes = {size / GiB:.2f} GiB"


# --- A second look -------------------------------------------------------------------------


def _second_opinion(drawn: Picture, sums: Sums) -> list[str]:
    """Where the learner's own `fits` disagrees with the bars. It knows only caches of 2-byte numbers."""
    setting = drawn.setting
    if sums.fits is None or drawn.fits is None or setting.element_bytes != 2:
        return []
    model = {**setting.model, "bits_per_weight": setting.bits}
    try:
        said = sums.fits(model, setting.context, setting.free_gib)
    except NotImplementedError:
        return ["Your fits is not written yet, so the verdict comes from adding up the bars."]
    except Exception as error:
        return [f"Your fits stopped with {type(error).__name__}: {error}. The verdict comes from adding up the bars."]
    if said is None or said != drawn.fits:
        bars = f"the bars add up to {drawn.total / GiB:.2f} of {setting.free_gib:g} GiB"
        return [f"Your fits says {said!r}, but {bars}. Look at the units and at the overhead."]
    return []


def _too_long(setting: Setting) -> list[str]:
    longest = setting.model.get("max_context")
    if not longest or setting.context <= longest:
        return []
    return [f"{setting.model['name']} was made for contexts of up to {longest:,} tokens; {setting.context:,} is more than it can use."]


# --- In words -----------------------------------------------------------------------------


def heading(setting: Setting) -> str:
    """Which model, format and context: one line."""
    return f"{setting.model['name']} in {setting.format} ({setting.bits:g} bits per weight) with {setting.context:,} tokens"


def verdict(drawn: Picture) -> str:
    """Whether it fits and by how much, in one sentence."""
    if drawn.total is None:
        return "No verdict yet: a bar is missing."
    spare = (drawn.free - drawn.total) / GiB
    memory = f"{drawn.setting.free_gib:g} GiB of free memory"
    if drawn.fits:
        return f"It fits into {memory}, with {spare:.2f} GiB to spare."
    return f"It does not fit into {memory}: {max(-spare, 0.01):.2f} GiB too much."


def total_formula(drawn: Picture) -> str:
    """The sum of the bars with its numbers."""
    parts = " + ".join("?" if bar.bytes is None else f"{bar.bytes / GiB:.2f}" for bar in drawn.bars)
    total = "?" if drawn.total is None else f"{drawn.total / GiB:.2f}"
    return f"{parts} = {total} GiB. {verdict(drawn)}"


def comparison(drawn: Picture) -> str:
    """The estimate of the weights beside the published file."""
    if drawn.real_bytes is None:
        return f"No published file of {drawn.setting.model['name']} in {drawn.setting.format} is on our list."
    real = f"The real file has {drawn.real_bytes / GB:.2f} GB ({drawn.real_bytes / GiB:.2f} GiB)"
    size = drawn.bars[0].bytes
    if not size:
        return f"{real}."
    miss = size / drawn.real_bytes - 1
    near = "within 0.05 %" if abs(miss) < 0.0005 else f"{abs(miss):.1%} {'larger' if miss > 0 else 'smaller'}".replace("%", " %")
    return f"{real}; the estimate of the weights is {near}."


def summary(drawn: Picture) -> str:
    """All that the picture says, in sentences: for screen readers, plain notebooks and tests."""
    parts = ", ".join(f"{bar.label} {_size(bar)}" for bar in drawn.bars)
    total = "" if drawn.total is None else f"; together {drawn.total / GiB:.2f} GiB"
    sentences = [f"{heading(drawn.setting)}: {parts}{total}.", verdict(drawn), comparison(drawn), *drawn.problems]
    return " ".join(sentences)


def _size(bar: Bar) -> str:
    return "unknown" if bar.bytes is None else f"{bar.bytes / GiB:.2f} GiB"


def _shape(name: str) -> Shape | None:
    try:
        return Shape.of(facts.model(name))
    except KeyError:
        return None
