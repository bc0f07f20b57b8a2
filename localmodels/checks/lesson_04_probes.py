"""Trying a function of lesson 04 with telling inputs, to find the idea behind a wrong answer."""

from __future__ import annotations

import re

from localmodels.checks.core import Wrong
from localmodels.checks.lesson_04_models import ALL_HEADS, BIG, EIGHT, FOUR, HUGE, TOY
from localmodels.checks.plain import LearnerError, NotWritten

SIZE_OF_A_FILE = "The size of a file is known only after publishing. Compute it with weights_bytes."
ALWAYS_FALSE = "Always False: bytes on one side, GiB on the other? Turn free_gib into bytes: free_gib * GiB."
ALWAYS_TRUE = "Always True: GiB on one side, bytes on the other? Bring both to bytes: needed <= free_gib * GiB."
TOO_MUCH = "The sum comes out too large: weights, KV cache and OVERHEAD_BYTES go in once each, in bytes. Free are free_gib * GiB."
SAME_FOR_ALL = (
    'Same result for every model: you used `shape` of the example. Use model["layers"], model["kv_heads"] and model["head_dim"].'
)


def call(learner, name: str, *args):
    """The result of the learner's function; Wrong with an idea where a card was read in a way it cannot be."""
    try:
        return getattr(learner, name)(*args)
    except LearnerError as error:
        idea = card_slip(error)
        if idea is None:
            raise
        raise Wrong("Your code runs to its end.", error.sentence, idea) from error


def card_slip(error: LearnerError) -> str | None:
    """Why code that reads a model's card stopped, if it is one of the usual slips."""
    quoted = re.search(r"'(\w+)'", error.message)
    key = quoted[1] if quoted else ""
    if error.name == "KeyError" and key == "head_size":
        return 'The card calls it head_dim; the example called the same number head_size. Use model["head_dim"].'
    if error.name == "KeyError" and key:
        return f'A card has no "{key}". It has: {", ".join(TOY)}.'
    if error.name == "AttributeError" and "'dict' object" in error.message:
        key = error.message.rpartition("attribute ")[2].strip("'")
        return f'A card is a dictionary: a value is reached with brackets, model["{key}"], not with a dot.'
    if error.name == "NameError" and key in TOY:
        return f'{key} stands in the card: model["{key}"].'
    if error.name == "TypeError" and "'function'" in error.message:
        return 'Without quotes, bits_per_weight is the function you wrote. The number of this model is model["bits_per_weight"].'
    return None


def _tried(learner, name: str, *args):
    """The result, or None where the code stops."""
    try:
        return getattr(learner, name)(*args)
    except (LearnerError, NotWritten):
        return None


# --- kv_cache_bytes ----------------------------------------------------------------------


def ignored(learner) -> str | None:
    """Which part of the card makes no difference to kv_cache_bytes, in a sentence."""
    plain = _tried(learner, "kv_cache_bytes", TOY, 10)
    if plain is None:
        return None
    parts = ("layers", "kv_heads", "head_dim")
    if _tried(learner, "kv_cache_bytes", {**TOY, "layers": 7, "heads": 22, "kv_heads": 11, "head_dim": 26}, 10) == plain:
        return SAME_FOR_ALL
    for part in parts:
        if _tried(learner, "kv_cache_bytes", {**TOY, part: 13}, 10) == plain:
            return f'The result is the same for any number of {part}. Is it from `shape`, the example? Use model["{part}"].'
    return None


# --- fits --------------------------------------------------------------------------------


def why_not(learner, said: bool, left_out: str) -> str:
    """The idea behind a wrong verdict; `left_out` is for a sum in which something is missing."""
    return _unused(learner) or (left_out if said else TOO_MUCH)


def _unused(learner) -> str | None:
    def says(free_gib, **changes):
        return _tried(learner, "fits", {**FOUR, **changes}, 4096, free_gib)

    if says(64, file_bytes=1) != says(64, file_bytes=10**15):
        return SIZE_OF_A_FILE
    if not says(64) and not says(1):
        return ALWAYS_FALSE
    if says(64) and says(0.001):
        return ALWAYS_TRUE
    if says(1) and not says(64):
        return "Is the comparison the right way round? What is needed must not exceed what is free."
    memories = (0.6, 1, 3, 6, 10, 20, 40, 100, 300)
    if all(says(free, parameters=1000) == says(free, parameters=800_000_000_000) for free in memories):
        return 'Same answer for every model. Start with its weights: weights_bytes(model["parameters"], model["bits_per_weight"]).'
    if all(says(free, bits_per_weight=1) == says(free, bits_per_weight=64) for free in memories):
        return 'Take the bits from the card: model["bits_per_weight"].'
    return None


# --- largest_model_that_fits -----------------------------------------------------------------


def not_passed_on(learner) -> str | None:
    """Which of free_gib, context and the parameters largest_model_that_fits leaves out, in a sentence."""

    def chosen(models, context, free_gib):
        return _tried(learner, "largest_model_that_fits", models, context, free_gib)

    fixed_memory = "The answer does not change with free_gib. Pass it on: fits(model, context, free_gib), without a fixed number."
    fixed_context = "Pass the context that was asked for on to fits. A fixed number gives the answer of another conversation."
    if chosen([HUGE], 1, 4000) is None and chosen([TOY], 1, 4000) == "toy":
        return fixed_memory
    if chosen([BIG], 1, 1) == "big":
        return fixed_memory if chosen([{**BIG, "parameters": 10**14}], 1, 1) is None else None
    short, long = chosen([ALL_HEADS], 1, 8), chosen([ALL_HEADS], 65_536, 8)
    if short == long == "all heads" or (chosen([ALL_HEADS], 65_536, 45) is None and chosen([ALL_HEADS], 1, 4000)):
        return fixed_context
    first, second = {**FOUR, "file_bytes": 1}, {**EIGHT, "file_bytes": 2}
    if chosen([first, second], 1, 64) != chosen([{**first, "file_bytes": 3}, second], 1, 64):
        return f'The size on the disk does not decide: compare model["parameters"]. {SIZE_OF_A_FILE}'
    return None


def where_it_stops(error: LearnerError) -> str | None:
    """Why largest_model_that_fits stops when nothing fits."""
    if error.name in ("ValueError", "IndexError"):
        return "The largest of an empty list is an error. When no model fits, return None before you look for it."
    if error.name == "TypeError" and "NoneType" in error.message:
        return 'Nothing fits, so there is no best model yet: it is None, and None has no ["name"]. Return None before you ask for it.'
    if error.name == "UnboundLocalError":
        return "Nothing fits, so the line that gives this variable a value never ran. Start with best = None above the loop."
    return card_slip(error)


