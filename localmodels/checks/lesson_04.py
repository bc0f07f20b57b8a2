"""The exercises of lesson 04: how large is a model, what does a conversation add, and does it fit?"""

from __future__ import annotations

from localmodels.checks.core import Exercise, Wrong
from localmodels.checks.lesson_04_ideas import (
    FOUR_BYTES,
    STRANGER,
    a_number,
    blame_parts,
    bytes_idea,
    cache_idea,
    choice_idea,
    close,
    density_idea,
    verdict,
)
from localmodels.checks.lesson_04_models import (
    ALL_HEADS,
    BIG,
    EIGHT,
    FOUR,
    HUGE,
    ROOMY,
    TOY,
    exact_fit,
    needed_bytes,
)
from localmodels.checks.lesson_04_probes import TOO_MUCH, call, not_passed_on, where_it_stops, why_not
from localmodels.checks.plain import LearnerError, shown
from localmodels.memory import GB, GiB, OVERHEAD_BYTES

# --- weights_bytes -------------------------------------------------------------------

weights_bytes = Exercise("weights_bytes", lesson="04", signature="weights_bytes(parameters, bits_per_weight)", hints=[
    "The first line already counts all the bits of the model. In which unit should the answer be, and how many bits is one of those?",
    "One byte is eight bits. So one step is missing: turn the number of bits into a number of bytes, and return it.",
    "Copy this line and replace the dots by a number:\n    return bits / ...\nKeep the fractions: / and not //.",
])


@weights_bytes.check(points=2)
def counts_bytes(learner, ollama):
    """gives bytes: a million weights of 16 bits are 2,000,000 bytes"""
    for parameters, bits, right in ((1_000_000, 16, 2_000_000), (3_000_000, 32, 12_000_000)):
        got = a_number(learner.weights_bytes(parameters, bits), "weights_bytes")
        if not close(got, right):
            expected = f"weights_bytes({parameters:_}, {bits}) is {right:,}."
            raise Wrong(expected, got, bytes_idea(learner, parameters, bits), see="byte")


@weights_bytes.check(points=1)
def keeps_fractions_of_a_bit(learner, ollama):
    """keeps fractions: 1,001 weights of 4.5 bits are 563.0625 bytes"""
    got = a_number(learner.weights_bytes(1_001, 4.5), "weights_bytes")
    if not abs(got - 563.0625) < 0.001:
        raise Wrong("weights_bytes(1_001, 4.5) is 563.0625.", got, bytes_idea(learner, 1_001, 4.5), see="bits-per-weight")


# --- bits_per_weight -----------------------------------------------------------------

bits_per_weight = Exercise("bits_per_weight", lesson="04", signature="bits_per_weight(block_bytes, block_weights)", hints=[
    "Two steps: how many bits are there in the block, and how many weights share them?",
    "Turn bytes into bits, the opposite of what weights_bytes does at its end. Then divide by the number of weights.",
    "Copy these lines and replace the dots:\n    bits = block_bytes * ...\n    return bits / ...\nDo not round the result.",
])


@bits_per_weight.check(points=2)
def weighs_a_block(learner, ollama):
    """a block of 18 bytes for 32 weights has 4.5 bits per weight"""
    for size, weights, right in ((18, 32, 4.5), (34, 32, 8.5), (210, 256, 6.5625)):
        got = a_number(learner.bits_per_weight(size, weights), "bits_per_weight")
        if not abs(got - right) < 0.0001:
            raise Wrong(f"bits_per_weight({size}, {weights}) is {right}.", got, density_idea(learner, size, weights), see="bits-per-weight")


@bits_per_weight.check(points=1)
def weighs_a_whole_file(learner, ollama):
    """works for a whole file: 1,300,000 bytes for 2,000,000 weights are 5.2 bits each"""
    got = a_number(learner.bits_per_weight(1_300_000, 2_000_000), "bits_per_weight")
    if not close(got, 5.2):
        idea = density_idea(learner, 1_300_000, 2_000_000)
        raise Wrong("bits_per_weight(1_300_000, 2_000_000) is 5.2.", got, idea, see="bits-per-weight")


