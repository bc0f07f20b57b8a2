"""The committed model is the one that was measured, and measures the same everywhere."""

import hashlib

import pytest

from localmodels.tiny import MODEL_FILE, load
from localmodels.tiny.chat import said_ids
from localmodels.tiny.generate import generate
from localmodels.tiny.golden import read_golden
from localmodels.tiny.measure import difference, perplexity, windows
from localmodels.tiny.quantize import quantize

GOLDEN = read_golden()


def texts():
    return [said_ids(load().tokenizer, chat) for chat in GOLDEN["chats"]]


def test_the_file_is_the_measured_one():
    found = hashlib.sha256(MODEL_FILE.read_bytes()).hexdigest()
    assert found == GOLDEN["sha256"], "the model changed: run python -m localmodels.tiny.measure --golden"


def test_perplexity_is_what_it_was():
    assert sum(map(len, texts())) == GOLDEN["tokens"]
    assert perplexity(load(), texts()) == pytest.approx(GOLDEN["perplexity"], rel=5e-5)


@pytest.mark.parametrize("question", GOLDEN["greedy"])
def test_the_likeliest_answer_is_what_it_was(question):
    model, golden = load(), GOLDEN["greedy"][question]
    ids = model.chat_ids([{"role": "user", "content": question}])
    assert list(generate(model, ids, temperature=0, max_tokens=len(golden))) == golden


def test_the_stored_answers_are_long_enough_to_prove_something():
    assert sum(map(len, GOLDEN["greedy"].values())) > 60


@pytest.mark.parametrize("kind", GOLDEN["formats"])
def test_each_format_costs_what_it_did(kind, tmp_path):
    path, expected = quantize(MODEL_FILE, tmp_path / "small.gguf", kind), GOLDEN["formats"][kind]
    far = difference(load(), load(path), texts())
    assert path.stat().st_size == expected["bytes"]
    assert perplexity(load(path), texts()) == pytest.approx(expected["perplexity"], rel=1e-3)
    assert far.kl == pytest.approx(expected["kl"], rel=0.02)
    assert far.same_top == pytest.approx(expected["same_top"], abs=0.003)


def test_fewer_bits_are_farther_from_the_original():
    kl = {kind: numbers["kl"] for kind, numbers in GOLDEN["formats"].items()}
    assert kl["Q8_0"] < kl["Q4_0"] < kl["Q2_K"]
    assert kl["Q8_0"] < kl["Q4_K"] < kl["Q2_K"]


def test_a_model_is_no_distance_from_itself():
    far = difference(load(), load(), texts()[:3])
    assert far.kl == pytest.approx(0, abs=1e-12)
    assert far.same_top == 1.0


def test_long_texts_are_measured_in_windows_that_lose_no_prediction():
    ids = list(range(1300))
    cut = windows(ids, context=512)
    assert sum(len(part) - 1 for part in cut) == len(ids) - 1
    assert max(len(part) - 1 for part in cut) == 512


def test_a_text_of_one_token_cannot_be_measured():
    with pytest.raises(ValueError, match="at least two tokens"):
        perplexity(load(), [5])
