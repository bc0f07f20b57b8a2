"""The tiny engine: real replies, counts and durations; options obeyed; a client that leaves is noticed."""

import http.client
import json
import threading
import time

import pytest

from localmodels import tiny
from localmodels.server.engines.throttled import Throttled
from localmodels.server.engines.tiny import TinyEngine
from tests.practice_server import call, get, lines, post, serving

QUESTION = [{"role": "user", "content": "What is Ollama?"}]


@pytest.fixture(scope="module")
def server():
    with serving(TinyEngine(), ["tiny-course"]) as one:
        yield one


def chat(server, messages=QUESTION, **more):
    body = {"model": "tiny-course", "messages": messages, "stream": False, **more}
    return post(server, "/api/chat", body)


def cold(server, **options):
    """The reply at temperature 0."""
    status, reply = chat(server, options={"temperature": 0, **options})
    assert status == 200
    return reply


def test_the_reply_is_what_the_model_says_and_the_counts_are_its_tokens(server):
    model = tiny.load()
    reply = cold(server)
    text = reply["message"]["content"]
    assert text.endswith(".") and len(text.split()) > 3
    assert reply["prompt_eval_count"] == len(model.chat_ids(QUESTION))
    assert reply["eval_count"] == len(model.tokenizer.encode(text)) + 1, "the end mark counts as a token"
    assert reply["done_reason"] == "stop"


def test_durations_are_measured(server):
    started = time.perf_counter_ns()
    reply = cold(server)
    outside = time.perf_counter_ns() - started
    inside = reply["prompt_eval_duration"] + reply["eval_duration"]
    assert 0 < inside < reply["total_duration"] < outside


def test_streamed_and_whole_replies_say_the_same(server):
    body = {"model": "tiny-course", "messages": QUESTION, "options": {"temperature": 0}}
    parts = lines(call(server, "POST", "/api/chat", body)[2])
    assert "".join(part["message"]["content"] for part in parts) == cold(server)["message"]["content"]
    assert len(parts) > 5


def test_num_predict_ends_a_reply_early_and_says_so(server):
    reply = cold(server, num_predict=3)
    assert (reply["eval_count"], reply["done_reason"]) == (3, "length")


def test_stop_ends_a_reply_before_the_stop_text(server):
    whole = cold(server)["message"]["content"]
    word = whole.split()[2]
    reply = cold(server, stop=[word])
    assert reply["message"]["content"] == whole[:whole.index(word)] and reply["done_reason"] == "stop"


def test_a_seed_repeats_a_reply_and_another_one_changes_it(server):
    story = [{"role": "user", "content": "Tell me a story."}]

    def tell(seed):
        reply = chat(server, story, options={"seed": seed, "temperature": 1.2, "num_predict": 30})[1]
        return reply["message"]["content"]

    assert tell(1) == tell(1)
    assert len({tell(seed) for seed in range(1, 7)}) > 1


def test_generate_gives_a_context_that_continues_the_conversation(server):
    body = {"model": "tiny-course", "prompt": "What is Ollama?", "stream": False, "options": {"temperature": 0}}
    _, first = post(server, "/api/generate", body)
    assert first["response"] == cold(server)["message"]["content"]
    assert len(first["context"]) >= first["prompt_eval_count"] + first["eval_count"] - 1
    _, second = post(server, "/api/generate", {**body, "context": first["context"]})
    assert second["prompt_eval_count"] == len(first["context"]) + first["prompt_eval_count"]


def test_a_context_of_another_model_is_refused_in_words(server):
    status, reply = post(server, "/api/generate", {"model": "tiny-course", "prompt": "a", "context": [1, 999_999]})
    assert status == 500 and "tokens this model does not have" in reply["error"]


def test_raw_prompts_are_read_as_they_are(server):
    raw = tiny.load().chat_text(QUESTION)
    body = {"model": "tiny-course", "prompt": raw, "raw": True, "stream": False, "options": {"temperature": 0}}
    assert post(server, "/api/generate", body)[1]["response"] == cold(server)["message"]["content"]


def test_an_answer_that_was_begun_is_continued(server):
    whole = cold(server)["message"]["content"]
    begun = [*QUESTION, {"role": "assistant", "content": " ".join(whole.split()[:3])}]
    assert whole.endswith(chat(server, begun, options={"temperature": 0})[1]["message"]["content"])


def test_json_format_gives_json_and_a_schema_its_shape(server):
    reply = chat(server, format="json", options={"temperature": 0})[1]["message"]["content"]
    assert json.loads(reply) == {"response": cold(server)["message"]["content"]}
    schema = {"type": "object", "properties": {"answer": {"type": "string"}, "sure": {"type": "boolean"}}}
    assert set(json.loads(chat(server, format=schema)[1]["message"]["content"])) == {"answer", "sure"}


LONG = [{"role": "user", "content": "word " * 900}]


