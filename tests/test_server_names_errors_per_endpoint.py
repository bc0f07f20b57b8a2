"""Missing, unknown and malformed names: the contract's answer for each endpoint."""

import json

import pytest
from tests.practice_server import HELLO, call, lines, post

from localmodels.server import names
from localmodels.server.scripted import ScriptedOllama

MALFORMED = ["llama 3.2", "a b", "x:", ":x", "a//b", "-a", "a" * 81]
REQUIRED, INVALID = (400, "model is required"), (400, "invalid model name")


@pytest.fixture(scope="module")
def ollama():
    with ScriptedOllama(models=["llama3.2:latest", "mxbai"], capabilities=("completion", "embedding")) as server:
        yield server


def answer(server, path, body, method="POST"):
    status, _, data = call(server, method, path, body)
    return status, json.loads(data)["error"]


def with_model(path, name):
    """A request that is right but for its model."""
    extra = {"/api/chat": {"messages": HELLO}, "/api/generate": {"prompt": "a"}, "/api/embed": {"input": "a"},
             "/api/embeddings": {"prompt": "a"}}.get(path, {})
    return {"model": name, **extra}


MISSING = {
    "/api/chat": REQUIRED, "/api/generate": (404, "model '' not found"), "/api/embed": (404, "model '' not found"),
    "/api/embeddings": REQUIRED, "/api/show": REQUIRED, "/api/pull": INVALID, "/api/push": REQUIRED,
    "/api/create": INVALID}
UNKNOWN = {
    "/api/chat": "model 'X' not found", "/api/generate": "model 'X' not found",
    "/api/embed": 'model "X" not found, try pulling it first',
    "/api/embeddings": 'model "X" not found, try pulling it first', "/api/show": "model 'X:latest' not found"}


@pytest.mark.parametrize("path", MISSING)
@pytest.mark.parametrize("name", ["", None])
def test_a_missing_name(ollama, path, name):
    assert answer(ollama, path, with_model(path, name)) == MISSING[path]


@pytest.mark.parametrize("path", UNKNOWN)
def test_a_name_that_is_not_installed(ollama, path):
    assert answer(ollama, path, with_model(path, "Nobody.1")) == (404, UNKNOWN[path].replace("X", "Nobody.1"))


@pytest.mark.parametrize("path", ["/api/chat", "/api/generate"])
def test_an_unknown_tag_reads_like_an_unknown_model(ollama, path):
    assert answer(ollama, path, with_model(path, "llama3.2:9b")) == (404, "model 'llama3.2:9b' not found")


@pytest.mark.parametrize("path", [*UNKNOWN, "/api/pull", "/api/create"])
@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_name(ollama, path, name):
    assert answer(ollama, path, with_model(path, name)) == INVALID


def test_delete_has_its_own_sentences(ollama):
    def delete(name):
        return answer(ollama, "/api/delete", {"model": name}, method="DELETE")

    assert delete("") == REQUIRED
    assert delete("x y") == (400, 'name "x y" is invalid')
    assert delete("nobody") == (404, "model 'nobody' not found")


def test_copy_names_the_side_that_is_wrong(ollama):
    def copy(source, destination):
        return answer(ollama, "/api/copy", {"source": source, "destination": destination})

    assert copy("", "b") == (400, 'source "" is invalid')
    assert copy("llama3.2", "") == (400, 'destination "" is invalid')
    assert copy("a b", "b") == (400, 'source "a b" is invalid')
    assert copy("nobody", "b") == (404, 'model "nobody" not found')


def test_pulling_what_does_not_exist_fails_in_the_stream_or_with_500(ollama):
    text = "pull model manifest: file does not exist"
    status, _, data = call(ollama, "POST", "/api/pull", {"model": "nobody"})
    assert status == 200 and lines(data)[-1] == {"error": text}
    assert answer(ollama, "/api/pull", {"model": "nobody", "stream": False}) == (500, text)


def test_pushing_ends_in_an_error_line_or_500(ollama):
    status, _, data = call(ollama, "POST", "/api/push", {"model": "llama3.2"})
    assert status == 200 and "error" in lines(data)[-1]
    assert answer(ollama, "/api/push", {"model": "llama3.2", "stream": False})[0] == 500


def test_create_needs_something_to_start_from(ollama):
    assert answer(ollama, "/api/create", {"model": "mine"}) == (400, "neither 'from' or 'files' was specified")


def test_v1_models_names_the_completed_name(ollama):
    status, _, data = call(ollama, "GET", "/v1/models/nobody")
    assert status == 404 and json.loads(data)["error"]["message"] == "model 'nobody:latest' not found"


@pytest.mark.parametrize("name", ["gpt-oss:120b-cloud", "llama3.2:cloud"])
@pytest.mark.parametrize("path", ["/api/chat", "/api/generate", "/api/embed", "/api/embeddings"])
def test_cloud_models_are_refused_because_nothing_leaves_this_machine(ollama, path, name):
    text = "ollama cloud is disabled: remote model is unavailable"
    assert answer(ollama, path, with_model(path, name)) == (403, text)


def test_local_and_cloud_at_once_are_refused(ollama):
    text = 'use either :local or :cloud, not both: "llama3.2:local:cloud"'
    assert answer(ollama, "/api/chat", with_model("/api/chat", "llama3.2:local:cloud")) == (400, text)


@pytest.mark.parametrize("name", ["llama3.2", "llama3.2:latest", "LLAMA3.2", "library/llama3.2",
                                  "registry.ollama.ai/library/llama3.2:latest", "llama3.2:local"])
def test_a_model_answers_to_every_form_of_its_name_and_echoes_the_one_sent(ollama, name):
    status, reply = post(ollama, "/api/chat", {"model": name, "messages": HELLO, "stream": False})
    assert (status, reply["model"]) == (200, name)


@pytest.mark.parametrize(("text", "short"), [
    ("llama3.2", "llama3.2:latest"), ("hf.co/user/repo:Q4_K_M", "hf.co/user/repo:Q4_K_M"),
    ("user/model", "user/model:latest"), ("Gemma2:2B", "Gemma2:2B"),
    ("registry.ollama.ai/library/a:b", "a:b"), ("https://hf.co/a/b", "hf.co/a/b:latest")])
def test_names_are_shown_in_their_shortest_form_with_the_tag(text, short):
    assert names.parse(text).short == short


def test_different_tags_are_different_models():
    assert names.parse("llama3.2").key != names.parse("llama3.2:1b").key
    assert names.parse("LLAMA3.2:1B").key == names.parse("llama3.2:1b").key
