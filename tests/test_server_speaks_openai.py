"""Under /v1: OpenAI's request and reply forms, and Ollama's own ways with errors there."""

import base64
import json
import struct

import pytest

from localmodels.server.scripted import ScriptedOllama
from tests.practice_server import HELLO, call, get, post

CHAT = "/v1/chat/completions"


@pytest.fixture
def ollama():
    with ScriptedOllama(models=["llama3.2"], capabilities=("completion", "embedding")) as server:
        yield server


def events(data):
    found = [part.removeprefix(b"data: ") for part in data.split(b"\n\n") if part]
    return [json.loads(part) for part in found if part != b"[DONE]"], found[-1] == b"[DONE]"


def ask(**more):
    return {"model": "llama3.2", "messages": HELLO, **more}


def test_a_completion_has_openais_fields_in_order(ollama):
    ollama.reply("Hi there", prompt_eval_count=26, eval_count=9)
    status, headers, data = call(ollama, "POST", CHAT, ask())
    assert status == 200 and headers["Content-Type"] == "application/json" and data.endswith(b"}\n")
    reply = json.loads(data)
    assert list(reply) == ["id", "object", "created", "model", "system_fingerprint", "choices", "usage"]
    assert reply["object"] == "chat.completion" and reply["system_fingerprint"] == "fp_ollama"
    assert reply["choices"] == [{"index": 0, "message": {"role": "assistant", "content": "Hi there"},
                                 "finish_reason": "stop"}]
    assert reply["usage"] == {"prompt_tokens": 26, "completion_tokens": 9, "total_tokens": 35}


def test_a_stream_has_the_role_once_a_finish_chunk_and_done(ollama):
    ollama.reply(chunks=["a", "b"], done_reason="length")
    status, headers, data = call(ollama, "POST", CHAT, ask(stream=True))
    chunks, finished = events(data)
    assert headers["Content-Type"] == "text/event-stream" and finished
    assert [chunk["choices"][0]["delta"] for chunk in chunks] == [
        {"role": "assistant", "content": "a"}, {"content": "b"}, {}]
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks] == [None, None, "length"]
    assert not any("usage" in chunk for chunk in chunks)


def test_usage_in_a_stream_comes_when_asked_for(ollama):
    ollama.reply("a", prompt_eval_count=2, eval_count=1)
    chunks, _ = events(call(ollama, "POST", CHAT, ask(stream=True, stream_options={"include_usage": True}))[2])
    assert chunks[-1]["choices"] == [] and chunks[-1]["usage"]["total_tokens"] == 3


def test_an_error_in_mid_stream_is_lost(ollama):
    ollama.fail_mid_stream("gone")
    status, _, data = call(ollama, "POST", CHAT, ask(stream=True))
    chunks, finished = events(data)
    assert status == 200 and not finished and b"gone" not in data
    assert chunks[-1]["choices"][0]["delta"] == {"content": ""}


def test_tool_arguments_are_text_here(ollama):
    ollama.reply(tool_calls=[{"name": "f", "arguments": {"a": 1}}])
    _, reply = post(ollama, CHAT, ask())
    (choice,) = reply["choices"]
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["tool_calls"][0]["function"] == {"name": "f", "arguments": '{"a":1}'}


