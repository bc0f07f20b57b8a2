"""The NumPy runtime computes what a person with paper would."""

import doctest
import importlib

import numpy as np
import pytest

from localmodels.tiny import load
from localmodels.tiny.model import ContextFull, Model, rotate, softmax
from localmodels.tiny.weights import Layer, Shape, Weights

MODULES = ("chat", "export", "generate", "measure", "model", "quantize", "tokenizer")


@pytest.mark.parametrize("name", MODULES)
def test_the_worked_examples_in_the_docstrings_are_right(name):
    module = importlib.import_module(f"localmodels.tiny.{name}")
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


def small_model(layers=()):
    """Two tokens, two numbers per token, one head: small enough to compute by hand."""
    shape = Shape(layers=len(layers), hidden=2, heads=1, kv_heads=1, head_size=2, feed_forward=2,
                  vocabulary=2, context=4, rope_base=10000.0, epsilon=0.0)
    embedding = np.array([[3, 4], [0, 2]], np.float32)
    norm = np.full(2, np.sqrt(2), np.float32)           # the sqrt(H) that read_weights puts in
    return Model(Weights(shape, embedding, list(layers), norm, output=np.eye(2, dtype=np.float32)))


def layer(**matrices):
    zero = np.zeros((2, 6), np.float32), np.zeros((2, 2), np.float32), np.zeros((2, 4), np.float32), \
        np.zeros((2, 2), np.float32)
    return Layer(**dict(zip(("qkv", "out", "gate_up", "down"), zero)) | {
        name: np.array(matrix, np.float32) for name, matrix in matrices.items()})


def test_a_model_without_layers_only_normalises_the_embedding():
    # (3, 4) has mean square 12.5; divided by its root that is (0.6, 0.8) times sqrt 2.
    scores = small_model().forward([0])
    assert scores == pytest.approx(np.array([[0.6, 0.8]]) * np.sqrt(2))


def test_attention_to_one_token_returns_its_value():
    # Queries and keys are 0, values are the input itself: x becomes x + x / |x|.
    values = layer(qkv=[[0, 0, 0, 0, 1, 0], [0, 0, 0, 0, 0, 1]], out=np.eye(2))
    cache = small_model([values]).new_cache()
    hidden = small_model([values]).attention(values, np.array([[3, 4]], np.float32), cache.keys[0], cache.values[0], 0)
    assert hidden == pytest.approx(np.array([[0.6, 0.8]]))


def test_attention_without_preference_is_the_mean_of_what_came_before():
    values = layer(qkv=[[0, 0, 0, 0, 1, 0], [0, 0, 0, 0, 0, 1]], out=np.eye(2))
    model = small_model([values])
    cache = model.new_cache()
    x = model.weights.embedding[[0, 1]]
    looks = model.attention(values, x, cache.keys[0], cache.values[0], 0)
    assert looks == pytest.approx(np.array([[0.6, 0.8], [0.3, 0.9]]))   # second: mean of (.6, .8) and (0, 1)


def test_feed_forward_multiplies_the_gate_with_the_other_half():
    # x = (0, 2) becomes (0, 1); gate 0.5 per input, so SiLU(1) = 0.731; up is 3.
    work = layer(gate_up=[[0, 0, 0, 0], [0.5, 0, 3, 0]], down=np.eye(2))
    done = small_model([work]).feed_forward(work, np.array([[0, 2]], np.float32))
    assert done == pytest.approx(np.array([[3 * 0.7310586, 0]]))


def test_rotation_depends_only_on_the_distance_of_two_tokens():
    turns = np.exp(1j * np.arange(8) * 0.3).astype(np.complex64)[:, None, None]
    query, key = np.array([[[1, 2]]], np.float32), np.array([[[3, -1]]], np.float32)
    near = np.sum(rotate(query, turns[3:4]) * rotate(key, turns[1:2]))
    far = np.sum(rotate(query, turns[7:8]) * rotate(key, turns[5:6]))
    assert near == pytest.approx(far, abs=1e-5)


def test_softmax_survives_large_scores():
    assert softmax(np.array([1000.0, 1000.0, -1000.0])).tolist() == [0.5, 0.5, 0.0]


def test_reading_token_by_token_gives_the_same_scores_as_reading_at_once():
    model, ids = load(), list(range(3, 90))
    cache = model.new_cache()
    one_by_one = np.concatenate([model.forward([token], cache) for token in ids])
    assert np.abs(model.forward(ids) - one_by_one).max() < 1e-3


def test_a_cache_can_forget_its_last_tokens():
    model = load()
    cache = model.new_cache()
    model.forward([5, 6, 7, 8], cache)
    cache.length = 2
    again = model.forward([9], cache)
    assert np.abs(again - model.forward([5, 6, 9])[-1:]).max() < 1e-3


def test_a_later_token_changes_nothing_before_it():
    model = load()
    one, other = model.forward([10, 11, 12]), model.forward([10, 11, 400])
    assert np.abs(one[:2] - other[:2]).max() < 1e-4
    assert np.abs(one[2] - other[2]).max() > 0.01


def test_too_much_text_is_refused_with_the_limit():
    model = load()
    with pytest.raises(ContextFull, match=f"looks at {model.shape.context} at most"):
        model.forward([1] * (model.shape.context + 1))


def test_impossible_ids_are_refused():
    model = load()
    with pytest.raises(ValueError, match="Token ids go from 0 to"):
        model.forward([model.shape.vocabulary])
    with pytest.raises(ValueError, match="no token"):
        model.forward([])


def test_an_unchanged_file_is_read_once():
    assert load() is load()


def test_a_text_becomes_an_arrow_of_length_one():
    arrow = load().embed("What is the KV cache?")
    assert arrow.shape == (load().shape.hidden,)
    assert np.linalg.norm(arrow) == pytest.approx(1.0)
    assert load().embed("word " * 2000).shape == arrow.shape    # what does not fit is cut
    assert np.isfinite(load().embed("")).all()