# --- kv_cache_bytes ------------------------------------------------------------------

kv_cache_bytes = Exercise("kv_cache_bytes", lesson="04", signature="kv_cache_bytes(model, context, bytes_per_element=2)", hints=[
    "Start with one token, as in the worked example. How many numbers does the model keep of it, over all layers?",
    "Multiply: 2 (a key and a value), layers, key-value heads, numbers per head, tokens. That counts numbers; the last factor "
    "turns numbers into bytes.",
    'Copy these lines and replace the dots:\n    numbers = 2 * model["layers"] * model["..."] * model["..."] * context\n'
    "    return numbers * ...\nOf the two kinds of heads, take the one that is stored.",
])


@kv_cache_bytes.check(points=2)
def counts_one_token(learner, ollama):
    """counts a key and a value per layer and key-value head: 600 bytes for one token"""
    for model, right in ((TOY, 600), ({**TOY, "layers": 6}, 720)):
        got = a_number(call(learner, "kv_cache_bytes", model, 1), "kv_cache_bytes")
        if not close(got, right):
            asked = f"a model of {model['layers']} layers, 3 key-value heads of 10 numbers (and {model['heads']} heads that look back)"
            raise Wrong(f"One token in {asked} takes {right} bytes.", got, cache_idea(learner, model, 1), see="kv-cache")


@kv_cache_bytes.check(points=2)
def grows_with_the_context(learner, ollama):
    """grows with the context: 4,096 tokens take 4,096 times as much as one"""
    got = a_number(call(learner, "kv_cache_bytes", TOY, 4096), "kv_cache_bytes")
    if not close(got, 600 * 4096):
        raise Wrong("4,096 tokens of the same model take 2,457,600 bytes.", got, cache_idea(learner, TOY, 4096), see="context-length")


@kv_cache_bytes.check(points=1)
def uses_the_bytes_per_element(learner, ollama):
    """uses bytes_per_element, so that a cache kept in fewer bits comes out smaller"""
    got = a_number(call(learner, "kv_cache_bytes", TOY, 100, 1.0625), "kv_cache_bytes")
    if not close(got, 31_875):
        with_two = learner.kv_cache_bytes(TOY, 100)
        idea = "Multiply by bytes_per_element as it is: it may be a fraction."
        if got == with_two and close(got, 120_000):
            idea = FOUR_BYTES
        elif got == with_two and close(got, 60_000):
            idea = "This is the same as with 2 bytes: the 2 is written into your formula. Use the parameter bytes_per_element."
        elif got == with_two:
            idea = "bytes_per_element is not used in your formula yet."
        elif not close(with_two, 60_000):
            idea = "The sum is not right yet with 2 bytes either: see the checks above."
        raise Wrong("With 1.0625 bytes for each number, 100 tokens take 31,875 bytes.", got, idea, see="kv-cache")


# --- fits ----------------------------------------------------------------------------

fits = Exercise("fits", lesson="04", signature="fits(model, context, free_gib)", hints=[
    "Three things have to find room at the same time. You have a function for two of them, and a constant for the third.",
    "Compute weights, cache and overhead in bytes and add them. Turn free_gib into bytes as well (a GiB has 2**30). "
    "Then compare: needed on one side, free on the other.",
    'Copy these lines and replace the dots:\n    weights = weights_bytes(model["parameters"], model["bits_per_weight"])\n'
    "    needed = weights + ... + OVERHEAD_BYTES\n    free = free_gib * ...\n    return needed ... free\n"
    "The comparison is already True or False. Equal counts as fitting.",
])


