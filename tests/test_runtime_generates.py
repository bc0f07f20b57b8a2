"""Choosing tokens: the same seed says the same, and every option does what its name says."""

from collections import Counter

import numpy as np
import pytest

from localmodels.tiny import load
from localmodels.tiny.generate import Sampler, generate
from localmodels.tiny.model import ContextFull

STORY = [{"role": "user", "content": "Tell me a story about a fox."}]


def story_ids():
    return load().chat_ids(STORY)


def say(**options):
    return list(generate(load(), story_ids(), **{"max_tokens": 30} | options))


def ending(generator):
    """What the generator returned once it was used up."""
    while True:
        try:
            next(generator)
        except StopIteration as stop:
            return stop.value


def test_temperature_zero_needs_no_seed():
    assert say(temperature=0) == say(temperature=0, seed=5)


def test_the_same_seed_says_the_same():
    assert say(seed=1, temperature=1.0) == say(seed=1, temperature=1.0)


def test_other_seeds_say_other_things():
    assert len({tuple(say(seed=seed, temperature=1.5, top_p=1.0)) for seed in range(5)}) > 1


def test_top_k_one_is_the_likeliest_token():
    assert say(top_k=1, temperature=5.0) == say(temperature=0)


def test_it_stops_at_the_end_mark_and_says_so():
    model = load()
    first = say(temperature=0)[0]
    assert list(generate(model, story_ids(), temperature=0, stop_ids=[first])) == []
    assert ending(generate(model, story_ids(), temperature=0, stop_ids=[first])) == "stop"
    assert model.tokenizer.end not in say(temperature=0, max_tokens=300)


def test_it_stops_after_max_tokens_and_says_so():
    assert len(say(temperature=0, max_tokens=3, stop_ids=())) == 3
    assert ending(generate(load(), story_ids(), max_tokens=3, stop_ids=())) == "length"
    assert say(max_tokens=0) == []


def test_it_stops_when_the_context_is_full():
    model = load()
    ids = [5] * (model.shape.context - 4)
    said = list(generate(model, ids, temperature=0, stop_ids=()))
    assert len(said) == 4


def test_a_prompt_without_room_for_an_answer_is_refused_at_once():
    model = load()
    with pytest.raises(ContextFull, match="its own answer included"):
        generate(model, [5] * model.shape.context)


def test_a_cache_continues_a_conversation():
    model, ids = load(), story_ids()
    cache = model.new_cache()
    model.forward(ids[:-3], cache)
    assert list(generate(model, ids[-3:], temperature=0, max_tokens=20, cache=cache)) == say(
        temperature=0, max_tokens=20)


def drawn(scores, **options):
    """How often each id is drawn in 4,000 tries."""
    sampler = Sampler(**{"top_k": 0, "top_p": 1.0, "seed": 3} | options)
    return Counter(sampler.draw(np.log(np.array(scores))) for _ in range(4000))


def test_draws_follow_the_chances():
    counts = drawn([0.6, 0.3, 0.1], temperature=1.0)
    assert [counts[token] / 4000 for token in range(3)] == pytest.approx([0.6, 0.3, 0.1], abs=0.03)


def test_a_low_temperature_sharpens():
    counts = drawn([0.6, 0.3, 0.1], temperature=0.5)       # chances squared: 36, 9, 1
    assert [counts[token] / 4000 for token in range(3)] == pytest.approx([36 / 46, 9 / 46, 1 / 46], abs=0.03)


@pytest.mark.parametrize("options, allowed", [
    ({"top_k": 2}, {0, 1}),
    ({"top_p": 0.65}, {0, 1}),
    ({"top_p": 0.5}, {0}),
    ({"min_p": 0.4}, {0, 1}),
    ({"top_p": 0.0}, {0}),
])
def test_each_filter_leaves_what_it_promises(options, allowed):
    assert set(drawn([0.55, 0.3, 0.1, 0.05], temperature=1.0, **options)) == allowed


def test_the_repeat_penalty_turns_away_from_what_was_said():
    scores = np.array([2.0, 1.9, -3.0])
    assert Sampler(temperature=0).choose(scores) == 0
    assert Sampler(temperature=0, said=[0], repeat_penalty=1.3).choose(scores) == 1
    assert scores.tolist() == [2.0, 1.9, -3.0]             # the caller's numbers are untouched


def test_text_arrives_in_whole_characters():
    tokenizer = load().tokenizer
    pieces = [text for _, text in tokenizer.stream(tokenizer.encode("añ🦊b"))]
    assert "".join(pieces) == "añ🦊b"
    assert not any("�" in text for text in pieces)