def test_a_prompt_that_is_too_long_is_cut_or_refused_as_asked(server):
    assert chat(server, LONG, options={"num_predict": 2})[0] == 200
    status, reply = chat(server, LONG, truncate=False)
    nested = json.loads(reply["error"])["error"]
    assert (status, nested["type"], nested["n_ctx"]) == (400, "exceed_context_size_error", 512)
    assert f"request ({nested['n_prompt_tokens']} tokens) exceeds" in nested["message"]
    status, reply = chat(server, LONG, shift=False)
    assert status == 400 and reply["error"].startswith("the prompt is longer than the context length")


def test_the_oldest_messages_are_dropped_first_and_the_system_message_stays(server):
    talk = [{"role": "system", "content": "Be brief."},
            *({"role": role, "content": "filler words " * 10} for role in ("user", "assistant") * 20), *QUESTION]
    reply = chat(server, talk, options={"temperature": 0, "num_predict": 5})[1]
    assert 400 < reply["prompt_eval_count"] <= 512


def test_num_ctx_makes_the_window_smaller_but_never_larger_than_the_model(server):
    assert chat(server, LONG, truncate=False, options={"num_ctx": 64})[1]["error"].count("64")
    assert chat(server, LONG, truncate=False, options={"num_ctx": 100_000})[1]["error"].count("512")
    chat(server, options={"num_ctx": 64, "num_predict": 1})
    assert get(server, "/api/ps")[1]["models"][0]["context_length"] == 64


def test_with_shift_a_reply_may_outgrow_its_window_and_without_it_ends(server):
    # At such a temperature the model picks tokens blindly and hardly ever an end mark.
    options = {"num_ctx": 32, "num_predict": 50, "temperature": 50, "top_k": 0, "top_p": 1, "seed": 3}
    free, bound = (chat(server, shift=shift, options=options)[1] for shift in (True, False))
    assert (free["eval_count"], free["done_reason"]) == (50, "length")
    assert bound["prompt_eval_count"] + bound["eval_count"] == 32 and bound["done_reason"] == "length"


def test_embeddings_have_the_models_length_and_are_normalised(server):
    _, found = post(server, "/api/embed", {"model": "tiny-course", "input": ["a model", "a file"]})
    for vector in found["embeddings"]:
        assert len(vector) == 256 and sum(number * number for number in vector) == pytest.approx(1, abs=1e-4)
    text = "word " * 900
    assert post(server, "/api/embed", {"model": "tiny-course", "input": text})[0] == 200
    assert post(server, "/api/embed", {"model": "tiny-course", "input": text, "truncate": False}) == (
        400, {"error": "the input length exceeds the context length"})


def test_the_server_answers_others_while_the_model_speaks(server):
    body = {"model": "tiny-course", "messages": [{"role": "user", "content": "Tell me a story."}], "stream": False,
            "options": {"num_predict": 400, "temperature": 3, "num_ctx": 64}}
    asker = threading.Thread(target=post, args=(server, "/api/chat", body))
    asker.start()
    spent = []
    while asker.is_alive():
        started = time.perf_counter()
        get(server, "/api/version")
        spent.append(time.perf_counter() - started)
    asker.join()
    assert len(spent) > 3, "it answered again and again before the model was done"


def test_unloading_frees_the_model_and_the_next_request_loads_it_again(server):
    cold(server)
    post(server, "/api/chat", {"model": "tiny-course", "keep_alive": 0})
    assert server.server.engine.loaded is False
    assert cold(server)["load_duration"] > 0 and server.server.engine.loaded is True


def test_a_client_that_leaves_ends_the_generation():
    with serving(Throttled(TinyEngine(), 50), ["tiny-course"], speed=50) as server:
        link = http.client.HTTPConnection("127.0.0.1", server.port)
        body = {"model": "tiny-course", "messages": QUESTION, "options": {"temperature": 0}}
        link.request("POST", "/api/chat", json.dumps(body))
        reply = link.getresponse()
        reply.readline()
        reply.close()
        link.close()
        deadline = time.monotonic() + 5
        while server.server.runner.is_busy() and time.monotonic() < deadline:
            time.sleep(0.005)
        assert not server.server.runner.is_busy() and server.server.open_requests == 0


def test_a_throttle_is_labelled_and_its_durations_are_true():
    with serving(Throttled(TinyEngine(), 100), ["tiny-course"], speed=100) as server:
        assert get(server, "/api/practice")[1]["speed"] == 100
        started = time.perf_counter()
        reply = cold(server)
        spent = time.perf_counter() - started
        gaps = reply["eval_count"] - 1  # the first token does not wait
        assert 10 < gaps / reply["eval_duration"] * 1e9 < 101
        assert reply["eval_duration"] / 1e9 < spent


def test_parallel_questions_wait_for_each_other_and_are_all_answered(server):
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(cold(server)["message"]["content"])) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 6 and len(set(answers)) == 1