@fits.check(points=1)
def says_yes_and_no(learner, ollama):
    """says True with plenty of room and False with far too little"""
    for free_gib, expected in ((64, True), (1, False)):
        got = verdict(learner, FOUR, 4096, free_gib)
        if got is not expected:
            missing = "Something is left out of the sum: weights, KV cache and overhead all need room."
            idea = blame_parts(learner) or why_not(learner, got, missing)
            asked = f"A model with a file of 4 GB and {free_gib} GiB free: {expected}."
            raise Wrong(asked, got, idea, see="estimate")


@fits.check(points=2)
def counts_the_context(learner, ollama):
    """counts the context: weights that fit may still leave no room for a long conversation"""
    needed = needed_bytes(FOUR, 65_536) / GiB
    for free_gib, expected in ((7, False), (20, True)):
        if verdict(learner, FOUR, 65_536, free_gib) is not expected:
            missing = "You compared the weights alone, or with a fixed context. The conversation needs memory too: add the KV cache for `context`."
            idea = blame_parts(learner) or why_not(learner, not expected, missing)
            asked = f"With 65,536 tokens this model needs {needed:.1f} GiB; {free_gib} GiB are free: {expected}."
            raise Wrong(asked, str(not expected), idea, see="kv-cache")


@fits.check(points=1)
def leaves_room_for_the_overhead(learner, ollama):
    """leaves room for the overhead"""
    for free_gib, expected in ((0.25, False), (1, True)):
        if verdict(learner, TOY, 1, free_gib) is not expected:  # so small that only the overhead counts
            missing = "Weights and cache fit, but nothing is left for the runtime's own work. Add OVERHEAD_BYTES."
            idea = blame_parts(learner) or why_not(learner, not expected, missing)
            asked = f"A model of 2,000 bytes still needs the overhead, {OVERHEAD_BYTES / GiB:.2f} GiB. {free_gib} GiB are free: {expected}."
            raise Wrong(asked, str(not expected), idea, see="overhead")


@fits.check(points=1)
def reads_free_memory_as_gib(learner, ollama):
    """reads the free memory as GiB, which are 7 % more than GB"""
    needed = needed_bytes(HUGE, 1)  # so large that only the weights count
    for free_gib, expected in ((needed / GB * 0.97, True), (needed / GB * 0.9, False)):
        if verdict(learner, HUGE, 1, free_gib) is not expected:
            units = "Did you turn GiB into bytes with 10**9 (or 1000**3)? That is a GB. A GiB has 2**30 bytes: multiply by GiB."
            why = why_not(learner, not expected, units)
            idea = blame_parts(learner) or (units if why == TOO_MUCH else why)
            asked = f"{needed / GiB:.0f} GiB ({needed / GB:.0f} GB) are needed and {free_gib:.0f} GiB are free: {expected}."
            raise Wrong(asked, str(not expected), idea, see="gib")


@fits.check(points=1)
def allows_an_exact_fit(learner, ollama):
    """an exact fit still fits, and one percent less memory is too little"""
    # Several sizes, so that a sum made in another order, off by the last binary digit, is not taken for a wrong idea.
    sizes = (3, 4, 5, 6, 7, 8, 10, 12)
    if any(verdict(learner, exact_fit(gib), 4096, gib * 0.99) for gib in sizes):
        missing = "Something is left out of the sum: weights, KV cache and overhead all need room."
        idea = blame_parts(learner) or why_not(learner, True, missing)
        raise Wrong("One percent too little memory: False.", "True", idea, see="estimate")
    if not any(verdict(learner, exact_fit(gib), 4096, gib) for gib in sizes):
        idea = "Compare with <= (or >=, the other way round). With < a model that fills the memory exactly is refused."
        if not verdict(learner, exact_fit(4), 4096, 4.01):
            idea = why_not(learner, False, "")
        raise Wrong("A model that needs exactly the free memory fits: True.", "False", blame_parts(learner) or idea, see="estimate")


# --- largest_model_that_fits ---------------------------------------------------------

