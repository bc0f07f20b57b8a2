"""Trying a function of lesson 04 with telling inputs, to find the idea behind a wrong answer."""

from __future__ import annotations

import re

from localmodels.checks.core import RUNS, Wrong
from localmodels.checks.lesson_04_models import ALL_HEADS, BIG, EIGHT, FOUR, HUGE, ODD, TOY
from localmodels.checks.plain import LearnerError, NotWritten
from localmodels.checks.slips import quoted_name

SIZE_OF_A_FILE = "The size of a file is known only after publishing. Compute it with weights_bytes."
ALWAYS_FALSE = "Always False: bytes on one side, GiB on the other? Turn free_gib, and nothing else, into bytes: free_gib * GiB."
ALWAYS_TRUE = "Always True: GiB on one side, bytes on the other? Bring both to bytes: needed <= free_gib * GiB."
TOO_MUCH = "The sum comes out too large: weights, KV cache and OVERHEAD_BYTES go in once each, in bytes. Free are free_gib * GiB."
FIXED_MEMORY = "The same answer for every `free_gib`: a number stands in its place. Use the parameter."
ANOTHER_MODEL = "you used another model's numbers (`shape` or `eight_b`)."
SAME_FOR_ALL = f'Same result for every model: {ANOTHER_MODEL} Use model["layers"], model["kv_heads"] and model["head_dim"].'
WHOLE_CARD = 'weights_bytes wants a number of parameters, model["parameters"], not the whole card.'
ONE_NUMBER = 'model is the whole card. Take one number out of it, such as model["layers"].'
SWAPPED = "Swapped: first the model, then the context."
CALLS = {
    "kv_cache_bytes": "kv_cache_bytes(model, context)",
    "weights_bytes": 'weights_bytes(model["parameters"], model["bits_per_weight"])',
}
FIRST_MODEL = 'At the first model, best is still None: test `best is None or model["parameters"] > best["parameters"]`.'


def call(learner, name: str, *args):
    """The result of the learner's function; Wrong with an idea where a card was read in a way it cannot be."""
    try:
        return getattr(learner, name)(*args)
    except LearnerError as error:
        idea = card_slip(error)
        if idea is None:
            raise
        raise Wrong(RUNS, error.sentence, idea) from error


def card_slip(error: LearnerError) -> str | None:
    """Why code that reads a model's card stopped, if it is one of the usual slips."""
    key = quoted_name(error)
    if error.name == "KeyError" and key == "head_size":
        return 'The card calls it head_dim; the example called the same number head_size. Use model["head_dim"].'
    if error.name == "KeyError" and key:
        return f'A card has no "{key}". It has: {", ".join(TOY)}.'
    if error.name == "AttributeError" and "'dict' object" in error.message:
        key = error.message.rpartition("attribute ")[2].strip("'")
        return f'A card is a dictionary: a value is reached with brackets, model["{key}"], not with a dot.'
    if error.name == "NameError" and key in TOY:
        return f'{key} stands in the card: model["{key}"].'
    return _type_slip(error) if error.name == "TypeError" else None


def _type_slip(error: LearnerError) -> str | None:
    """Something of another kind than a number came into the sum."""
    if "'function'" in error.message:
        return _no_brackets(error)
    if "'dict'" in error.message and re.search(r"[*/]: ", error.message):
        return ONE_NUMBER if "layers" in error.line or "context" in error.line else WHOLE_CARD
    return SWAPPED if re.search(r"'(int|float)' object is not subscriptable", error.message) else None


def _no_brackets(error: LearnerError) -> str:
    """A function stands where its result should: the line tells which, or else the sum or product it stands in."""
    named = [name for name in CALLS if re.search(rf"\b{name}\b(?! *\()", error.line)]
    if named or "bits_per_weight" not in error.line and "+" in error.message:
        name = named[0] if named else "kv_cache_bytes"
        return f"{name} is a function: call it, {CALLS[name]}."
    return 'Without quotes, bits_per_weight is the function you wrote. The number of this model is model["bits_per_weight"].'


def tried(learner, name: str, *args):
    """The result, or None where the code stops."""
    try:
        return getattr(learner, name)(*args)
    except (LearnerError, NotWritten):
        return None


# --- kv_cache_bytes ----------------------------------------------------------------------


def ignored(learner) -> str | None:
    """Which part of the card makes no difference to kv_cache_bytes, in a sentence."""
    plain = tried(learner, "kv_cache_bytes", TOY, 10)
    if plain is None:
        return None
    parts = ("layers", "kv_heads", "head_dim")
    if tried(learner, "kv_cache_bytes", ODD, 10) == plain:
        return SAME_FOR_ALL
    for part in parts:
        if tried(learner, "kv_cache_bytes", {**TOY, part: 13}, 10) == plain:
            return f'The result is the same for any number of {part}: {ANOTHER_MODEL} Use model["{part}"].'
    return None


def ignores_context(learner) -> str | None:
    """A sentence when kv_cache_bytes gives the same for a short and a long conversation."""
    one, many = (tried(learner, "kv_cache_bytes", TOY, context) for context in (1, 4096))
    return "Same result for 1 and 4,096 tokens: `context` is not used." if one is not None and one == many else None


# --- fits --------------------------------------------------------------------------------


def why_not(learner, said: bool, left_out: str) -> str:
    """The idea behind a wrong verdict; `left_out` is for a sum in which something is missing."""
    return _unused(learner) or (left_out if said else TOO_MUCH)


def _unused(learner) -> str | None:
    def says(free_gib, **changes):
        return tried(learner, "fits", {**FOUR, **changes}, 4096, free_gib)

    if says(64, file_bytes=1) != says(64, file_bytes=10**15):
        return SIZE_OF_A_FILE
    if all(says(0.001, **changes) == says(4000, **changes) for changes in ({}, HUGE)):
        found = {says(64, **changes) for changes in ({}, HUGE)}
        return FIXED_MEMORY if len(found) > 1 else ALWAYS_TRUE if found == {True} else ALWAYS_FALSE
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
        return tried(learner, "largest_model_that_fits", models, context, free_gib)

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


def prefers_bytes(learner) -> bool:
    """Whether of two models with different bits the one with more bytes is chosen, and of two with the same bits the larger."""
    few_bytes, many_bytes = {**FOUR, "name": "few bytes"}, {**FOUR, "name": "many bytes", "parameters": 7_000_000_000, "bits_per_weight": 8}
    return all(
        tried(learner, "largest_model_that_fits", order, 4096, 100) == wanted
        for pair, wanted in (([few_bytes, many_bytes], "many bytes"), ([FOUR, EIGHT], "eight"))
        for order in (pair, pair[::-1])
    )


def where_it_stops(error: LearnerError, some_fit: bool) -> str | None:
    """Why largest_model_that_fits stops, in a list in which some models fit or none does."""
    if error.name == "TypeError" and "NoneType" in error.message and some_fit:
        return FIRST_MODEL
    if error.name == "TypeError" and re.search(r"'(int|float)' object is not subscriptable", error.message):
        return 'A number has no keys. Is best the whole model (`best = model`)? Does fits get the model first?'
    if some_fit:
        return card_slip(error)
    if error.name in ("ValueError", "IndexError"):
        return "The largest of an empty list is an error. When no model fits, return None before you look for it."
    if error.name == "TypeError" and "NoneType" in error.message:
        return 'Nothing fits, so there is no best model yet: it is None, and None has no ["name"]. Return None before you ask for it.'
    if error.name == "UnboundLocalError":
        return "Nothing fits, so the line that gives this variable a value never ran. Start with best = None above the loop."
    return card_slip(error)
