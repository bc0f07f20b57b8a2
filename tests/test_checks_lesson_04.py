"""Lesson 04's checks: right answers in any style earn all, typical wrong ones meet the sentence written for them."""

from __future__ import annotations

import textwrap

import pytest

from autograder.hidden import hidden_checks
from localmodels.checks import lesson_04, lesson_04_ideas
from localmodels.checks.core import run
from localmodels.checks.learner import NotebookLearner
from localmodels.checks.lesson_04_models import ODD, TOY
from localmodels.checks.render import as_text
from localmodels.memory import GB, GiB, OVERHEAD_BYTES
from tests.answers_in_cells import run_cell

NAMES = ("weights_bytes", "bits_per_weight", "kv_cache_bytes", "fits", "largest_model_that_fits")
REFERENCE = '''
def weights_bytes(parameters, bits_per_weight):
    return parameters * bits_per_weight / 8

def bits_per_weight(block_bytes, block_weights):
    return block_bytes * 8 / block_weights

def kv_cache_bytes(model, context, bytes_per_element=2):
    return 2 * model["layers"] * model["kv_heads"] * model["head_dim"] * context * bytes_per_element

def fits(model, context, free_gib):
    weights = weights_bytes(model["parameters"], model["bits_per_weight"])
    return weights + kv_cache_bytes(model, context) + OVERHEAD_BYTES <= free_gib * GiB

def largest_model_that_fits(models, context, free_gib):
    fitting = [model for model in models if fits(model, context, free_gib)]
    if not fitting:
        return None
    return max(fitting, key=lambda model: model["parameters"])["name"]
'''


class NoOllama:
    def clear(self):
        pass


def judged(name: str, code: str = "", hidden: bool = True):
    """The report on one exercise: the reference with `code` run after it."""
    names = {"GB": GB, "GiB": GiB, "OVERHEAD_BYTES": OVERHEAD_BYTES}
    run_cell(REFERENCE + textwrap.dedent(code), names)
    guards = hidden_checks(name) if hidden else ()
    return run(getattr(lesson_04, name), NotebookLearner(names), NoOllama(), guards)


def one_line(name: str, expression: str) -> str:
    heads = {
        "weights_bytes": "parameters, bits_per_weight",
        "bits_per_weight": "block_bytes, block_weights",
        "kv_cache_bytes": "model, context, bytes_per_element=2",
        "fits": "model, context, free_gib",
        "largest_model_that_fits": "models, context, free_gib",
    }
    return f"def {name}({heads[name]}):\n    {expression}\n"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("hidden", [True, False])
def test_the_reference_earns_everything(name, hidden):
    report = judged(name, hidden=hidden)
    assert report.earned == report.points > 0, as_text(report)


def test_the_lesson_is_worth_22_points():
    assert sum(getattr(lesson_04, name).points for name in NAMES) == 22


@pytest.mark.parametrize("name", NAMES)
def test_an_untouched_stub_earns_nothing_and_is_called_unwritten(name):
    report = judged(name, one_line(name, "raise NotImplementedError()"))
    assert report.earned == 0
    assert f"{name} is not written yet" in as_text(report)


def test_everything_untouched_earns_nothing():
    stubs = "".join(one_line(name, "raise NotImplementedError()") for name in NAMES)
    assert [judged(name, stubs).earned for name in NAMES] == [0] * 5


def test_each_visible_check_has_a_hidden_guard():
    for name in NAMES:
        visible = {check.name for check in getattr(lesson_04, name).checks}
        assert visible == {guarded for guarded, _ in hidden_checks(name)}


