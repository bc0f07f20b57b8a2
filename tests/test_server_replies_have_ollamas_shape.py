"""Replies: fields and their order, streams, loading and unloading, lists, management."""

import json
import re
import time

import pytest

from localmodels.server.scripted import ScriptedOllama
from tests.practice_server import CHAT, HELLO, call, get, lines, post

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
NUMBERS = ["total_duration", "load_duration", "prompt_eval_count", "prompt_eval_duration", "eval_count",
           "eval_duration"]


@pytest.fixture
def ollama():
    with ScriptedOllama(models=["llama3.2"], capabilities=("completion", "embedding", "tools")) as server:
        yield server


def test_a_chat_streams_by_default_one_object_a_line(ollama):
    ollama.reply("Hi <you> & me é", chunks=["Hi <you>", " & me é"])
    status, headers, data = call(ollama, "POST", "/api/chat", CHAT)
    assert (status, headers["Content-Type"]) == (200, "application/x-ndjson")
    assert headers["Transfer-Encoding"] == "chunked"
    assert data.endswith(b"\n") and b"\n\n" not in data
    first, second, last = lines(data)
    assert list(first) == ["model", "created_at", "message", "done"]
    assert first["message"] == {"role": "assistant", "content": "Hi <you>"} and first["done"] is False
    assert list(last) == ["model", "created_at", "message", "done", "done_reason", *NUMBERS]
    assert last["message"] == {"role": "assistant", "content": ""} and last["done_reason"] == "stop"
    assert STAMP.fullmatch(first["created_at"])
    assert rb"Hi \u003cyou\u003e" in data and rb"\u0026 me" in data and "é".encode() in data


def test_without_a_stream_there_is_one_object_with_everything(ollama):
    ollama.reply("Hello there")
    status, headers, data = call(ollama, "POST", "/api/chat", {**CHAT, "stream": False})
    reply = json.loads(data)
    assert headers["Content-Type"] == "application/json; charset=utf-8" and not data.endswith(b"\n")
    assert list(reply) == ["model", "created_at", "message", "done", "done_reason", *NUMBERS]
    assert reply["message"]["content"] == "Hello there"
    assert all(type(reply[name]) is int for name in NUMBERS)


def test_numbers_set_by_a_script_arrive_unchanged_and_zeros_are_left_out(ollama):
    ollama.reply("a", eval_count=282, eval_duration=4535599000, prompt_eval_count=0, done_reason="length")
    _, reply = post(ollama, "/api/chat", {**CHAT, "stream": False})
    assert (reply["eval_count"], reply["eval_duration"], reply["done_reason"]) == (282, 4535599000, "length")
    assert "prompt_eval_count" not in reply


def test_generate_has_response_instead_of_message_and_a_context(ollama):
    ollama.reply(chunks=["The", " end"], context=[1, 2, 3])
    _, _, data = call(ollama, "POST", "/api/generate", {"model": "llama3.2", "prompt": "a"})
    first, _, last = lines(data)
    assert list(first) == ["model", "created_at", "response", "done"] and first["response"] == "The"
    assert list(last) == ["model", "created_at", "response", "done", "done_reason", "context", *NUMBERS]
    assert last["context"] == [1, 2, 3]


def test_raw_prompts_have_no_context(ollama):
    ollama.reply("a", context=[1])
    _, reply = post(ollama, "/api/generate", {"model": "llama3.2", "prompt": "a", "raw": True, "stream": False})
    assert "context" not in reply


def test_thinking_comes_before_the_answer_in_a_field_of_its_own(ollama):
    ollama.reply("Four.", thinking="two and two")
    first, second, _ = lines(call(ollama, "POST", "/api/chat", CHAT)[2])
    assert first["message"] == {"role": "assistant", "content": "", "thinking": "two and two"}
    assert second["message"] == {"role": "assistant", "content": "Four."}


