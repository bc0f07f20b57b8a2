"""From a wrong number to the idea behind it: what the checks of lesson 04 say about typical slips.

An idea is a wrong formula. It is named when it gives what the learner's function gives, for the inputs of the check and for
others: for one input alone, many formulas come out alike.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from localmodels.checks.core import Wrong
from localmodels.checks.lesson_04_models import ODD, TOY
from localmodels.checks.lesson_04_probes import call, ignored, ignores_context, not_passed_on, prefers_bytes, tried
from localmodels.checks.plain import LearnerError, NotWritten, shown
from localmodels.memory import GB, GiB, MB, MiB


FOUR_BYTES = "4 bytes belong to the small runtime of the example. Use bytes_per_element."
NOT_IN_THOUSANDS = "The context is counted in tokens, not in thousands. 4096 means 4,096 tokens."
THE_CODES = "\"4-bit\" names the codes alone. The scale takes room too; do not round it away with int() or //."
THE_EXAMPLE = "This is the answer of the example, whatever the inputs are. Compute it from the parameters."
Formula = Callable[..., float]


def close(got: float, expected: float) -> bool:
    """Equal, but for rounding: a whole byte, or a hundredth where numbers are small."""
    return abs(got - expected) <= (0.01 if expected < 100 else 1)


def a_number(value, name: str):
    """The value if it is a number; otherwise Wrong, with the reason why it is none."""
    if is_number(value):
        return value
    if value is None:
        raise Wrong(f"{name} returns a number.", None, "The function ends without return, so Python returns None.")
    if isinstance(value, str):
        raise Wrong(f"{name} returns a number.", shown(value), "Text cannot be added up later. Return the number; format it when you print.")
    raise Wrong(f"{name} returns one number.", value)


def is_number(value) -> bool:
    """Whether a value is a number; True and False are none here."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _idea(learner, name: str, asked: tuple, others: tuple, right: Formula, ideas: list[tuple[Formula, str]]) -> str | None:
    """The idea whose formula gives what came, for the inputs `asked` and for all `others` to which the function has an answer."""
    came = [(inputs, got) for inputs in (asked, *others) if is_number(got := tried(learner, name, *inputs))]
    for formula, idea in ideas:
        if formula(*asked) != right(*asked) and all(_gives(formula(*inputs), got, right(*inputs)) for inputs, got in came):
            return idea
    return None


def _gives(typical: float, got: float, right: float) -> bool:
    """Whether a formula gave what came: to a thousandth where it is far from the right one, else to the last digits."""
    tolerance = 0.001 if abs(typical - right) > 0.01 * abs(right) else 1e-9
    return got == typical or abs(got - typical) <= tolerance * abs(typical)


