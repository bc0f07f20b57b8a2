"""From a wrong number to the idea behind it: what the checks of lesson 04 say about typical slips."""

from __future__ import annotations

from localmodels.checks.core import Wrong
from localmodels.checks.lesson_04_probes import call, not_passed_on
from localmodels.checks.plain import LearnerError, NotWritten, shown
from localmodels.memory import GB, GiB, KiB, MB, MiB


FOUR_BYTES = "4 bytes belong to the small runtime of the example. Use bytes_per_element."


def close(got: float, expected: float) -> bool:
    """Equal, but for rounding: a whole byte, or a hundredth where numbers are small."""
    return abs(got - expected) <= (0.01 if expected < 100 else 1)


def a_number(value, name: str):
    """The value if it is a number; otherwise Wrong, with the reason why it is none."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    if value is None:
        raise Wrong(f"{name} returns a number.", None, "The function ends without return, so Python returns None.")
    if isinstance(value, str):
        raise Wrong(f"{name} returns a number.", shown(value), "Text cannot be added up later. Return the number; format it when you print.")
    raise Wrong(f"{name} returns one number.", value)


def bytes_idea(got: float, parameters: int, bits: float) -> str | None:
    """Which mistaken idea turns `parameters` weights of `bits` bits into `got` bytes."""
    right = parameters * bits / 8
    ideas = [
        (parameters * (bits // 8), "bits // 8 cuts off everything below a whole byte. Multiply first, then divide with /."),
        (right * 8, "These are bits. A byte is 8 bits, so divide by 8."),
        (right * 64, "You multiplied by 8. There are fewer bytes than bits: divide by 8."),
        (parameters, "One byte for each weight: that is what \"b in 8b means bytes\" leads to. Multiply by the bits, divide by 8."),
        (right / GB, "This is in GB. The task asks for bytes: divide by GB only when you print."),
        (right / MB, "This is in MB. The task asks for bytes."),
        (right / GiB, "This is in GiB. The task asks for bytes."),
        (right * GB, "You multiplied by 10**9. parameters is already the whole number of weights, not billions."),
        (parameters * int(bits) / 8, "The fraction of a bit was cut off. Bits per weight need not be whole: leave out int() and //."),
        (parameters * (int(bits) + 1) / 8, "The bits were rounded up. Bits per weight need not be whole: do not round."),
        (parameters / 8, "You divided by 8 but did not use bits_per_weight."),
        (round(right), "Rounded to whole bytes. A computed size may have a fraction: divide with /, without round(), int() or //."),
        (2_000_000, "This is the answer of the example, whatever the inputs are. Compute it from the parameters."),
    ]
    return _idea(got, right, ideas)


def density_idea(got: float, size: int, weights: int) -> str | None:
    """Which mistaken idea gives `got` bits per weight for a block of `size` bytes."""
    right = size * 8 / weights
    ideas = [
        (size / weights, "These are bytes per weight. One byte has 8 bits: multiply by 8."),
        (size / 8 / weights, "You divided by 8. From bytes to bits the number grows: multiply by 8."),
        (weights / size, "Upside down: these are weights per byte."),
        (weights * 8 / size, "Upside down: divide the bits by the weights, not the weights by the bytes."),
        (weights / (size * 8), "Upside down: these are weights per bit."),
        (size * 8, "These are the bits of the whole block. Divide by the number of weights that share them."),
        (4.5, "This is the answer of the example, whatever the inputs are. Compute it from the parameters."),
        (int(right), "\"4-bit\" names the codes alone. The scale takes room too; do not round it away with int() or //."),
        (round(right, 2), "Rounded to two digits. The task says: do not round."),
        (round(right, 1), "Rounded to one digit. The task says: do not round."),
        (int(right) + 1, "Rounded up. The fraction is the point of the exercise: do not round."),
    ]
    return _idea(got, right, ideas)


def cache_idea(got: float, got_with_4_bytes: float, model: dict, context: int) -> str | None:
    """Which factor of the KV cache is missing or mistaken. `got_with_4_bytes` is the same call with 4 bytes per number."""
    per_token = 4 * model["layers"] * model["kv_heads"] * model["head_dim"]
    right = per_token * context
    sharing = model["heads"] / model["kv_heads"]
    if got == got_with_4_bytes == 600:
        return "This is the answer of the example, whatever the inputs are. Compute it from the model."
    if close(got, right / 2) and isinstance(got_with_4_bytes, (int, float)):
        if close(got_with_4_bytes, right):
            return "Half as much: every head keeps two things of a token, a key and a value. Multiply by 2."
        return "Half as much: these are numbers, not bytes. Multiply by bytes_per_element."
    if got == got_with_4_bytes and close(got, right * 2):
        return FOUR_BYTES
    ideas = [
        (right * model["heads"], "You multiplied by both kinds of heads. Only the key-value heads are stored: leave out model[\"heads\"]."),
        (right * 4, FOUR_BYTES),
        (right * sharing, "You counted the heads that look back. Several of them share one key and one value: use model[\"kv_heads\"]."),
        (right / 4, "A quarter: a key and a value make 2, and each number has 2 bytes. Both factors are missing."),
        (right * 2, "Twice as much: the 2 for key and value, or the bytes, went in twice."),
        (right / model["layers"], "That is a single layer. Every layer keeps its own keys and values: multiply by the layers."),
        (right / model["head_dim"], "One number per head. A key has model[\"head_dim\"] numbers."),
        (right / model["kv_heads"], "That is a single head. Multiply by model[\"kv_heads\"]."),
        (right / 8, "You divided by 8. bytes_per_element is in bytes already; no bits are left to convert."),
        (right / context * 1000, "You took 1,000 tokens for the context."),
        (right / 1000, "The context is counted in tokens, not in thousands. 4096 means 4,096 tokens."),
        (right / 1024, "The context is counted in tokens, not in thousands. 4096 means 4,096 tokens."),
        (right * 1000, "The context is counted in tokens, not in thousands. 4096 means 4,096 tokens."),
        (right * 1024, "The context is counted in tokens, not in thousands. 4096 means 4,096 tokens."),
        (per_token, "This is one token. Multiply by the context: each token of the conversation is kept."),
        (right / MiB, "This is in MiB. The task asks for bytes."),
        (right / GiB, "This is in GiB. The task asks for bytes."),
    ]
    return _idea(got, right, ideas)


def _idea(got: float, right: float, ideas: list[tuple[float, str]]) -> str | None:
    """The idea whose number is nearest to what came, if one is near."""
    for typical, idea in ideas:
        if typical != right and abs(got - typical) <= max(1e-6, abs(typical) * (0.001 if abs(typical - right) > 0.01 * abs(right) else 1e-9)):
            return idea
    return None


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


def choice_idea(got, models: list[dict], fitting: list[str], learner) -> str | None:
    """Why a choice among `models` is not the right one; `fitting` names those that fit, in the order of the list."""
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
        mistake = None
    elif got not in fitting:
        mistake = "That model does not fit. Ask fits first, then look for the largest."
    elif got == min(fitting, key=size.get):
        mistake = "That is the smallest one. Take the most parameters among those that fit."
    elif got == fitting[0]:
        mistake = "That is the first one that fits, in the order of the list. Compare all that fit by their parameters."
    elif got == fitting[-1]:
        mistake = "That is the last one that fits, in the order of the list. Compare all that fit by their parameters."
    else:
        mistake = "Compare all that fit by their parameters, and take the largest."
    return blame_parts(learner) or not_passed_on(learner) or mistake
