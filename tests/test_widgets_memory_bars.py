"""The memory bars: driven by the learner's functions, whatever they do; the drawing shows what the numbers say."""

import re

import pytest

from localmodels.memory import GiB, OVERHEAD_BYTES, card
from localmodels.widgets import memory_view
from localmodels.widgets.memory_figure import as_html, formulas, svg
from localmodels.widgets.memory_picture import Sums, comparison, formats_of, picture, setting_for, summary, verdict
from localmodels.widgets.memory_view import LiveBars, memory_bars, some_models

WIDE, ONE = card("codellama:7b"), card("llama3.2:1b")


def weights_bytes(parameters, bits):
    return parameters * bits / 8


def kv_cache_bytes(model, context, bytes_per_element=2):
    return 2 * model["layers"] * model["kv_heads"] * model["head_dim"] * context * bytes_per_element


def fits(model, context, free_gib):
    weights = weights_bytes(model["parameters"], model["bits_per_weight"])
    return weights + kv_cache_bytes(model, context) + OVERHEAD_BYTES <= free_gib * GiB


OWN = Sums(weights_bytes, kv_cache_bytes, fits)


def test_the_bars_are_what_the_functions_return():
    drawn = picture(setting_for(WIDE, free_gib=6), OWN)
    assert [bar.bytes for bar in drawn.bars] == [weights_bytes(WIDE["parameters"], WIDE["bits_per_weight"]), 2**31, OVERHEAD_BYTES]
    assert drawn.problems == ()
    assert drawn.fits is False
    assert verdict(drawn) == "It does not fit into 6 GiB of free memory: 0.03 GiB too much."


def test_without_functions_the_courses_own_sums_are_used():
    assert picture(setting_for(WIDE, free_gib=6)) == picture(setting_for(WIDE, free_gib=6), OWN)


@pytest.mark.parametrize("free, expected", [(6.1, True), (6.0, False)])
def test_the_verdict_follows_the_free_memory(free, expected):
    assert picture(setting_for(WIDE, free_gib=free), OWN).fits is expected


def test_exactly_full_still_fits():
    drawn = picture(setting_for(ONE, free_gib=8), OWN)
    exact = picture(setting_for(ONE, free_gib=drawn.total / GiB), OWN)
    assert exact.fits and "0.00 GiB to spare" in verdict(exact)


def raises(error):
    def function(*arguments):
        raise error
    return function


@pytest.mark.parametrize("function, says", [
    (raises(NotImplementedError()), "is not written yet. Write it in its exercise"),
    (raises(KeyError("kv_heads")), "stopped with KeyError: 'kv_heads'"),
    (lambda parameters: 1, "stopped with TypeError"),
    (lambda *a: None, "returned None. Is there a return in its last line?"),
    (lambda *a: "3.5 GB", "returned '3.5 GB'; a number of bytes"),
    (lambda *a: True, "returned True; a number of bytes"),
    (lambda *a: -1, "returned -1; a number of bytes"),
    (lambda *a: float("nan"), "returned nan; a number of bytes"),
    (lambda *a: float("inf"), "returned inf; a number of bytes"),
    (lambda *a: [1] * 50, "returned A list; a number of bytes"),
    (12.0, "A float was given in place of a function"),
])
def test_a_function_that_gives_no_number_gets_a_sentence_and_an_open_verdict(function, says):
    drawn = picture(setting_for(WIDE, free_gib=6), Sums(function, kv_cache_bytes, fits))
    assert says in drawn.problems[0]
    assert drawn.fits is None and verdict(drawn) == "No verdict yet: a bar is missing."
    assert "not known yet" in svg(drawn) and "unknown" in summary(drawn) and "? + 2.00" in formulas(drawn)["Together"]


@pytest.mark.parametrize("function, says", [
    (lambda p, b: p * b, "8 times as much. Are these bits?"),
    (lambda p, b: p * b / 16, "half as much. Is a factor 2 missing?"),
    (lambda p, b: p * b / 8 / 1000, "0.001 times as much."),
    (lambda p, b: 0, "gives 0 bytes here, the formula gives 3,824"),
])
def test_a_wrong_number_is_drawn_and_compared_with_the_formula(function, says):
    drawn = picture(setting_for(WIDE, free_gib=6), Sums(function, kv_cache_bytes))
    assert says in drawn.problems[0] and drawn.bars[0].bytes == function(WIDE["parameters"], WIDE["bits_per_weight"])


def test_a_cache_function_without_the_third_parameter_works_for_two_byte_numbers():
    plain = Sums(kv_cache_bytes=lambda model, context: kv_cache_bytes(model, context))
    assert picture(setting_for(WIDE), plain).problems == ()
    assert "TypeError" in picture(setting_for(WIDE, element_bytes=1.0625), plain).problems[0]