largest_model_that_fits = Exercise("largest_model_that_fits", lesson="04", signature="largest_model_that_fits(models, context, free_gib)", hints=[
    "First throw out what does not fit, with your own function. Only then look for the largest of the rest.",
    "Keep the models for which fits(...) is True in a list. If it is empty, return None. "
    "Otherwise compare by parameters and return the name of the winner.",
    "Copy these lines and replace the dots:\n    best = None\n    for model in models:\n        if fits(...):\n"
    '            if best is None or model["..."] > best["..."]:\n                best = model\n'
    '    if best is None:\n        return None\n    return best["name"]',
])


def _asked(learner, models, context, free_gib):
    """What largest_model_that_fits returns, and its list as it left it."""
    try:
        got, args = learner.after("largest_model_that_fits", models, context, free_gib)
    except LearnerError as error:
        idea = where_it_stops(error, some_fit=True)
        if idea is None:
            raise
        raise Wrong("Your code runs to its end.", error.sentence, idea) from error
    return got, args[0]


def _quoted(got):
    """A text with its quotes, so that "None" is not taken for None."""
    return shown(got) if isinstance(got, str) else got


@largest_model_that_fits.check(points=2)
def picks_the_largest_that_fits(learner, ollama):
    """names the largest model that fits, wherever it stands in the list, and leaves the list as it is"""
    models = [FOUR, ALL_HEADS, EIGHT, BIG]
    for order in (models, models[::-1], [ALL_HEADS, EIGHT, BIG, FOUR]):
        got, after = _asked(learner, order, 4096, 8)
        if got != "eight":
            fitting = [model["name"] for model in order if model is not BIG]
            raise Wrong('Of four models in 8 GiB the answer is "eight".', _quoted(got), choice_idea(got, order, fitting, learner))
        if after != order:
            idea = "models.sort() and models.pop() change the list of whoever called you. Use sorted(models, ...), or a list of your own."
            raise Wrong("The list that came in is the same afterwards.", "a list that was changed", idea)


@largest_model_that_fits.check(points=1)
def says_none_when_nothing_fits(learner, ollama):
    """returns None when no model fits"""
    try:
        got = learner.largest_model_that_fits([FOUR, EIGHT, BIG], 4096, 1)
    except LearnerError as error:
        idea = where_it_stops(error, some_fit=False)
        if idea is None:
            raise
        raise Wrong("With 1 GiB free the answer is None.", error.sentence, idea) from error
    if got is not None:
        idea = "Nothing fits, so there is no name to give. Return None, not an empty text or the smallest model."
        if got == "None":
            idea = "This is the text 'None'. Return None without quotes."
        elif isinstance(got, str) and got and got not in (FOUR["name"], EIGHT["name"], BIG["name"]):
            idea = STRANGER
        raise Wrong("With 1 GiB free the answer is None.", _quoted(got), not_passed_on(learner) or idea, see="estimate")


@largest_model_that_fits.check(points=1)
def a_longer_context_changes_the_answer(learner, ollama):
    """a longer context can leave room only for a smaller model"""
    models = [FOUR, EIGHT, BIG]
    got, _ = _asked(learner, models, 65_536, 13)
    if got != "four":
        idea = choice_idea(got, models, ["four"], learner)
        raise Wrong('With 65,536 tokens and 13 GiB the answer is "four".', _quoted(got), idea, see="context-length")


@largest_model_that_fits.check(points=1)
def largest_means_most_parameters(learner, ollama):
    """largest means the most parameters, not the biggest file"""
    orders = ([ROOMY, FOUR], [FOUR, ROOMY])
    answers = [_asked(learner, models, 4096, 12)[0] for models in orders]
    for models, got in zip(orders, answers):
        if got != "four":
            idea = choice_idea(got, models, [model["name"] for model in models], learner, answers)
            raise Wrong('8 billion weights of 4 bits are a larger model than 4 billion of 16: "four".', _quoted(got), idea, see="parameter")
