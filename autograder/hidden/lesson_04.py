"""Hidden checks of lesson 04: the same promises with other numbers."""

from __future__ import annotations

from autograder.hidden import guards
from localmodels.checks.core import Wrong
from localmodels.checks.lesson_04 import (
    bits_per_weight,
    fits,
    kv_cache_bytes,
    largest_model_that_fits,
    weights_bytes,
)
from localmodels.checks.lesson_04_models import exact_fit, model, needed_bytes
from localmodels.memory import GB, GiB, OVERHEAD_BYTES

LLAMA = model("hidden eight", 8_030_261_312, 4.9, 32, 32, 8)
SMALL = model("hidden small", 494_032_768, 6.44, 24, 14, 2)
MANY_HEADS = model("hidden many heads", 6_738_546_688, 4.54, 32, 32, 32)
TINY = model("hidden tiny", 134_515_008, 16.1, 30, 9, 3)


def _near(got, expected: float, tolerance: float = 1e-4) -> None:
    if isinstance(got, bool) or not isinstance(got, (int, float)) or abs(got - expected) > max(1, expected * tolerance):
        raise Wrong(f"About {expected:,.0f}.", got)


def _is(got, expected) -> None:
    if got is not expected and got != expected or type(got) is not type(expected):
        raise Wrong(f"{expected!r}.", got)


@guards(weights_bytes, "counts_bytes")
def other_models(learner, ollama):
    """other models and other bits"""
    for parameters, bits in ((8_030_261_312, 16), (134_515_008, 32), (3_212_749_888, 8), (7, 8)):
        _near(learner.weights_bytes(parameters, bits), parameters * bits / 8)


@guards(weights_bytes, "keeps_fractions_of_a_bit")
def other_fractions(learner, ollama):
    """other fractions of a bit"""
    for parameters, bits in ((7_615_616_512, 4.92), (1_235_814_432, 8.5), (494_032_768, 2.625), (1_000_000, 1.5625)):
        _near(learner.weights_bytes(parameters, bits), parameters * bits / 8)
    for parameters, bits in ((1_003, 4.5), (77, 2.625)):
        got = learner.weights_bytes(parameters, bits)
        if isinstance(got, bool) or not isinstance(got, (int, float)) or not abs(got - parameters * bits / 8) < 0.001:
            raise Wrong(f"{parameters * bits / 8}.", got)


@guards(bits_per_weight, "weighs_a_block")
def other_blocks(learner, ollama):
    """other block formats"""
    for size, weights in ((34, 32), (210, 256), (84, 256), (20, 32), (2, 1)):
        got = learner.bits_per_weight(size, weights)
        if not isinstance(got, (int, float)) or not abs(got - size * 8 / weights) < 0.0001:
            raise Wrong(f"{size * 8 / weights}.", got)


@guards(bits_per_weight, "weighs_a_whole_file")
def other_files(learner, ollama):
    """other files"""
    for size, weights in ((1_321_098_329, 1_235_814_432), (42_520_413_916, 70_553_706_560), (397_821_319, 494_032_768)):
        got = learner.bits_per_weight(size, weights)
        if not isinstance(got, (int, float)) or not abs(got - size * 8 / weights) < 0.0001:
            raise Wrong(f"{size * 8 / weights:.4f}.", got)


@guards(kv_cache_bytes, "counts_one_token")
def one_token_of_other_models(learner, ollama):
    """one token of other models"""
    for one in (LLAMA, SMALL, MANY_HEADS, TINY):
        _near(learner.kv_cache_bytes(one, 1), needed_bytes({**one, "parameters": 0}, 1) - OVERHEAD_BYTES, 1e-9)


@guards(kv_cache_bytes, "grows_with_the_context")
def other_contexts(learner, ollama):
    """other models and contexts, none at all included"""
    for one in (LLAMA, SMALL, TINY):
        for context in (0, 7, 2048, 131_072):
            expected = needed_bytes({**one, "parameters": 0}, context) - OVERHEAD_BYTES
            _near(learner.kv_cache_bytes(one, context), expected, 1e-9)