def test_a_function_cannot_spoil_the_card_for_the_others():
    def greedy(model, context):
        model.clear()
        return 0
    assert picture(setting_for(WIDE), Sums(kv_cache_bytes=greedy, fits=fits)).setting.model == card("codellama:7b")


@pytest.mark.parametrize("function, says", [
    (lambda *a: True, "Your fits says True, but the bars add up to 6.03 of 6 GiB"),
    (lambda *a: None, "Your fits says None"),
    (raises(NotImplementedError()), "Your fits is not written yet"),
    (raises(ZeroDivisionError("division by zero")), "Your fits stopped with ZeroDivisionError: division by zero"),
])
def test_a_fits_that_disagrees_with_the_bars_is_named(function, says):
    drawn = picture(setting_for(WIDE, free_gib=6), Sums(weights_bytes, kv_cache_bytes, function))
    assert says in drawn.problems[0] and drawn.fits is False


def test_fits_is_asked_about_the_chosen_format_and_only_about_two_byte_caches():
    asked = []
    spy = Sums(fits=lambda model, context, free: asked.append((model["bits_per_weight"], context, free)) or fits(model, context, free))
    picture(setting_for(WIDE, "Q2_K", context=512, free_gib=6), spy)
    picture(setting_for(WIDE, "Q2_K", context=512, free_gib=6, element_bytes=1.0625), spy)
    assert asked == [(formats_of(WIDE)["Q2_K"], 512, 6)]


def test_a_context_beyond_the_model_is_said_to_be_too_long():
    drawn = picture(setting_for(WIDE, context=131072, free_gib=100), OWN)
    assert drawn.problems == ("codellama:7b was made for contexts of up to 16,384 tokens; 131,072 is more than it can use.",)


def test_the_estimate_stands_beside_the_real_file():
    drawn = picture(setting_for(ONE), OWN)
    assert drawn.real_bytes == ONE["file_bytes"] == 1321098329
    assert re.fullmatch(r"The real file has 1\.32 GB \(1\.23 GiB\); the estimate of the weights is .*", comparison(drawn))
    assert "is on our list" in comparison(picture(setting_for(ONE, "Q2_K"), OWN))


def test_formats_run_from_many_bits_to_few_and_cover_models_we_know_nothing_about():
    bits = list(formats_of(ONE).values())
    assert bits == sorted(bits, reverse=True) and formats_of(ONE)["Q8_0"] == ONE["bits_per_weight"]
    mine = {**ONE, "name": "my-model", "format": "Q8_0"}
    assert formats_of(mine) == {"Q8_0": ONE["bits_per_weight"]}
    assert setting_for(mine, "Q2_K").format == "Q8_0"


@pytest.mark.parametrize("function", [raises(NotImplementedError()), lambda *a: 1])
def test_an_exercise_that_is_not_solved_is_not_given_away(function):
    html = as_html(picture(setting_for(WIDE, free_gib=6), Sums(function, function, fits)))
    assert "bits per byte" not in html and "key-value heads ×" not in html
    assert "the sum opens when your weights_bytes works" in html and "the sum opens when your kv_cache_bytes works" in html


def test_formulas_hold_the_numbers():
    opened = formulas(picture(setting_for(WIDE, free_gib=6), OWN))
    assert opened["Weights"] == "6,738,546,688 weights × 4.54 bits ÷ 8 bits per byte = 3,824,125,245 bytes = 3.56 GiB"
    assert opened["KV cache"].startswith("2 (a key and a value) × 32 layers × 32 key-value heads × 128 numbers per head × 4,096 tokens × 2 bytes")
    assert opened["Together"].startswith("3.56 + 2.00 + 0.47 = 6.03 GiB.")


# --- The drawing ------------------------------------------------------------------------


def rectangles(drawing):
    """(x, width) of the bars, without what marks the part that is too much."""
    bars = [rect for rect in re.findall(r"<rect [^>]*>", drawing) if 'stroke-width="3"' not in rect]
    return [tuple(float(re.search(rf'\b{name}="([\d.]+)"', rect)[1]) for name in ("x", "width")) for rect in bars]


def test_bars_are_as_long_as_their_bytes_and_follow_each_other():
    drawn = picture(setting_for(WIDE, free_gib=6), OWN)
    weights, cache, overhead, total = rectangles(svg(drawn, real=False))
    assert weights[1] / cache[1] == pytest.approx(drawn.bars[0].bytes / drawn.bars[1].bytes, rel=0.01)
    assert cache[0] == pytest.approx(weights[0] + weights[1], abs=0.2)
    assert total[1] == pytest.approx(weights[1] + cache[1] + overhead[1], abs=0.3)
    line = float(re.search(r'<line x1="([\d.]+)"', svg(drawn))[1])
    assert total[0] < line < total[0] + total[1], "what does not fit sticks out over the line"


