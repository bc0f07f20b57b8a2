"""Capabilities, options, formats, images and limits: each refused as Ollama refuses it, in Ollama's order."""

import json
import threading

import pytest
from tests.practice_server import CHAT, HELLO, call, lines, post, serving

from localmodels.server.engines import End, Piece
from localmodels.server.engines.scripted import ScriptedEngine
from localmodels.server.scripted import ScriptedOllama

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}


@pytest.fixture(scope="module")
def ollama():
    with ScriptedOllama(models=["gemma2:2b", "llama3.2"]) as server:
        server.install("all-minilm", capabilities=("embedding",))
        server.install("qwen3", capabilities=("completion", "tools", "thinking", "insert", "vision"))
        yield server


def chat(model="gemma2:2b", **more):
    return {"model": model, "messages": HELLO, "stream": False, **more}


def generate(model="gemma2:2b", **more):
    return {"model": model, "prompt": "hello", "stream": False, **more}


CAPABILITIES = [
    ("/api/chat", chat(tools=[TOOL]), 400, "registry.ollama.ai/library/gemma2:2b does not support tools"),
    ("/api/generate", generate(suffix="x"), 400, "registry.ollama.ai/library/gemma2:2b does not support insert"),
    ("/api/chat", chat(think=True), 400, '"gemma2:2b" does not support thinking'),
    ("/api/chat", chat(think="low"), 400, '"gemma2:2b" does not support thinking'),
    ("/api/generate", generate(think=True), 400, '"gemma2:2b" does not support thinking'),
    ("/api/chat", chat("all-minilm"), 400, '"all-minilm" does not support chat'),
    ("/api/generate", generate("all-minilm"), 400, '"all-minilm" does not support generate'),
    ("/api/embed", {"model": "gemma2:2b", "input": "a"}, 400, "this model does not support embeddings"),
]
OPTIONS = [
    ({"temperature": "hot"}, 'option "temperature" must be of type float32'),
    ({"top_p": True}, 'option "top_p" must be of type float32'),
    ({"seed": "1"}, 'option "seed" must be of type integer'),
    ({"num_ctx": "4k"}, 'option "num_ctx" must be of type integer'),
    ({"use_mmap": 1}, 'option "use_mmap" must be of type boolean'),
    ({"stop": "x"}, 'option "stop" must be of type array'),
    ({"stop": [1]}, 'option "stop" must be of an array of strings'),
]
FORMATS = [
    ("xml", r'invalid format: "\"xml\""; expected "json" or a valid JSON Schema object'),
    (5, 'invalid format: "5"; expected "json" or a valid JSON Schema object'),
    ([], 'invalid format: "[]"; expected "json" or a valid JSON Schema object'),
]


@pytest.mark.parametrize(("path", "body", "status", "text"), CAPABILITIES)
def test_what_a_model_cannot_do_is_refused(ollama, path, body, status, text):
    assert post(ollama, path, body) == (status, {"error": text})


def test_what_it_can_do_is_done(ollama):
    assert post(ollama, "/api/chat", chat("qwen3", tools=[TOOL], think=True))[0] == 200
    assert post(ollama, "/api/chat", chat(think=False, tools=[]))[0] == 200
    picture = [{"role": "user", "content": "what is this", "images": [PIXEL]}]
    assert post(ollama, "/api/chat", chat("qwen3", messages=picture))[0] == 200


@pytest.mark.parametrize(("options", "text"), OPTIONS)
@pytest.mark.parametrize(("path", "make"), [("/api/chat", chat), ("/api/generate", generate)])
def test_an_option_of_the_wrong_type_is_a_500(ollama, path, make, options, text):
    assert post(ollama, path, make(options=options)) == (500, {"error": text})


@pytest.mark.parametrize("options", [
    {"mirostat": "x", "max_tokens": []}, {"num_ctx": 4096.7}, {"temperature": None}, {"temperature": 0}])
def test_unknown_null_and_fractional_options_pass(ollama, options):
    assert post(ollama, "/api/chat", chat(options=options))[0] == 200


@pytest.mark.parametrize(("wanted", "text"), FORMATS)
@pytest.mark.parametrize(("path", "make"), [("/api/chat", chat), ("/api/generate", generate)])
def test_a_format_that_is_none_is_a_500(ollama, path, make, wanted, text):
    assert post(ollama, path, make(format=wanted)) == (500, {"error": text})