KV = "kv_cache_bytes(model, context)"
NEEDED = 'return weights_bytes(model["parameters"], model["bits_per_weight"]) + {} + OVERHEAD_BYTES'
LOOP = "best = None\n    for m in models:\n        if fits(m, context, free_gib) and {}:\n            best = m\n    return best and best['name']"
WRONG = [
    # exercise, body, points left, the sentence that names the idea
    ("weights_bytes", "return parameters * bits_per_weight", 0, "These are bits. A byte is 8 bits, so divide by 8."),
    ("weights_bytes", "return parameters * bits_per_weight * 8", 0, "You multiplied by 8. There are fewer bytes than bits"),
    ("weights_bytes", "return parameters * bits_per_weight / 8 / GB", 0, "This is in GB."),
    ("weights_bytes", "return parameters * bits_per_weight / 8 / GiB", 0, "This is in GiB."),
    ("weights_bytes", "return parameters * bits_per_weight / 8 / 1e6", 0, "This is in MB."),
    ("weights_bytes", "return parameters * 1e9 * bits_per_weight / 8", 0, "already the whole number of weights, not billions"),
    ("weights_bytes", "return parameters", 0, "One byte for each weight"),
    ("weights_bytes", "return parameters / 8", 0, "did not use bits_per_weight"),
    ("weights_bytes", "return parameters * int(bits_per_weight) / 8", 2, "The fraction of a bit was cut off."),
    ("weights_bytes", "return parameters * (bits_per_weight // 8)", 2, "cuts off everything below a whole byte"),
    ("weights_bytes", "import math; return parameters * math.ceil(bits_per_weight) / 8", 2, "The bits were rounded up."),
    ("weights_bytes", "return 2_000_000", 0, "This is the answer of the example, whatever the inputs are."),
    ("weights_bytes", "print(parameters * bits_per_weight / 8)", 0, "print shows it to people; return hands it to whoever called the function."),
    ("weights_bytes", "size = parameters * bits_per_weight / 8", 0, "ends without return"),
    ("weights_bytes", "return f'{parameters * bits_per_weight / 8} bytes'", 0, "Text cannot be added up later."),
    ("weights_bytes", "return parameter * bits_per_weight / 8", 0, "Your code raised NameError"),
    ("bits_per_weight", "return block_bytes / block_weights", 0, "These are bytes per weight. One byte has 8 bits: multiply by 8."),
    ("bits_per_weight", "return block_bytes / 8 / block_weights", 0, "From bytes to bits the number grows"),
    ("bits_per_weight", "return block_weights / block_bytes", 0, "Upside down: these are weights per byte."),
    ("bits_per_weight", "return block_weights * 8 / block_bytes", 0, "Upside down: divide the bits by the weights"),
    ("bits_per_weight", "return block_weights / (block_bytes * 8)", 0, "Upside down: these are weights per bit."),
    ("bits_per_weight", "return block_bytes * 8", 0, "These are the bits of the whole block."),
    ("bits_per_weight", "return block_bytes * 8 // block_weights", 0, "names the codes alone. The scale takes room too"),
    ("bits_per_weight", "import math; return math.ceil(block_bytes * 8 / block_weights)", 0, "Rounded up."),
    ("bits_per_weight", "return 4", 0, "names the codes alone. The scale takes room too"),
    ("bits_per_weight", "return 4.5", 0, "This is the answer of the example, whatever the inputs are."),
    ("kv_cache_bytes", 'return 2 * model["layers"] * model["heads"] * model["head_dim"] * context * bytes_per_element', 0,
     "You counted the heads that look back."),
    ("kv_cache_bytes", 'return model["layers"] * model["kv_heads"] * model["head_dim"] * context * bytes_per_element', 0,
     "a key and a value. Multiply by 2."),
    ("kv_cache_bytes", 'return 2 * model["layers"] * model["kv_heads"] * model["head_dim"] * context', 0,
     "these are numbers, not bytes. Multiply by bytes_per_element."),
    ("kv_cache_bytes", 'return model["layers"] * model["kv_heads"] * model["head_dim"] * context', 0, "Both factors are missing."),
    ("kv_cache_bytes", 'return 4 * model["layers"] * model["kv_heads"] * model["head_dim"] * context', 4,
     "the 2 is written into your formula"),
    ("kv_cache_bytes", 'return 2 * model["kv_heads"] * model["head_dim"] * context * bytes_per_element', 0, "That is a single layer."),
    ("kv_cache_bytes", 'return 2 * model["layers"] * model["head_dim"] * context * bytes_per_element', 0, "That is a single head."),
    ("kv_cache_bytes", 'return 2 * model["layers"] * model["kv_heads"] * context * bytes_per_element', 0, "One number per head."),
    ("kv_cache_bytes", 'return 2 * model["layers"] * model["kv_heads"] * model["head_dim"] * bytes_per_element', 2,
     "This is one token. Multiply by the context"),
    ("kv_cache_bytes", 'return 2 * model["layers"] * model["kv_heads"] * model["head_dim"] * context * 1024 * bytes_per_element', 0,
     "counted in tokens, not in thousands"),
    ("kv_cache_bytes", 'return 2 * model["layers"] * model["kv_heads"] * model["head_dim"] * context / 1000 * bytes_per_element', 0,
     "counted in tokens, not in thousands"),
    ("kv_cache_bytes", 'return 2 * model["layers"] * model["kv_heads"] * model["head_dim"] * context * bytes_per_element / 8', 0,
     "You divided by 8."),
    ("kv_cache_bytes", 'return 2 * model["layers"] * model["kv_heads"] * model["head_dim"] * context * bytes_per_element / GiB', 0,
     "This is in GiB. The task asks for bytes."),
    ("kv_cache_bytes", "return 600", 0, "This is the answer of the example"),
    ("fits", 'return weights_bytes(model["parameters"], model["bits_per_weight"]) <= free_gib * GiB', 2,
     "You compared the weights alone"),
    ("fits", 'return weights_bytes(model["parameters"], model["bits_per_weight"]) + OVERHEAD_BYTES <= free_gib * GiB', 3,
     "You compared the weights alone"),
    ("fits", 'return weights_bytes(model["parameters"], model["bits_per_weight"]) + kv_cache_bytes(model, context) <= free_gib * GiB', 4,
     "Add OVERHEAD_BYTES."),
    ("fits", 'return weights_bytes(model["parameters"], model["bits_per_weight"]) + kv_cache_bytes(model, context)'
             " + OVERHEAD_BYTES <= free_gib * GB", 4, "That is a GB. A GiB has 2**30 bytes"),
    ("fits", 'return weights_bytes(model["parameters"], model["bits_per_weight"]) + kv_cache_bytes(model, context)'
             " + OVERHEAD_BYTES < free_gib * GiB", 5, "With < a model that fills the memory exactly is refused."),
    ("fits", 'return weights_bytes(model["parameters"], model["bits_per_weight"]) + kv_cache_bytes(model, context)'
             " + OVERHEAD_BYTES >= free_gib * GiB", 0, "Is the comparison the right way round?"),
    ("fits", 'return weights_bytes(model["parameters"], model["bits_per_weight"]) + kv_cache_bytes(model, 4096)'
             " + OVERHEAD_BYTES <= free_gib * GiB", 4, "or with a fixed context"),
    ("fits", 'return weights_bytes(model["parameters"], model["bits_per_weight"]) <= free_gib * GB', 1,
     "You compared the weights alone"),
    ("fits", 'return "yes" if free_gib > 5 else "no"', 0, "A text or a number is not a yes or no."),
    ("fits", "if free_gib > 50: return True", 0, "ends without return on this path"),
    ("fits", "return True", 0, "Always True: GiB on one side"),
    ("bits_per_weight", "return block_bytes * 8 / 32", 0, "32 is the example's number of weights."),
    ("bits_per_weight", "return (block_bytes - 2) * 8 / block_weights", 1, "The scale is part of the cost"),
    ("bits_per_weight", "return weights_bytes(block_weights, block_bytes)", 0, "Backwards means the opposite steps"),
    ("largest_model_that_fits", 'return "llama3.1:8b"', 0, "This model is not in the list that came in."),
    ("fits", "return False", 0, "Always False: bytes on one side"),
    ("fits", "return free_gib > 5", 1, "Same answer for every model."),
    ("largest_model_that_fits", 'return [m for m in models if fits(m, context, free_gib)][0]["name"]', 1, "That is the first one that fits"),
    ("largest_model_that_fits", 'return [m for m in models if fits(m, context, free_gib)][-1]["name"]', 1, "That is the last one that fits"),
    ("largest_model_that_fits", 'return max(models, key=lambda m: m["parameters"])["name"]', 1, "That model does not fit."),
    ("largest_model_that_fits", 'return min([m for m in models if fits(m, context, free_gib)], key=lambda m: m["parameters"])["name"]', 1,
     "That is the smallest one."),
    ("largest_model_that_fits", 'return max([m for m in models if fits(m, context, free_gib)], key=lambda m: m["parameters"])', 0,
     'Return its name: model["name"].'),
    ("largest_model_that_fits", 'return max([m["parameters"] for m in models if fits(m, context, free_gib)])', 0, "That is a number."),
    ("largest_model_that_fits", 'return [m["name"] for m in models if fits(m, context, free_gib)]', 0, "That is several things."),
    ("largest_model_that_fits", 'best = max([m for m in models if fits(m, context, free_gib)], key=lambda m: m["parameters"])["name"]', 0,
     "Is there a return at the end"),
    ("largest_model_that_fits", 'return max([m for m in models if fits(m, context, free_gib)], key=lambda m: m["parameters"])["name"]', 4,
     "The largest of an empty list is an error."),
    ("largest_model_that_fits", 'return max([m for m in models if fits(m, context, free_gib)], key=lambda m: m["parameters"],'
                                ' default={"name": ""})["name"]', 4, "Return None, not an empty text"),
    ("largest_model_that_fits", 'return max([m for m in models if fits(m, 4096, free_gib)], key=lambda m: m["parameters"],'
                                ' default={"name": None})["name"]', 4, "Pass the context that was asked for on to fits."),
    ("largest_model_that_fits", 'return max([m for m in models if fits(m, context, free_gib)],'
                                ' key=lambda m: m["parameters"] * m["bits_per_weight"], default={"name": None})["name"]', 4,
     "The bigger file has fewer parameters"),
    ('weights_bytes', 'return parameters * bits_per_weight // 8', 2, 'Rounded to whole bytes.'),
    ('weights_bytes', 'return round(parameters * bits_per_weight / 8)', 2, 'Rounded to whole bytes.'),
    ('bits_per_weight', 'return round(block_bytes * 8 / block_weights, 2)', 1, 'Rounded to two digits. The task says: do not round.'),
    ('kv_cache_bytes', 'return 2 * model["layers"] * model["kv_heads"] * model["head_dim"] * context', 0, 'bytes_per_element is not used in your formula yet.'),
    ('kv_cache_bytes', 'return 2 * model["layers"] * model["kv_heads"] * model["head_dim"] * context * 4', 0, '4 bytes belong to the small runtime of the example. Use bytes_per_element.'),
    ('kv_cache_bytes', 'return 2 * model["layers"] * model["kv_heads"] * model["head_dim"] * context * 4 * bytes_per_element', 0, '4 bytes belong to the small runtime of the example. Use bytes_per_element.'),
    ('kv_cache_bytes', 'return 2 * 4 * 2 * 16 * context * bytes_per_element', 0, 'Same result for every model: you used another model\'s numbers (`shape` or `eight_b`).'),
    ('kv_cache_bytes', 'return 2 * 12 * model["kv_heads"] * model["head_dim"] * context * bytes_per_element', 0, 'The result is the same for any number of layers: you used another'),
    ('kv_cache_bytes', 'return 2 * model["layers"] * model["kv_heads"] * model["head_size"] * context * bytes_per_element', 0, 'The card calls it head_dim'),
    ('kv_cache_bytes', 'return 2 * model.layers * model["kv_heads"] * model["head_dim"] * context * bytes_per_element', 0, 'reached with brackets, model["layers"]'),
    ('kv_cache_bytes', 'return 2 * model["heads"] * model["layers"] * model["kv_heads"] * model["head_dim"] * context * bytes_per_element', 0, 'You multiplied by both kinds of heads.'),
    ('fits', 'return weights_bytes(model["parameters"], model["bits_per_weight"]) + kv_cache_bytes(model, context) + OVERHEAD_BYTES <= free_gib', 0, 'Always False: bytes on one side, GiB on the other? Turn free_gib, and nothing else, into bytes: free_gib * GiB.'),
    ('fits', 'return (weights_bytes(model["parameters"], model["bits_per_weight"]) + kv_cache_bytes(model, context) + OVERHEAD_BYTES ) / GiB <= free_gib * GiB', 0, 'Always True: GiB on one side, bytes on the other?'),
    ('fits', 'return weights_bytes(model["parameters"], 16) + kv_cache_bytes(model, context) + OVERHEAD_BYTES <= free_gib * GiB', 2, 'Take the bits from the card: model["bits_per_weight"].'),
    ('fits', 'return weights_bytes(model["parameters"], 4.5) + kv_cache_bytes(model, context) + OVERHEAD_BYTES <= free_gib * GiB', 4, 'Take the bits from the card: model["bits_per_weight"].'),
    ('fits', 'return model["file_bytes"] + kv_cache_bytes(model, context) + OVERHEAD_BYTES <= free_gib * GiB', 2, 'The size of a file is known only after publishing. Compute it with weights_bytes.'),
    ('fits', 'return weights_bytes(model["parameters"], bits_per_weight) + kv_cache_bytes(model, context) + OVERHEAD_BYTES <= free_gib * GiB', 0, 'bits_per_weight is the function you wrote.'),
    ('fits', 'return weights_bytes(parameters, model["bits_per_weight"]) + kv_cache_bytes(model, context) + OVERHEAD_BYTES <= free_gib * GiB', 0, 'parameters stands in the card: model["parameters"].'),
    ('fits', 'return weights_bytes(model["size"], model["bits_per_weight"]) + kv_cache_bytes(model, context) + OVERHEAD_BYTES <= free_gib * GiB', 0, 'A card has no "size". It has: name, parameters'),
    ('largest_model_that_fits', 'return max([m for m in models if fits(m, context, 6)], key=lambda m: m["parameters"], default={"name": None})["name"]', 1, 'The answer does not change with free_gib.'),
    ('largest_model_that_fits', 'return max([m for m in models if fits(m, context, 64)], key=lambda m: m["parameters"], default={"name": None})["name"]', 1, 'The answer does not change with free_gib.'),
    ('largest_model_that_fits', 'return max([m for m in models if fits(m, context, free_gib)], key=lambda m: m["file_bytes"], default={"name": None})["name"]', 2, 'The size on the disk does not decide'),
    ('largest_model_that_fits', 'return max([m for m in models if fits(m, context, free_gib)], key=lambda m: m["parameters"], default={"name": "None"})["name"]', 4, "This is the text 'None'. Return None without quotes."),
    ('largest_model_that_fits', "best = None\n    for m in models:\n        if fits(m, context, free_gib) and (best is None or m['parameters'] > best['parameters']):\n            best = m\n    return best['name']", 4, 'None has no ["name"]'),
    ("weights_bytes", "return parameters * 16 / 8", 0, "16 is the example's. Use `bits_per_weight`."),
    ("weights_bytes", "return parameters * bits_per_weight / 16", 0, "You divided by 16. A byte has 8 bits."),
    ("kv_cache_bytes", 'return 2 * model["layers"] * (model["heads"] + model["kv_heads"]) * model["head_dim"] * context * bytes_per_element', 0,
     "You added both kinds of heads. Only the key-value heads are stored"),
    ("kv_cache_bytes", 'return 2 * model["layers"] * model["kv_heads"] * model["head_dim"] * 512 * bytes_per_element', 0,
     "Same result for 1 and 4,096 tokens: `context` is not used."),
    ("kv_cache_bytes", 'return 2 * model["layers"] * model["kv_heads"] * model["head_dim"] * model["max_context"] * bytes_per_element', 0,
     "Same result for 1 and 4,096 tokens: `context` is not used."),
    ("kv_cache_bytes", "return 2 * 32 * 8 * 128 * context * bytes_per_element", 0, "you used another model's numbers (`shape` or `eight_b`)"),
    ("kv_cache_bytes", 'return 2 * model["layers"] * 8 * model["head_dim"] * context * bytes_per_element', 0,
     "The result is the same for any number of kv_heads: you used another model's numbers (`shape` or `eight_b`). Use model[\"kv_heads\"]."),
    ("kv_cache_bytes", "return 2 * model * context", 0, "model is the whole card. Take one number out of it"),
    ("fits", NEEDED.format(KV) + " <= 6 * GiB", 0, "The same answer for every `free_gib`: a number stands in its place. Use the parameter."),
    ("fits", NEEDED.format("kv_cache_bytes") + " <= free_gib * GiB", 0, "kv_cache_bytes is a function: call it, kv_cache_bytes(model, context)."),
    ("fits", "return weights_bytes + kv_cache_bytes(model, context) + OVERHEAD_BYTES <= free_gib * GiB", 0,
     'weights_bytes is a function: call it, weights_bytes(model["parameters"], model["bits_per_weight"]).'),
    ("fits", NEEDED.format("kv_cache_bytes(context, model)") + " <= free_gib * GiB", 0, "Swapped: first the model, then the context."),
    ("fits", f"return weights_bytes(model, 4) + {KV} + OVERHEAD_BYTES <= free_gib * GiB", 0,
     'weights_bytes wants a number of parameters, model["parameters"], not the whole card.'),
    ("largest_model_that_fits", LOOP.format("m['parameters'] > best['parameters']"), 1,
     'At the first model, best is still None: test `best is None or model["parameters"] > best["parameters"]`.'),
    ("largest_model_that_fits", "best = None\n    for m in models:\n        if fits(m, context, free_gib) and (best is None or m['parameters'] > best['parameters']):\n"
     "            best = m['parameters']\n    return best", 1, "A number has no keys. Is best the whole model"),
    ('largest_model_that_fits', "models.sort(key=lambda m: m['parameters'])\n    while models:\n        m = models.pop()\n        if fits(m, context, free_gib):\n            return m['name']", 3, 'Use sorted(models, ...), or a list of your own.'),
]