def test_the_real_file_is_drawn_only_when_asked_for():
    drawn = picture(setting_for(WIDE), OWN)
    assert "Real file" in svg(drawn) and "Real file" not in svg(drawn, real=False)


def test_every_size_is_written_beside_its_bar_and_stays_inside_the_drawing():
    for context in (512, 4096, 131072):
        for free in (0.5, 6, 500):
            drawing = svg(picture(setting_for(WIDE, context=context, free_gib=free), OWN))
            texts = re.findall(r'<text x="([\d.]+)" y="\d+" text-anchor="(\w+)"[^>]*>([^<]*)</text>', drawing)
            assert len(texts) == 6
            for x, anchor, text in texts:
                end = float(x) + (8 * len(text) if anchor == "start" else 0)
                assert 0 <= float(x) and end <= 648, (context, free, text)


def test_what_a_learner_wrote_is_escaped():
    evil = {**WIDE, "name": "<script>alert(1)</script>"}
    html = as_html(picture(setting_for(evil), Sums(raises(ValueError("<img src=x onerror=y>")))))
    assert "<script" not in html and "<img src=x" not in html and "&lt;script&gt;" in html


def test_the_still_figure_is_the_same_on_every_machine(monkeypatch):
    shown = memory_bars().bundle()
    monkeypatch.setattr(memory_view.machine, "free_memory", lambda: 3 * GiB)
    assert memory_bars().bundle() == shown and "8 GiB of free memory" in shown["text/plain"]


# --- The view ---------------------------------------------------------------------------


@pytest.fixture
def live():
    return LiveBars(OWN, [WIDE, ONE], 6.0, 4096)


def test_the_view_starts_with_the_first_model_in_its_published_format(live):
    assert live.format.value == "Q4_0" and "0.03 GiB too much" in live.status.value
    assert live.drawn() == picture(setting_for(WIDE, free_gib=6.0), OWN)


def test_every_knob_changes_the_drawing(live):
    for turn in (lambda: setattr(live.context, "value", 8192), lambda: setattr(live.cache, "value", 34 / 32),
                 lambda: setattr(live.format, "value", "Q2_K"), lambda: setattr(live.free, "value", 12.5),
                 lambda: setattr(live.model, "value", "llama3.2:1b")):
        before = live.figure.value
        turn()
        assert live.figure.value != before
    assert live.format.value == "Q8_0" and "12.5 GiB of free memory" in live.status.value


def test_buttons_turn_the_same_knobs(live):
    live.steps["Longer context"].click()
    assert live.context.value == 8192
    live.steps["Fewer bits"].click()
    assert live.format.value == "Q3_K_M"
    live.steps["More bits"].click()
    live.steps["Next model"].click()
    live.steps["Next model"].click()
    assert live.model.value == "codellama:7b"
    for _ in range(20):
        live.steps["Shorter context"].click()
    assert live.context.value == 512


def test_each_bar_opens_its_formula(live):
    assert live.opened.value == ""
    for label, button in live.openers.items():
        button.value = True
        assert f"<dt>{label}</dt>" in live.opened.value
    assert "Real file</text>" in live.figure.value
    live.context.value = 512
    assert "512 tokens × 2 bytes" in live.opened.value
    for button in live.openers.values():
        button.value = False
    assert live.opened.value == "" and "Real file</text>" not in live.figure.value


def test_this_computers_memory_is_one_button_away(monkeypatch):
    monkeypatch.setattr(memory_view.machine, "free_memory", lambda: int(3.25 * GiB))
    live = LiveBars(OWN, [WIDE], 6.0, 4096)
    assert live.here.description == "This computer: 3.2 GiB free"
    live.here.click()
    assert live.free.value == 3.2


def test_a_machine_that_cannot_tell_its_memory_gets_a_usual_one(monkeypatch):
    monkeypatch.setattr(memory_view.machine, "free_memory", lambda: None)
    assert memory_view.free_here() == 8.0


def test_unwritten_functions_leave_a_widget_that_says_so():
    live = LiveBars(Sums(raises(NotImplementedError()), raises(NotImplementedError()), raises(NotImplementedError())), [WIDE], 6.0, 4096)
    assert live.problems.value.count("is not written yet") == 2 and "No verdict yet" in live.status.value


def test_without_a_list_the_published_models_are_offered_default_first():
    names = [one["name"] for one in some_models()]
    assert names[0] == "llama3.2:3b" and {"llama3.2:1b", "gemma2:2b", "qwen2.5:0.5b"} < set(names) and len(names) > 20