def test_tool_calls_have_an_object_of_arguments_and_an_id(ollama):
    ollama.reply(tool_calls=[{"name": "get_weather", "arguments": {"city": "Paris"}}])
    call_, last = lines(call(ollama, "POST", "/api/chat", CHAT)[2])
    made = call_["message"]["tool_calls"][0]
    assert re.fullmatch("call_[a-z0-9]{8}", made["id"]) and call_["done"] is False
    assert made["function"] == {"index": 0, "name": "get_weather", "arguments": {"city": "Paris"}}
    assert last["done_reason"] == "stop"


# -- loading and unloading


def loading(form, reason):
    body = {"message": {"role": "assistant", "content": ""}} if form == "chat" else {"response": ""}
    return {"model": "llama3.2", **body, "done": True, "done_reason": reason}


@pytest.mark.parametrize(("path", "body"), [
    ("chat", {}), ("chat", {"messages": []}), ("chat", {"prompt": "hello"}),
    ("generate", {}), ("generate", {"prompt": ""}), ("generate", {"messages": HELLO})])
@pytest.mark.parametrize(("more", "reason"), [({}, "load"), ({"keep_alive": 0}, "unload")])
def test_nothing_to_answer_loads_or_unloads_with_200_and_no_text(ollama, path, body, more, reason):
    status, headers, data = call(ollama, "POST", f"/api/{path}", {"model": "llama3.2", **body, **more})
    reply = json.loads(data)
    assert STAMP.fullmatch(reply.pop("created_at"))
    assert (status, reply) == (200, loading(path, reason))
    assert headers["Content-Type"] == "application/json; charset=utf-8"


def test_unloading_a_model_that_is_not_installed_is_a_404(ollama):
    assert post(ollama, "/api/chat", {"model": "nobody", "keep_alive": 0})[0] == 404


def in_memory(server):
    return get(server, "/api/ps")[1]["models"]


def test_ps_lists_what_is_in_memory_and_until_when(ollama):
    assert in_memory(ollama) == []
    post(ollama, "/api/chat", {"model": "llama3.2"})
    (running,) = in_memory(ollama)
    assert list(running) == ["name", "model", "size", "digest", "details", "expires_at", "size_vram",
                             "context_length"]
    assert running["name"] == "llama3.2:latest" and running["size_vram"] == 0
    post(ollama, "/api/chat", {"model": "llama3.2", "keep_alive": 0})
    assert in_memory(ollama) == []


def test_keep_alive_zero_answers_and_then_unloads(ollama):
    assert post(ollama, "/api/chat", {**CHAT, "stream": False, "keep_alive": 0})[0] == 200
    assert in_memory(ollama) == []


def test_a_model_leaves_memory_when_its_time_is_over(ollama):
    post(ollama, "/api/chat", {"model": "llama3.2", "keep_alive": 0.05})
    time.sleep(0.06)
    assert in_memory(ollama) == []


def test_negative_keep_alive_is_for_ever(ollama):
    post(ollama, "/api/chat", {"model": "llama3.2", "keep_alive": -1})
    assert int(in_memory(ollama)[0]["expires_at"][:4]) > 2300


# -- lists and management