def bytes_idea(learner, *asked) -> str | None:
    """Which mistaken idea makes the learner's weights_bytes wrong for these parameters and bits."""
    ideas: list[tuple[Formula, str]] = [
        (lambda n, bits: n * (bits // 8), "bits // 8 cuts off everything below a whole byte. Multiply first, then divide with /."),
        (lambda n, bits: n * bits, "These are bits. A byte is 8 bits, so divide by 8."),
        (lambda n, bits: n * bits * 8, "You multiplied by 8. There are fewer bytes than bits: divide by 8."),
        (lambda n, bits: n, "One byte for each weight: that is what \"b in 8b means bytes\" leads to. Multiply by the bits, divide by 8."),
        (lambda n, bits: n * bits / 16, "You divided by 16. A byte has 8 bits."),
        (lambda n, bits: n * 16 / 8, "16 is the example's. Use `bits_per_weight`."),
        (lambda n, bits: n * bits / 8 / GB, "This is in GB. The task asks for bytes: divide by GB only when you print."),
        (lambda n, bits: n * bits / 8 / MB, "This is in MB. The task asks for bytes."),
        (lambda n, bits: n * bits / 8 / GiB, "This is in GiB. The task asks for bytes."),
        (lambda n, bits: n * bits / 8 * GB, "You multiplied by 10**9. parameters is already the whole number of weights, not billions."),
        (lambda n, bits: n * int(bits) / 8, "The fraction of a bit was cut off. Bits per weight need not be whole: leave out int() and //."),
        (lambda n, bits: n * math.ceil(bits) / 8, "The bits were rounded up. Bits per weight need not be whole: do not round."),
        (lambda n, bits: n / 8, "You divided by 8 but did not use bits_per_weight."),
        (lambda n, bits: round(n * bits / 8), "Rounded to whole bytes. A computed size may have a fraction: divide with /, without round(), int() or //."),
        (lambda n, bits: 2_000_000, THE_EXAMPLE),
    ]  # fmt: skip
    return _idea(learner, "weights_bytes", asked, ((7_000, 6), (3_000_000, 32), (1_001, 4.5)), lambda n, bits: n * bits / 8, ideas)


def density_idea(learner, *asked) -> str | None:
    """Which mistaken idea makes the learner's bits_per_weight wrong for these bytes and weights."""
    ideas: list[tuple[Formula, str]] = [
        (lambda size, weights: size / weights, "These are bytes per weight. One byte has 8 bits: multiply by 8."),
        (lambda size, weights: size / 8 / weights, "You divided by 8. From bytes to bits the number grows: multiply by 8."),
        (lambda size, weights: weights / size, "Upside down: these are weights per byte."),
        (lambda size, weights: weights * 8 / size, "Upside down: divide the bits by the weights, not the weights by the bytes."),
        (lambda size, weights: weights / (size * 8), "Upside down: these are weights per bit."),
        (lambda size, weights: size * 8, "These are the bits of the whole block. Divide by the number of weights that share them."),
        (lambda size, weights: size * 8 / 32, "32 is the example's number of weights. Use `block_weights`."),
        (lambda size, weights: (size - 2) * 8 / weights, "The scale is part of the cost: do not take its bytes away."),
        (lambda size, weights: size * weights / 8, "Backwards means the opposite steps: times 8, then divided by the weights."),
        (lambda size, weights: 4.5, THE_EXAMPLE),
        (lambda size, weights: 4, THE_CODES),
        (lambda size, weights: int(size * 8 / weights), THE_CODES),
        (lambda size, weights: round(size * 8 / weights, 2), "Rounded to two digits. The task says: do not round."),
        (lambda size, weights: round(size * 8 / weights, 1), "Rounded to one digit. The task says: do not round."),
        (lambda size, weights: math.ceil(size * 8 / weights), "Rounded up. The fraction is the point of the exercise: do not round."),
    ]  # fmt: skip
    others = ((18, 32), (210, 256), (1_300_000, 2_000_000))
    return _idea(learner, "bits_per_weight", asked, others, lambda size, weights: size * 8 / weights, ideas)


def _stored(model: dict) -> int:
    """Numbers that one token leaves behind as keys alone."""
    return model["layers"] * model["kv_heads"] * model["head_dim"]


def _cache(model: dict, context: int, size: float = 2) -> float:
    return 2 * _stored(model) * context * size


def cache_idea(learner, *asked) -> str | None:
    """Which mistaken idea makes the learner's kv_cache_bytes wrong for this model and context."""
    others = ((ODD, 7, 3), (TOY, 1), (TOY, 4096))
    first = [
        (lambda m, c, b=2: 600, "This is the answer of the example, whatever the inputs are. Compute it from the model."),
        (lambda m, c, b=2: _cache(m, 1, b), "This is one token. Multiply by the context: each token of the conversation is kept."),
    ]  # fmt: skip
    return (
        _idea(learner, "kv_cache_bytes", asked, others, _cache, first)
        or ignores_context(learner)
        or _idea(learner, "kv_cache_bytes", asked, others, _cache, _CACHE_IDEAS)
        or ignored(learner)
    )


_CACHE_IDEAS: list[tuple[Formula, str]] = [
    (lambda m, c, b=2: _stored(m) * c * b, "Half as much: every head keeps two things of a token, a key and a value. Multiply by 2."),
    (lambda m, c, b=2: 2 * _stored(m) * c, "Half as much: these are numbers, not bytes. Multiply by bytes_per_element."),
    (lambda m, c, b=2: _stored(m) * c, "A quarter: a key and a value make 2, and each number has 2 bytes. Both factors are missing."),
    (lambda m, c, b=2: 2 * _stored(m) * c * 4, FOUR_BYTES),
    (lambda m, c, b=2: _cache(m, c, b) * 4, FOUR_BYTES),
    (lambda m, c, b=2: _cache(m, c, b) * m["heads"], "You multiplied by both kinds of heads. Only the key-value heads are stored: leave out model[\"heads\"]."),
    (lambda m, c, b=2: _cache(m, c, b) * (1 + m["heads"] / m["kv_heads"]), "You added both kinds of heads. Only the key-value heads are stored: leave out model[\"heads\"]."),
    (lambda m, c, b=2: _cache(m, c, b) * m["heads"] / m["kv_heads"], "You counted the heads that look back. Several of them share one key and one value: use model[\"kv_heads\"]."),
    (lambda m, c, b=2: _cache(m, c, b) * 2, "Twice as much: the 2 for key and value, or the bytes, went in twice."),
    (lambda m, c, b=2: _cache(m, c, b) / m["layers"], "That is a single layer. Every layer keeps its own keys and values: multiply by the layers."),
    (lambda m, c, b=2: _cache(m, c, b) / m["head_dim"], "One number per head. A key has model[\"head_dim\"] numbers."),
    (lambda m, c, b=2: _cache(m, c, b) / m["kv_heads"], "That is a single head. Multiply by model[\"kv_heads\"]."),
    (lambda m, c, b=2: _cache(m, c, b) / 8, "You divided by 8. bytes_per_element is in bytes already; no bits are left to convert."),
    (lambda m, c, b=2: _cache(m, c / 1000, b), NOT_IN_THOUSANDS),
    (lambda m, c, b=2: _cache(m, c / 1024, b), NOT_IN_THOUSANDS),
    (lambda m, c, b=2: _cache(m, c * 1000, b), NOT_IN_THOUSANDS),
    (lambda m, c, b=2: _cache(m, c * 1024, b), NOT_IN_THOUSANDS),
    (lambda m, c, b=2: _cache(m, c, b) / MiB, "This is in MiB. The task asks for bytes."),
    (lambda m, c, b=2: _cache(m, c, b) / GiB, "This is in GiB. The task asks for bytes."),
    (lambda m, c, b=2: _cache(m, c, b) / GB, "This is in GB. The task asks for bytes."),
]  # fmt: skip


def verdict(learner, model: dict, context: int, free_gib: float) -> bool:
    """What the learner's `fits` says; Wrong when that is not True or False."""
    got = call(learner, "fits", model, context, free_gib)
    if isinstance(got, bool):
        return got
    if got is None:
        raise Wrong("fits returns True or False.", None, "The function ends without return on this path. Return the comparison itself.")
    raise Wrong("fits returns True or False.", shown(got), "A text or a number is not a yes or no. Return the comparison itself: needed <= free.")


def blame_parts(learner) -> str | None:
    """A sentence when a function that `fits` builds on is itself not right yet."""
    for name, part in _parts(learner).items():
        try:
            right = part()
        except (LearnerError, NotWritten):
            right = False
        if not right:
            return f"fits adds up other functions, and {name} is not right yet. Put that one right first: check(\"{name}\")."
    return None


def _parts(learner) -> dict:
    model = {"layers": 3, "heads": 8, "kv_heads": 2, "head_dim": 4, "name": "small", "parameters": 10, "bits_per_weight": 8}
    return {
        "weights_bytes": lambda: _equal(learner.weights_bytes(1600, 4), 800),
        "kv_cache_bytes": lambda: _equal(learner.kv_cache_bytes(model, 5), 2 * 3 * 2 * 4 * 5 * 2),
    }


def _equal(got, expected: float) -> bool:
    return isinstance(got, (int, float)) and close(got, expected)


STRANGER = "This model is not in the list that came in. Use `models`, and the `context` and `free_gib` that are passed."


def choice_idea(got, models: list[dict], fitting: list[str], learner, in_all_orders: list = ()) -> str | None:
    """Why a choice among `models` is not the right one.

    fitting        names those that fit, in the order of the list.
    in_all_orders  the choices among the same models in other orders, if it was asked for them.
    """
    if isinstance(got, dict):
        return "That is the whole description of the model. Return its name: model[\"name\"]."
    if isinstance(got, (list, tuple)):
        return "That is several things. Return one name: that of the largest model among them."
    if isinstance(got, (int, float)) and not isinstance(got, bool):
        return "That is a number. Return the model's name, so that somebody can download it."
    size = {model["name"]: model["parameters"] for model in models}
    if got is None:
        mistake = "None means that nothing fits. Is there a return at the end, with the name?"
    elif got not in size:
        mistake = STRANGER
    elif got not in fitting:
        mistake = "That model does not fit. Ask fits first, then look for the largest."
    elif list(in_all_orders) and set(map(str, in_all_orders)) == {"roomy"} and prefers_bytes(learner):
        mistake = 'Did you compare bytes? The bigger file has fewer parameters, each in more bits: compare model["parameters"].'
    elif got == min(fitting, key=size.get) and (len(fitting) > 2 or set(map(str, in_all_orders)) == {got}):
        mistake = "That is the smallest one. Take the most parameters among those that fit."
    elif got == fitting[0]:
        mistake = "That is the first one that fits, in the order of the list. Compare all that fit by their parameters."
    elif got == fitting[-1]:
        mistake = "That is the last one that fits, in the order of the list. Compare all that fit by their parameters."
    else:
        mistake = "Compare all that fit by their parameters, and take the largest."
    return blame_parts(learner) or not_passed_on(learner) or mistake