ERRORS = [
    (None, 400, "EOF"),
    ("{", 400, "unexpected EOF"),
    ("[]", 400, "json: cannot unmarshal array into Go value of type openai.ChatCompletionRequest"),
    ({"model": 1}, 400, "json: cannot unmarshal number into Go struct field ChatCompletionRequest.model of type string"),
    ({"model": "llama3.2"}, 400, "[] is too short - 'messages'"),
    (ask(messages=[]), 400, "[] is too short - 'messages'"),
    (ask(messages=[{"role": "user", "content": None}]), 400, "invalid message content type: <nil>"),
    (ask(messages=[{"role": "user", "content": 5}]), 400, "invalid message content type: float64"),
    (ask(messages=[{"role": "user", "content": [{"type": "song"}]}]), 400, "invalid message format"),
    (ask(messages=[{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://a/b.png"}}]}]),
     400, "image URLs are not currently supported, please use base64 encoded data instead"),
    (ask(reasoning_effort="huge"), 400, 'invalid reasoning value: "huge" (must be "minimal", "low", "medium", '
                                        '"high", "xhigh", "ultra", "max", or "none")'),
    (ask(model="nobody"), 404, "model 'nobody' not found"),
    ({"messages": HELLO}, 400, "model is required"),
]
TYPES = {400: "invalid_request_error", 404: "not_found_error", 500: "api_error", 503: "api_error"}


@pytest.mark.parametrize(("body", "status", "text"), ERRORS)
def test_errors_come_in_openais_envelope(ollama, body, status, text):
    found, headers, data = call(ollama, "POST", CHAT, body)
    wanted = {"error": {"message": text, "type": TYPES[status], "param": None, "code": None}}
    assert (found, json.loads(data)) == (status, wanted)
    assert headers["Content-Type"] == "application/json" and data.endswith(b"}\n")


@pytest.mark.parametrize("status", [500, 503])
def test_faults_of_the_engine_are_api_errors(ollama, status):
    ollama.fail(status, "boom")
    found, reply = post(ollama, CHAT, ask(stream=True))
    assert (found, reply["error"]["type"], reply["error"]["message"]) == (status, "api_error", "boom")


def test_a_nil_is_escaped_as_go_escapes_it(ollama):
    data = call(ollama, "POST", CHAT, ask(messages=[{"role": "user"}]))[2]
    assert rb"\u003cnil\u003e" in data


def test_wrong_paths_stay_plain_text_under_v1_too(ollama):
    assert call(ollama, "POST", "/v1/chat")[2] == b"404 page not found"
    assert call(ollama, "GET", CHAT)[2] == b"405 method not allowed"


def test_sampling_fields_reach_the_engine_as_options(ollama):
    from localmodels.server.openai_requests import chat_fields

    made = chat_fields(ask(max_tokens=5, seed=1, stop="x"))["options"]
    assert made == {"temperature": 1.0, "top_p": 1.0, "seed": 1, "num_predict": 5, "stop": ["x"]}
    assert "num_predict" not in chat_fields(ask(max_completion_tokens=5))["options"]


def test_parts_of_a_message_become_messages_of_their_own():
    from localmodels.server.openai_requests import chat_fields

    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    made = chat_fields({"model": "m", "messages": [{"role": "User", "content": parts}]})["messages"]
    assert made == [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}]


def test_text_completions_whole_and_streamed(ollama):
    ollama.reply("once upon")
    _, reply = post(ollama, "/v1/completions", {"model": "llama3.2", "prompt": "a"})
    assert reply["object"] == "text_completion" and reply["choices"][0]["text"] == "once upon"
    ollama.reply(chunks=["a", "b"])
    chunks, finished = events(call(ollama, "POST", "/v1/completions",
                                   {"model": "llama3.2", "prompt": "a", "stream": True})[2])
    assert finished and "".join(chunk["choices"][0]["text"] for chunk in chunks) == "ab"
    status, reply = post(ollama, "/v1/completions", {"model": "llama3.2", "prompt": ["a"]})
    assert status == 400 and "CompletionRequest.prompt of type string" in reply["error"]["message"]


def test_models_are_listed_and_found_one_by_one(ollama):
    _, found = get(ollama, "/v1/models")
    assert [one["id"] for one in found["data"]] == ["llama3.2:latest"]
    status, one = get(ollama, "/v1/models/llama3.2")
    assert status == 200 and list(one) == ["id", "object", "created", "owned_by"] and one["owned_by"] == "library"


def test_embeddings_as_numbers_and_as_base64(ollama):
    body = {"model": "llama3.2", "input": ["a", "b"]}
    _, numbers = post(ollama, "/v1/embeddings", body)
    _, packed = post(ollama, "/v1/embeddings", {**body, "encoding_format": "base64"})
    assert [one["index"] for one in numbers["data"]] == [0, 1] and numbers["usage"]["prompt_tokens"] == 2
    raw = base64.b64decode(packed["data"][0]["embedding"])
    assert struct.unpack(f"<{len(raw) // 4}f", raw) == pytest.approx(numbers["data"][0]["embedding"], abs=1e-6)


@pytest.mark.parametrize(("body", "status", "text"), [
    ({"model": "llama3.2"}, 400, "invalid input"), ({"model": "llama3.2", "input": []}, 400, "invalid input"),
    ({"model": "llama3.2", "input": "a", "encoding_format": "hex"}, 400, "Invalid value for 'encoding_format'"),
    ({"model": "nobody", "input": "a"}, 404, 'model "nobody" not found')])
def test_embedding_errors(ollama, body, status, text):
    found, reply = post(ollama, "/v1/embeddings", body)
    assert found == status and text in reply["error"]["message"]