def test_an_image_for_a_model_without_eyes_is_refused_in_llama_cpps_words(ollama):
    messages = [{"role": "user", "content": "what is this", "images": [PIXEL]}]
    nested = {"error": {"code": 400, "type": "invalid_request_error",
                        "message": "Multimodal data provided, but model does not support multimodal requests."}}
    for path, body in (("/api/chat", chat(messages=messages)), ("/api/generate", generate(images=[PIXEL]))):
        status, reply = post(ollama, path, body)
        assert status == 400 and json.loads(reply["error"]) == nested


@pytest.mark.parametrize("role", ["robot", "developer", "", "USER"])
def test_roles_are_not_checked(ollama, role):
    assert post(ollama, "/api/chat", chat(messages=[{"role": role, "content": "hi"}]))[0] == 200


def test_two_system_messages_and_an_assistant_at_the_end_are_accepted(ollama):
    roles = ["system", "system", "user", "assistant"]
    messages = [{"role": role, "content": "hi"} for role in roles]
    assert post(ollama, "/api/chat", chat(messages=messages))[0] == 200


@pytest.mark.parametrize("given", [5, {"a": 1}, [1], ["a", None], True])
def test_an_embed_input_must_be_texts(ollama, given):
    body = {"model": "all-minilm", "input": given}
    assert post(ollama, "/api/embed", body) == (400, {"error": "invalid input type"})


ORDER = [
    (chat("nobody", top_logprobs=99), 400, "top_logprobs"),
    (chat("nobody", options={"seed": "x"}), 404, "not found"),
    (chat(think=True, tools=[TOOL]), 400, "thinking"),
    (chat(tools=[TOOL], options={"seed": "x"}), 400, "tools"),
    (chat(options={"seed": "x"}, format="xml"), 500, "integer"),
    (chat(messages=[], format="xml"), 200, None),
    (chat(messages=[], keep_alive=0, tools=[TOOL]), 200, None),
]


@pytest.mark.parametrize(("body", "status", "word"), ORDER)
def test_the_first_failure_in_ollamas_order_wins(ollama, body, status, word):
    found, reply = post(ollama, "/api/chat", body)
    assert found == status and (word is None or word in reply["error"])


FAULTS = [
    (500, "model requires more system memory (5.3 GiB) than is available (3.3 GiB)"),
    (500, "llama-server process has terminated: exit status 1: error loading model: unable to allocate CPU buffer"),
    (500, "model runner has unexpectedly stopped, this may be due to resource limitations or an internal error, "
          "check ollama server logs for details"),
    (503, "server busy, please try again.  maximum pending requests exceeded"),
    (401, "unauthorized"),
]


@pytest.mark.parametrize(("status", "text"), FAULTS)
@pytest.mark.parametrize("stream", [True, False])
def test_a_fault_before_the_first_piece_has_its_real_status_even_in_a_stream(ollama, status, text, stream):
    ollama.fail(status, text)
    found, headers, data = call(ollama, "POST", "/api/chat", chat(stream=stream))
    assert (found, json.loads(data)) == (status, {"error": text})
    assert headers["Content-Type"].startswith("application/json")


def test_a_fault_in_mid_stream_is_a_last_line_without_done(ollama):
    ollama.fail_mid_stream("something broke")
    status, _, data = call(ollama, "POST", "/api/chat", CHAT)
    found = lines(data)
    assert status == 200 and found[-1] == {"error": "something broke"}
    assert not any(one.get("done") for one in found)


def test_the_same_fault_without_a_stream_is_a_500(ollama):
    ollama.fail_mid_stream("something broke")
    assert post(ollama, "/api/chat", chat()) == (500, {"error": "something broke"})


class Slow(ScriptedEngine):
    """Answers only when the test says so."""

    def __init__(self):
        super().__init__()
        self.started, self.go = threading.Event(), threading.Event()

    def chat(self, messages, options):
        self.started.set()
        self.go.wait(10)
        yield Piece("done", end=End(eval_count=1))


def test_a_full_queue_is_a_503_and_the_others_are_answered():
    engine = Slow()
    with serving(engine, ["llama3.2"], max_queue=1) as server:
        found = []
        ask = {**CHAT, "stream": False}
        threads = [threading.Thread(target=lambda: found.append(post(server, "/api/chat", ask))) for _ in range(2)]
        threads[0].start()
        engine.started.wait(10)
        threads[1].start()
        while len(server.server.runner._jobs) < 2:
            threading.Event().wait(0.005)
        text = "server busy, please try again.  maximum pending requests exceeded"
        assert post(server, "/api/chat", ask) == (503, {"error": text})
        assert post(server, "/api/show", {"model": "llama3.2"})[0] == 200, "only inference waits in line"
        engine.go.set()
        for thread in threads:
            thread.join()
        assert [status for status, _ in found] == [200, 200]