@guards(kv_cache_bytes, "uses_the_bytes_per_element")
def other_element_sizes(learner, ollama):
    """other sizes of a cached number"""
    for one in (LLAMA, TINY):
        for size in (1, 4, 0.5625):
            expected = (needed_bytes({**one, "parameters": 0}, 512) - OVERHEAD_BYTES) / 2 * size
            _near(learner.kv_cache_bytes(one, 512, size), expected, 1e-9)


@guards(fits, "says_yes_and_no")
def other_machines(learner, ollama):
    """other models on other machines"""
    for one in (LLAMA, SMALL, MANY_HEADS, TINY):
        _is(learner.fits(one, 2048, needed_bytes(one, 2048) / GiB + 0.1), True)
        _is(learner.fits(one, 2048, needed_bytes(one, 2048) / GiB - 0.1), False)


@guards(fits, "counts_the_context")
def other_conversations(learner, ollama):
    """other lengths of conversation"""
    for one in (LLAMA, MANY_HEADS):
        for context in (8192, 32_768, 131_072):
            _is(learner.fits(one, context, needed_bytes(one, context) / GiB * 0.99), False)
            _is(learner.fits(one, context, needed_bytes(one, context) / GiB * 1.01), True)


@guards(fits, "leaves_room_for_the_overhead")
def overhead_of_a_small_model(learner, ollama):
    """the overhead of a small model"""
    for one in (SMALL, TINY):
        without = needed_bytes(one, 1024) - OVERHEAD_BYTES
        for part in (0.01, 0.9):
            _is(learner.fits(one, 1024, (without + part * OVERHEAD_BYTES) / GiB), False)


@guards(fits, "reads_free_memory_as_gib")
def gib_on_other_machines(learner, ollama):
    """GiB on other machines"""
    for one in (LLAMA, MANY_HEADS, SMALL):
        _is(learner.fits(one, 4096, needed_bytes(one, 4096) / GB * 0.96), True)
        _is(learner.fits(one, 4096, needed_bytes(one, 4096) / GiB * 0.995), False)


@guards(fits, "allows_an_exact_fit")
def exact_and_not_a_hair_more(learner, ollama):
    """an exact fit fits, and a little less memory does not"""
    for gib in (3, 6, 16):
        _is(learner.fits(exact_fit(gib), 4096, gib * (1 + 1e-9)), True)
        _is(learner.fits(exact_fit(gib), 4096, gib * (1 - 1e-6)), False)


MODELS = [SMALL, MANY_HEADS, TINY, LLAMA]


@guards(largest_model_that_fits, "picks_the_largest_that_fits")
def other_lists(learner, ollama):
    """other models, machines and orders"""
    for free_gib, name in ((6, "hidden eight"), (2, "hidden small"), (5, "hidden small"), (0.9, "hidden tiny"), (64, "hidden eight")):
        for order in (MODELS, MODELS[::-1], [LLAMA, TINY, MANY_HEADS, SMALL]):
            _is(learner.largest_model_that_fits(order, 4096, free_gib), name)


@guards(largest_model_that_fits, "says_none_when_nothing_fits")
def nothing_to_choose_from(learner, ollama):
    """no model at all, and no memory at all"""
    _is(learner.largest_model_that_fits([], 4096, 64), None)
    _is(learner.largest_model_that_fits(MODELS, 4096, 0), None)


@guards(largest_model_that_fits, "a_longer_context_changes_the_answer")
def other_long_conversations(learner, ollama):
    """other long conversations"""
    for context, name in ((4096, "hidden eight"), (65_536, "hidden small"), (1_000_000, None)):
        _is(learner.largest_model_that_fits(MODELS, context, 8), name)


@guards(largest_model_that_fits, "largest_means_most_parameters")
def most_parameters_again(learner, ollama):
    """parameters decide, not bytes, cache or bits"""
    wide = model("hidden wide", 2_000_000_000, 32, 64, 64, 64)
    for order in ([wide, LLAMA, SMALL], [SMALL, LLAMA, wide]):
        _is(learner.largest_model_that_fits(order, 4096, 24), "hidden eight")
