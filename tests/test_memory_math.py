"""The memory estimator: its formulas by hand on small cases, and against published file sizes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest

from localmodels import facts, memory, mixes
from localmodels.mixes import Shape

ROOT = Path(__file__).parent.parent
SMALL = Shape(layers=2, heads=4, kv_heads=2, head_dim=64, hidden=256, ffn=512, vocab=1000)


@pytest.mark.parametrize(
    ("name", "bits"),
    [("F16", 16), ("Q8_0", 8.5), ("Q6_K", 6.5625), ("Q5_0", 5.5), ("Q4_0", 4.5), ("Q4_K", 4.5), ("Q2_K", 2.625),
     ("MXFP4", 4.25), ("IQ4_XS", 4.25)],
)
def test_a_block_costs_its_codes_and_its_scales(name, bits):
    assert mixes.bits_per_weight(name) == bits


def test_block_sizes_agree_with_the_gguf_package():
    from gguf import GGML_QUANT_SIZES, GGMLQuantizationType

    for name, block in mixes.BLOCKS.items():
        weights, size = GGML_QUANT_SIZES[GGMLQuantizationType[name]]
        assert (block.bytes, block.weights) == (size, weights), name


def test_parameters_are_counted_matrix_by_matrix():
    attention = 256 * 256 + 2 * 128 * 256 + 256 * 256
    feed_forward = 3 * 512 * 256
    assert mixes.parameters(SMALL) == 2 * 1000 * 256 + 256 + 2 * (attention + feed_forward + 2 * 256)


def test_a_shared_vocabulary_matrix_is_counted_once():
    shared = Shape(**{**SMALL.__dict__, "tied_embeddings": True})
    assert mixes.parameters(SMALL) - mixes.parameters(shared) == 1000 * 256


def test_a_row_that_does_not_divide_takes_a_wider_format():
    narrow = Shape(**{**SMALL.__dict__, "hidden": 224, "tied_embeddings": True})
    formats = {t.role: mixes.tensor_format(t, narrow, "Q4_K_M") for t in mixes.tensors(narrow)}
    assert formats["query"] == "Q5_0" and formats["head"] == "Q8_0" and formats["small"] == "F32"


def test_an_unknown_recipe_is_named_with_the_known_ones():
    with pytest.raises(KeyError, match="No recipe for 'Q7_X'. Known: F32, F16"):
        mixes.file_bytes(SMALL, "Q7_X")


def test_parameter_counts_of_published_models_come_out_exactly():
    for row in facts.models():
        if row.arch_verified_by_size:
            assert mixes.parameters(Shape.of(row)) == pytest.approx(row.params, rel=1e-6), row.model


def test_files_of_known_mix_are_met_within_one_percent():
    errors = {
        row.model: abs(mixes.file_bytes(Shape.of(row), row.quant) / row.bytes - 1)
        for row in facts.models()
        if row.arch_verified_by_size
    }
    assert len(errors) > 20 and max(errors.values()) < 0.005, errors


def test_the_cache_keeps_a_key_and_a_value_per_key_value_head():
    assert memory.cache_bytes(SMALL, 1) == 2 * 2 * 2 * 64 * 2  # key+value, layers, kv_heads, head_dim, bytes
    llama = Shape.of(facts.model("llama3.1:8b"))
    assert memory.cache_bytes(llama, 4096) == 512 * memory.MiB
    assert memory.cache_bytes(llama, 131072) == 16 * memory.GiB


def test_a_quantized_cache_and_more_conversations_scale_the_cache():
    plain = memory.cache_bytes(SMALL, 1000)
    assert memory.cache_bytes(SMALL, 1000, element_bytes=34 / 32) == pytest.approx(plain * 34 / 64)
    assert memory.cache_bytes(SMALL, 1000, slots=3) == 3 * plain


def test_a_sliding_window_caps_its_layers_and_never_adds():
    capped = memory.cache_bytes(SMALL, 1000, window=100, windowed_layers=1)
    assert capped == memory.cache_bytes(SMALL, 1000) / 2 * 1.1
    assert memory.cache_bytes(SMALL, 50, window=100, windowed_layers=1) == memory.cache_bytes(SMALL, 50)


def test_exactly_full_still_fits_and_one_byte_more_does_not():
    need = memory.Need(weights=100, cache=20, overhead=3)
    assert need.goes_into(123) and not need.goes_into(122.9)


def test_overhead_comes_from_the_facts():
    assert memory.OVERHEAD_BYTES == facts.value("memory.overhead_gb") * memory.GB


@pytest.mark.parametrize(
    ("tag", "mix", "count"),
    [("llama3.2:3b", "Q4_K_M", 3e9), ("llama3.2:3b-instruct-q8_0", "Q8_0", 3e9), ("smollm2:135m", "Q4_K_M", 135e6),
     ("qwen2.5:0.5b-instruct-q4_K_S", "Q4_K_S", 0.5e9), ("mixtral:8x7b", "Q4_K_M", 56e9), ("phi3:mini", "Q4_K_M", None),
     ("x:7b-fp16-q4_0", "Q4_0", 7e9), ("llama3.2", "Q4_K_M", None)],
)
def test_a_tag_says_format_and_size_or_leaves_them_open(tag, mix, count):
    assert memory.mix_from_tag(tag) == mix
    assert memory.parameters_from_tag(tag) == count


def test_a_tag_without_a_size_asks_for_the_count():
    with pytest.raises(ValueError, match="give the number of parameters"):
        memory.weights_from_tag("phi3:mini")


def test_small_models_pay_more_bits_per_weight():
    bits = [memory.bits_from_count(count, "Q4_K_M") for count in (0.5e9, 1e9, 8e9, 70e9)]
    assert bits == sorted(bits, reverse=True) and 4.7 < bits[-1] < 4.9 and bits[1] > 5.1


def test_a_card_is_plain_data_and_its_bits_owe_nothing_to_the_file():
    card = memory.card("qwen2.5:0.5b")
    assert json.loads(json.dumps(card)) == card
    row = facts.model("qwen2.5:0.5b")
    assert card["bits_per_weight"] == round(mixes.whole_file_bits(Shape.of(row), "Q4_K_M"), 2)
    assert card["bits_per_weight"] * card["parameters"] / 8 == pytest.approx(row.file_bytes, rel=0.01)


def test_a_card_needs_published_layer_numbers():
    with pytest.raises(ValueError, match="layer numbers of gemma3:12b are not published"):
        memory.card("gemma3:12b")


def test_the_benchmark_meets_its_targets_and_ends_with_json():
    run = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "estimator.py"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    result = json.loads(run.stdout.splitlines()[-1])
    assert result["shape_median_error"] <= 0.01 and result["tag_median_error"] <= 0.05
    assert result["library_tag_median_error"] <= 0.05


def test_every_miss_in_the_benchmark_has_a_reason():
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        import estimator
    finally:
        sys.path.pop(0)
    errors = estimator.errors_from_tags()
    assert median(map(abs, errors.values())) <= 0.05
    for row in facts.models():
        if abs(errors.get(row.model, 0)) > estimator.MISS:
            assert len(estimator.reason(row)) > 10, row.model
