"""The llama.cpp engine: any GGUF file behind the same server, in a process that dies with it."""

import json

import pytest

from localmodels.server.engines.llamacpp import LlamaCppEngine
from localmodels.tiny import MODEL_FILE, llamacpp
from tests.practice_server import HELLO, call, get, lines, post, serving

ASK = {"model": "tiny-course", "messages": [{"role": "user", "content": "What is Ollama?"}],
       "options": {"temperature": 0}}


@pytest.fixture(scope="module")
def server():
    why_not = llamacpp.probe(MODEL_FILE)
    if why_not:
        pytest.skip(why_not)
    with serving(LlamaCppEngine(MODEL_FILE), ["tiny-course"]) as one:
        yield one


def test_it_says_the_same_as_the_numpy_runtime(server):
    from localmodels.server.engines.tiny import TinyEngine

    _, _, data = call(server, "POST", "/api/chat", ASK)
    *parts, last = lines(data)
    with serving(TinyEngine(), ["tiny-course"]) as other:
        _, reply = post(other, "/api/chat", {**ASK, "stream": False})
    assert "".join(part["message"]["content"] for part in parts) == reply["message"]["content"]
    assert last["done_reason"] == "stop" and last["prompt_eval_count"] == reply["prompt_eval_count"]
    assert last["eval_duration"] > 0


def test_limits_and_stops_are_obeyed(server):
    _, reply = post(server, "/api/chat", {**ASK, "stream": False, "options": {"temperature": 0, "num_predict": 2}})
    assert (reply["done_reason"], reply["eval_count"]) == ("length", 2)
    _, reply = post(server, "/api/chat", {**ASK, "stream": False, "options": {"temperature": 0, "stop": ["is"]}})
    assert reply["done_reason"] == "stop" and "is" not in reply["message"]["content"]


def test_a_schema_forces_json(server):
    body = {**ASK, "stream": False, "format": {"type": "boolean"}, "options": {"temperature": 0, "num_predict": 20}}
    _, reply = post(server, "/api/chat", body)
    assert json.loads(reply["message"]["content"]) in (True, False)


def test_embeddings(server):
    _, found = post(server, "/api/embed", {"model": "tiny-course", "input": ["a", "b"]})
    assert [len(vector) for vector in found["embeddings"]] == [256, 256]


def test_a_crash_of_llama_cpp_is_an_error_and_the_next_request_starts_it_again(server):
    post(server, "/api/chat", {**ASK, "stream": False})
    server.server.engine.child.child.kill()
    server.server.engine.child.child.wait()
    assert post(server, "/api/chat", {**ASK, "messages": HELLO, "stream": False})[0] == 200


def test_unloading_ends_the_process(server):
    post(server, "/api/chat", {**ASK, "stream": False})
    child = server.server.engine.child.child
    post(server, "/api/chat", {"model": "tiny-course", "keep_alive": 0})
    assert child.poll() is not None and get(server, "/api/ps")[1]["models"] == []