@pytest.mark.parametrize(("name", "body", "points", "sentence"), WRONG, ids=[f"{row[0]}-{row[3][:30]}" for row in WRONG])
def test_a_typical_wrong_answer_meets_the_sentence_written_for_it(name, body, points, sentence):
    report = judged(name, one_line(name, body), hidden=False)
    assert sentence in as_text(report), as_text(report)
    assert report.earned == points, as_text(report)


RIGHT = [
    ("weights_bytes", "return (parameters / 8) * bits_per_weight"),
    ("weights_bytes", "return parameters * bits_per_weight * 0.125"),
    ("weights_bytes", "import numpy as np; return np.float64(parameters) * bits_per_weight / 8"),
    ("bits_per_weight", "return 8 * (block_bytes / block_weights)"),
    ("bits_per_weight", "bits = block_bytes * 8\n    return bits / block_weights"),
    ("kv_cache_bytes", 'per_token = model["layers"] * model["kv_heads"] * model["head_dim"] * 2\n'
                       "    return int(per_token * context * bytes_per_element)"),
    ("kv_cache_bytes", "keys = values = model['kv_heads'] * model['head_dim']\n"
                       "    return sum((keys + values) * bytes_per_element for layer in range(model['layers'])) * context"),
    ("fits", 'needed = sum([weights_bytes(model["parameters"], model["bits_per_weight"]), kv_cache_bytes(model, context), OVERHEAD_BYTES])\n'
             "    if needed > free_gib * 1024**3:\n        return False\n    return True"),
    ("fits", 'needed = (weights_bytes(model["parameters"], model["bits_per_weight"]) + kv_cache_bytes(model, context) + OVERHEAD_BYTES) / 2**30\n'
             "    return free_gib >= needed"),
    ("fits", 'needed = weights_bytes(model["parameters"], model["bits_per_weight"]) / GB + kv_cache_bytes(model, context) / GB + 0.5\n'
             "    return needed <= free_gib * GiB / GB"),
    ("fits", 'return not (model["parameters"] * model["bits_per_weight"] / 8 + OVERHEAD_BYTES + kv_cache_bytes(model, context) > free_gib * GiB)'),
    ("largest_model_that_fits", 'ordered = sorted(models, key=lambda m: m["parameters"], reverse=True)\n'
                                "    for m in ordered:\n        if fits(m, context, free_gib):\n            return m['name']\n    return None"),
    ("largest_model_that_fits", "best = None\n    for m in models:\n        if fits(m, context, free_gib) and (best is None or m['parameters'] > best['parameters']):\n"
                                "            best = m\n    return best and best['name']"),
    ("largest_model_that_fits", "for m in sorted(models, key=lambda m: -m['parameters']):\n"
                                "        if fits(m, context, free_gib):\n            return m['name']"),
    ("largest_model_that_fits", "names = {m['parameters']: m['name'] for m in models if fits(m, context, free_gib)}\n"
                                "    return names[max(names)] if names else None"),
]