def test_tags_lists_the_newest_first_with_all_details(ollama):
    ollama.install("Gemma2:2b")
    _, found = get(ollama, "/api/tags")
    assert [one["name"] for one in found["models"]] == ["Gemma2:2b", "llama3.2:latest"]
    one = found["models"][0]
    assert list(one) == ["name", "model", "modified_at", "size", "digest", "details", "capabilities"]
    assert list(one["details"]) == ["parent_model", "format", "family", "families", "parameter_size",
                                    "quantization_level", "context_length", "embedding_length"]
    assert re.fullmatch("[0-9a-f]{64}", one["digest"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)", one["modified_at"])


def test_nothing_installed_is_an_empty_list_and_null_under_v1():
    with ScriptedOllama(models=[]) as server:
        assert get(server, "/api/tags") == (200, {"models": []})
        assert get(server, "/v1/models") == (200, {"object": "list", "data": None})


def test_show_takes_both_names_of_the_field_and_hides_long_lists(ollama):
    for body in ({"model": "llama3.2"}, {"name": "LLAMA3.2"}):
        status, found = post(ollama, "/api/show", body)
        assert status == 200 and found["model_info"]["general.architecture"] == "llama"
        assert found["capabilities"] == ["completion", "embedding", "tools"]


def test_copy_and_delete_succeed_with_an_empty_body(ollama):
    status, _, body = call(ollama, "POST", "/api/copy", {"source": "llama3.2", "destination": "mine"})
    assert (status, body) == (200, b"") and ollama.models == ["llama3.2:latest", "mine:latest"]
    status, _, body = call(ollama, "DELETE", "/api/delete", {"name": "MINE"})
    assert (status, body) == (200, b"") and ollama.models == ["llama3.2:latest"]


def test_pull_reports_progress_with_totals_and_then_the_model_is_there(ollama):
    found = lines(call(ollama, "POST", "/api/pull", {"model": "gemma2:2b"})[2])
    assert [one["status"] for one in found][0] == "pulling manifest"
    assert [one["status"] for one in found][-3:] == ["verifying sha256 digest", "writing manifest", "success"]
    moving = [one for one in found if one["status"].startswith("pulling ") and "digest" in one]
    done = [one.get("completed", 0) for one in moving]
    assert done == sorted(done) and done[0] == 0 and done[-1] == moving[0]["total"] and len(done) > 5
    assert moving[0]["status"] == "pulling " + moving[0]["digest"].removeprefix("sha256:")[:12]
    assert "gemma2:2b" in ollama.models
    assert post(ollama, "/api/pull", {"name": "qwen2.5:0.5b", "stream": False}) == (200, {"status": "success"})


def test_create_makes_a_variant_with_its_own_system_text_and_parameters(ollama):
    body = {"model": "pirate", "from": "llama3.2", "system": "Arr.", "parameters": {"temperature": 0.1}}
    found = lines(call(ollama, "POST", "/api/create", body)[2])
    assert found[-1] == {"status": "success"}
    _, shown = post(ollama, "/api/show", {"model": "pirate"})
    assert shown["system"] == "Arr." and shown["parameters"] == f"{'temperature':<30} 0.1"
    assert 'SYSTEM """Arr."""' in shown["modelfile"]


def test_blobs_are_checked_by_their_digest(ollama):
    digest = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # of "abc"
    assert call(ollama, "HEAD", f"/api/blobs/{digest}")[0] == 404
    assert call(ollama, "POST", f"/api/blobs/{digest}", "abd")[0] == 400
    assert [call(ollama, "POST", f"/api/blobs/{digest}", "abc")[0] for _ in range(2)] == [201, 200]
    assert call(ollama, "HEAD", f"/api/blobs/{digest}")[0] == 200
    assert call(ollama, "HEAD", "/api/blobs/nonsense")[0] == 400


# -- embeddings


def test_embed_gives_a_list_of_vectors_of_length_one(ollama):
    for given, count in (("a", 1), (["a", "b c"], 2)):
        _, found = post(ollama, "/api/embed", {"model": "llama3.2", "input": given})
        assert list(found)[:2] == ["model", "embeddings"] and len(found["embeddings"]) == count
        for vector in found["embeddings"]:
            assert sum(number * number for number in vector) == pytest.approx(1)
    assert found["prompt_eval_count"] == 3


def test_embed_can_shorten_vectors_and_makes_them_length_one_again(ollama):
    _, found = post(ollama, "/api/embed", {"model": "llama3.2", "input": "a", "dimensions": 3})
    (vector,) = found["embeddings"]
    assert len(vector) == 3 and sum(number * number for number in vector) == pytest.approx(1)


@pytest.mark.parametrize("body", [{}, {"input": ""}, {"input": []}, {"input": None}])
def test_embed_without_input_is_an_empty_list(ollama, body):
    assert post(ollama, "/api/embed", {"model": "llama3.2", **body}) == (200, {"model": "llama3.2", "embeddings": []})


def test_the_old_embeddings_has_one_vector_and_no_model(ollama):
    _, found = post(ollama, "/api/embeddings", {"model": "llama3.2", "prompt": "a"})
    assert list(found) == ["embedding"] and len(found["embedding"]) == 8
    assert post(ollama, "/api/embeddings", {"model": "llama3.2"}) == (200, {"embedding": []})
