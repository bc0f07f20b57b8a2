"""What the tiny model was trained on: enough wordings, nothing contradictory, nothing leaked, always the same."""

from __future__ import annotations

import hashlib
import re
from itertools import islice
from pathlib import Path

import pytest

from localmodels.tiny import corpus
from localmodels.tiny.corpus import facts, smalltalk, words

DATA = Path(corpus.__file__).parent.parent / "data"
MODEL = DATA / "tiny-course-f16.gguf"


@pytest.fixture(scope="module")
def sample():
    """Three thousand chats as training would draw them."""
    return list(islice(corpus.training_chats(seed=13), 3000))


def every_question():
    """Every fact, wording and name as the question they make."""
    for fact in facts.all_facts():
        for wording in fact.wordings:
            for name in fact.names or ("",):
                yield fact, wording, fact.question(wording, name)


def plain(text: str) -> str:
    return re.sub(r"[^a-z0-9_/.]+", " ", text.lower()).strip(" .")


def test_every_fact_is_asked_in_at_least_ten_trained_wordings():
    assert {fact.key: len(fact.trained_wordings()) for fact in facts.all_facts() if len(fact.trained_wordings()) < 10} == {}


def test_no_question_has_two_answers():
    answers: dict[str, set[str]] = {}
    for fact, _, question in every_question():
        answers.setdefault(plain(question), set()).add(fact.answer)
    assert [question for question, several in answers.items() if len(several) > 1] == []


def test_answers_are_whole_sentences():
    for fact in facts.all_facts():
        assert fact.answer[-1] == "." and "  " not in fact.answer, fact.key
        assert 4 <= len(fact.answer.split()) <= (60 if fact.key.startswith("both") else 30), fact.key


def test_about_one_pair_in_ten_is_held_out():
    pairs = sum(len(fact.wordings) for fact in facts.all_facts())
    assert 0.08 < len(corpus.held_out_questions()) / pairs < 0.12


def test_no_held_out_pair_is_in_the_training_text(sample):
    held_out = {plain(question) for fact, wording, question in every_question() if facts.is_held_out(fact, wording)}
    asked = {plain(message["content"]) for chat in sample for message in chat if message["role"] == "user"}
    assert asked & held_out == set()


def test_the_generator_is_deterministic(sample):
    assert list(islice(corpus.training_chats(seed=13), 50)) == sample[:50]
    assert list(islice(corpus.training_chats(seed=14), 50)) != sample[:50]


def test_the_evaluation_text_never_changes():
    text = repr(corpus.evaluation_chats(300))
    assert hashlib.sha256(text.encode()).hexdigest() == EVALUATION_SHA256, (
        "The text that perplexity is measured on has changed. That is right only together with a newly trained model.")


def test_chats_alternate_and_end_with_an_answer(sample):
    for chat in sample:
        roles = [message["role"] for message in chat if message["role"] != "system"]
        assert roles == ["user", "assistant"] * (len(roles) // 2)
        assert all(message["content"] for message in chat)


def test_chats_leave_no_blank_unfilled_and_hold_no_marks(sample):
    text = "\n".join(message["content"] for chat in sample for message in chat)
    assert not re.search(r"[{}\0]|<\|", text)
    assert not re.search(r"https?://(?!localhost)", text)


def test_what_was_told_comes_back(sample):
    recalled = 0
    for chat in sample:
        said = " ".join(message["content"] for message in chat[:-1])
        for message in chat:
            if message["role"] == "assistant" and (found := re.search(r"[Yy]our name is (\w+)", message["content"])):
                recalled += 1
                assert found.group(1) in said
    assert recalled > 50


def test_evaluation_words_are_unseen():
    from localmodels.tiny.evaluate import unseen

    templates = {plain(template) for template in smalltalk.offtopic_templates()}
    assert not {plain(question) for question in unseen()["off_topic"]} & templates
    assert not set(unseen()["names"]) & set(words.words("names"))


def test_the_committed_model_is_the_described_one():
    digest = hashlib.sha256(MODEL.read_bytes()).hexdigest()
    assert f"{digest}  {MODEL.name}" in (DATA / "SHA256SUMS").read_text().splitlines()
    assert digest in (DATA / "MODEL_CARD.md").read_text()


EVALUATION_SHA256 = "32b2a76b7904ff0418662f8fb527cb1fcd6550cf4a16e0a68b20c96aadb029b0"