@pytest.mark.parametrize(("name", "body"), RIGHT)
def test_another_right_style_earns_everything(name, body):
    report = judged(name, one_line(name, body))
    assert report.earned == report.points, as_text(report)


def test_a_wrong_part_is_blamed_before_the_sum():
    report = judged("fits", one_line("weights_bytes", "return parameters * bits_per_weight"))
    assert 'weights_bytes is not right yet. Put that one right first: check("weights_bytes").' in as_text(report)


def test_an_unwritten_part_is_named():
    report = judged("fits", one_line("kv_cache_bytes", "raise NotImplementedError()"))
    assert report.earned == 0
    assert "fits builds on kv_cache_bytes. Write that one first; its exercise is further up." in as_text(report)


def test_answers_made_for_the_visible_numbers_lose_the_points_to_a_hidden_check():
    made_up = one_line("weights_bytes", "return {(1_000_000, 16): 2_000_000, (3_000_000, 32): 12_000_000, (1_001, 4.5): 563.0625}.get((parameters, bits_per_weight), 0)")
    assert judged("weights_bytes", made_up, hidden=False).earned == 3
    report = judged("weights_bytes", made_up)
    assert report.earned == 0
    assert "Hidden check: other models and other bits." in as_text(report)


def test_wrong_units_in_fits_are_never_answered_with_something_to_add():
    text = as_text(judged("fits", one_line("fits", "return weights_bytes(model['parameters'], model['bits_per_weight']) "
                                                   "+ kv_cache_bytes(model, context) + OVERHEAD_BYTES <= free_gib"), hidden=False))
    assert "add the KV cache" not in text and "Add OVERHEAD_BYTES" not in text, text


