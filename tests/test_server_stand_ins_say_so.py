"""The tiny model answers to another model's name only after a pull, and says so wherever one can look."""

import json

import pytest

from localmodels import facts
from localmodels.server.engines.tiny import TinyEngine
from localmodels.server.registry import Shelf
from tests.practice_server import HELLO, call, get, post, serving


@pytest.fixture
def server():
    with serving(TinyEngine(), ["tiny-course"]) as one:
        yield one


def pull(server, name):
    return post(server, "/api/pull", {"model": name, "stream": False})


def test_only_the_tiny_model_is_there_at_first(server):
    assert [one["name"] for one in get(server, "/api/tags")[1]["models"]] == ["tiny-course:latest"]
    assert post(server, "/api/chat", {"model": facts.value("models.default"), "messages": HELLO})[0] == 404


@pytest.mark.parametrize("key", ["models.default", "models.small", "models.gemma"])
def test_the_courses_models_can_be_pulled_and_then_answer(server, key):
    name = facts.value(key)
    assert pull(server, name) == (200, {"status": "success"})
    status, reply = post(server, "/api/chat", {"model": name, "messages": HELLO, "stream": False})
    assert status == 200 and reply["model"] == name and reply["message"]["content"]


def test_the_model_that_lessons_find_missing_cannot_be_pulled_either(server):
    status, reply = pull(server, facts.value("models.missing"))
    assert status != 200 or "error" in reply


def test_a_stand_in_says_so_in_tags_and_show(server):
    pull(server, "llama3.2")
    stand_in = get(server, "/api/tags")[1]["models"][0]
    assert stand_in["name"] == "llama3.2:latest"
    assert stand_in["details"]["family"] == "tiny-course (stand-in)"
    assert stand_in["details"]["parent_model"] == "tiny-course:latest"
    _, shown = post(server, "/api/show", {"model": "llama3.2"})
    for field in ("modelfile", "license"):
        assert "This is not llama3.2" in shown[field] and "standing in" in shown[field]
    assert shown["model_info"]["general.basename"] == "tiny-course"


def test_sizes_and_capabilities_are_those_of_the_tiny_model_not_of_the_name(server):
    pull(server, "llama3.2")
    tiny_model, stand_in = sorted(get(server, "/api/tags")[1]["models"], key=lambda one: one["name"], reverse=True)
    for field in ("size", "digest", "capabilities"):
        assert stand_in[field] == tiny_model[field]
    assert stand_in["details"]["parameter_size"] == tiny_model["details"]["parameter_size"]
    assert stand_in["capabilities"] == ["completion", "embedding"]


def test_the_tiny_model_under_its_own_name_is_no_stand_in(server):
    _, shown = post(server, "/api/show", {"model": "tiny-course"})
    assert "standing in" not in json.dumps(shown) and shown["details"]["family"] == "llama"
    assert shown["model_info"]["tokenizer.ggml.tokens"] is None
    _, verbose = post(server, "/api/show", {"model": "tiny-course", "verbose": True})
    assert len(verbose["model_info"]["tokenizer.ggml.tokens"]) == verbose["model_info"]["llama.vocab_size"]


def test_an_embedding_model_is_stood_in_for_by_embeddings_alone(server):
    pull(server, "nomic-embed-text")
    assert post(server, "/api/embed", {"model": "nomic-embed-text", "input": "a"})[0] == 200
    assert post(server, "/api/chat", {"model": "nomic-embed-text", "messages": HELLO}) == (
        400, {"error": '"nomic-embed-text" does not support chat'})


def test_tools_are_refused_because_the_tiny_model_has_none(server):
    pull(server, "llama3.2")
    body = {"model": "llama3.2", "messages": HELLO, "tools": [{"type": "function", "function": {"name": "f"}}]}
    assert post(server, "/api/chat", body) == (
        400, {"error": "registry.ollama.ai/library/llama3.2:latest does not support tools"})


def test_a_copy_of_a_stand_in_is_still_one(server):
    pull(server, "llama3.2")
    call(server, "POST", "/api/copy", {"source": "llama3.2", "destination": "mine"})
    assert "standing in" in post(server, "/api/show", {"model": "mine"})[1]["modelfile"]


def test_what_was_pulled_is_there_after_a_restart(tmp_path):
    path = tmp_path / "models.json"
    with serving(TinyEngine(), Shelf(["tiny-course"], path=path)) as server:
        pull(server, "Gemma2:2b")
        post(server, "/api/create", {"model": "p", "from": "gemma2:2b", "parameters": {"seed": 1}, "stream": False})
    with serving(TinyEngine(), Shelf(["tiny-course"], path=path)) as server:
        names = {one["name"] for one in get(server, "/api/tags")[1]["models"]}
        assert names == {"tiny-course:latest", "Gemma2:2b", "p:latest"}
        assert "standing in" in post(server, "/api/show", {"model": "gemma2:2b"})[1]["license"]
        assert post(server, "/api/show", {"model": "p"})[1]["parameters"].split() == ["seed", "1"]


@pytest.mark.parametrize("text", ["", "{", '{"models": 5}', '{"models": [{"name": "a b"}]}', '{"models": [{"x": 1}]}'])
def test_a_damaged_list_of_models_counts_as_empty(tmp_path, text):
    path = tmp_path / "models.json"
    path.write_text(text)
    shelf = Shelf(["tiny-course"], path=path)
    assert [one.name for one in shelf.all()] == ["tiny-course:latest"]