def test_a_fixed_memory_is_never_called_always_true():
    text = as_text(judged("fits", one_line("fits", NEEDED.format(KV) + " <= 6 * GiB"), hidden=False))
    assert "Always True" not in text and "Always False" not in text, text


def test_gigabytes_are_not_taken_for_bits_that_were_cut_off():
    text = as_text(judged("weights_bytes", one_line("weights_bytes", "return parameters * bits_per_weight / 8 / GB"), hidden=False))
    assert "bits // 8" not in text and text.count("This is in GB.") == 1, text


@pytest.mark.parametrize("choice", ["[0]['name']", "[-1]['name']"])
def test_nobody_is_asked_about_bytes_who_did_not_compare_them(choice):
    body = f"return ([m for m in models if fits(m, context, free_gib)] or [{{'name': None}}]){choice}"
    assert "Did you compare bytes?" not in as_text(judged("largest_model_that_fits", one_line("largest_model_that_fits", body), hidden=False))


@pytest.mark.parametrize("key", ["lambda m: -m['parameters']", "lambda m: m['name'] != 'eight'"])
def test_nor_who_takes_the_smallest(key):
    body = f"return max([m for m in models if fits(m, context, free_gib)], key={key}, default={{'name': None}})['name']"
    assert "Did you compare bytes?" not in as_text(judged("largest_model_that_fits", one_line("largest_model_that_fits", body), hidden=False))


def test_one_cause_of_many_failures_is_told_once():
    text = as_text(judged("fits", one_line("kv_cache_bytes", "return 0"), hidden=False))
    cause = "fits adds up other functions, and kv_cache_bytes is not right yet."
    assert text.count(cause) == 1 and "Likely idea: the same as above" in text, text
    assert text.count("Read: glossary") == 1


def test_the_toy_models_let_no_two_ideas_come_out_alike():
    """An idea is a formula: two of them that agree for all inputs that are asked could not be told apart."""
    asked = ((TOY, 1), (TOY, 4096), (ODD, 7, 3))
    values = [tuple(formula(*inputs) for inputs in asked) for formula, _ in lesson_04_ideas._CACHE_IDEAS]
    assert len(set(values)) == len(values)


def test_a_text_is_shown_with_quotes_and_none_in_words():
    assert "Got: 'None'" in as_text(judged("largest_model_that_fits", one_line("largest_model_that_fits", "return 'None'")))
    assert "Got: nothing (None)" in as_text(judged("largest_model_that_fits", one_line("largest_model_that_fits", "return None")))


def test_the_last_hint_is_lines_to_copy_with_gaps():
    for name in NAMES:
        last = getattr(lesson_04, name).hints[-1]
        assert "\n    " in last and "..." in last and "lambda" not in last, last
