"""The scripted server: replies, faults, recordings, and nothing left over."""

import gc
import threading
import time

import httpx
import pytest
import requests

from localmodels.server.engines import Piece
from localmodels.server.engines.scripted import ScriptedEngine
from localmodels.server.scripted import ScriptedOllama
from tests.practice_server import CHAT, call, get, lines, post, serving

ASK = {**CHAT, "stream": False}


def said(ollama):
    return post(ollama, "/api/chat", ASK)[1]["message"]["content"]


def test_replies_come_in_the_order_they_were_queued_then_numbered_ones():
    with ScriptedOllama() as ollama:
        ollama.reply("first")
        ollama.reply("second")
        assert [said(ollama), said(ollama)] == ["first", "second"]
        assert "3" in said(ollama) and "4" in said(ollama)


def test_a_request_that_is_refused_uses_no_reply_up():
    with ScriptedOllama() as ollama:
        ollama.reply("kept")
        assert post(ollama, "/api/chat", {**ASK, "model": "nobody"})[0] == 404
        assert said(ollama) == "kept"


def test_every_request_is_recorded_as_it_was_sent():
    with ScriptedOllama() as ollama:
        call(ollama, "POST", "/api/chat", b'{"model": "llama3.2"}', headers={"X-Test": "1"})
        call(ollama, "POST", "/api/chat", b"junk")
        call(ollama, "GET", "/nowhere?a=1")
        first, second, third = ollama.requests
        assert (first.method, first.path, first.body) == ("POST", "/api/chat", b'{"model": "llama3.2"}')
        assert first.json == {"model": "llama3.2"} and first.headers["X-Test"] == "1"
        assert second.json is None and second.body == b"junk"
        assert (third.path, third.method, ollama.last) == ("/nowhere", "GET", third)
        assert ollama.chats == [first, second]


def test_models_come_and_go():
    with ScriptedOllama(models=["llama3.2"]) as ollama:
        ollama.install("mistral", size=123)
        assert ollama.models == ["llama3.2:latest", "mistral:latest"]
        assert get(ollama, "/api/tags")[1]["models"][0]["size"] == 123
        ollama.remove("LLAMA3.2")
        ollama.remove("nobody")
        assert post(ollama, "/api/chat", ASK)[0] == 404


def test_clear_forgets_everything():
    with ScriptedOllama() as ollama:
        ollama.reply("old")
        ollama.split(1)
        ollama.install("mistral")
        said(ollama)
        ollama.reply("older")
        ollama.clear()
        assert ollama.requests == [] and ollama.last is None and ollama.models == ["llama3.2:latest"]
        assert "1" in said(ollama)


def test_down_refuses_connections_even_of_an_open_session_and_up_accepts_them_on_the_same_port():
    with ScriptedOllama() as ollama, requests.Session() as session:
        session.trust_env = False
        url, port = f"{ollama.url}/api/version", ollama.port
        assert session.get(url).ok
        for _ in range(2):
            ollama.down()
            ollama.down()
            with pytest.raises(requests.ConnectionError):
                session.get(url)
            ollama.up()
            ollama.up()
            assert session.get(url).ok and ollama.port == port


def test_a_cut_connection_ends_a_stream_without_its_end():
    with ScriptedOllama() as ollama:
        ollama.cut()
        with requests.post(f"{ollama.url}/api/chat", json=CHAT, stream=True, proxies={"http": ""}) as reply:
            with pytest.raises(requests.exceptions.ChunkedEncodingError):
                list(reply.iter_lines())
        ollama.cut(chunks=[])
        with pytest.raises(requests.ConnectionError):
            requests.post(f"{ollama.url}/api/chat", json=ASK, proxies={"http": ""})
        assert said(ollama), "the next request is answered again"


def test_lines_and_letters_may_be_split_anywhere():
    with ScriptedOllama() as ollama:
        ollama.split(1)
        ollama.reply(chunks=["é", "😀 ", "ü"])
        with httpx.Client(trust_env=False) as client, client.stream("POST", f"{ollama.url}/api/chat", json=CHAT) as reply:
            parts = list(reply.iter_raw())
        assert any(part == "é".encode()[:1] for part in parts)
        assert "".join(one["message"]["content"] for one in lines(b"".join(parts))) == "é😀 ü"


def test_delays_hold_the_first_and_the_following_pieces_back():
    with ScriptedOllama() as ollama:
        ollama.reply(chunks=["a", "b"], delay=0.05, gap=0.05)
        started = time.perf_counter()
        with httpx.Client(trust_env=False) as client, client.stream("POST", f"{ollama.url}/api/chat", json=CHAT) as reply:
            moments = [time.perf_counter() - started for _ in reply.iter_lines()]
        assert moments[0] >= 0.05 and moments[-1] >= 0.1


def test_it_starts_and_stops_fast():
    spent = []
    for _ in range(10):
        started = time.perf_counter()
        with ScriptedOllama():
            spent.append(time.perf_counter() - started)
    assert min(spent) < 0.05


def test_it_leaves_no_thread_socket_or_open_loop_behind():
    before = set(threading.enumerate())
    for fault in ("reply", "cut", "slow"):
        with ScriptedOllama() as ollama:
            ollama.cut() if fault == "cut" else ollama.reply("a", delay=30 if fault == "slow" else 0)
            asker = threading.Thread(target=_ask_quietly, args=(ollama,))
            asker.start()
            while not ollama.requests:
                time.sleep(0.002)
            if fault != "slow":
                asker.join()
        asker.join(5)
        ollama.stop()
    assert set(threading.enumerate()) == before
    gc.collect()  # an unclosed socket or loop would be a ResourceWarning, which is an error here


def _ask_quietly(ollama):
    try:
        call(ollama, "POST", "/api/chat", CHAT)
    except OSError:
        pass
    except Exception as error:  # http.client: the server hung up
        assert "Incomplete" in repr(error) or "Disconnected" in repr(error)


def test_two_servers_side_by_side_do_not_mix():
    with ScriptedOllama(models=["a"]) as one, ScriptedOllama(models=["b"]) as two:
        one.reply("from one")
        two.reply("from two")
        assert post(two, "/api/chat", {**ASK, "model": "b"})[1]["message"]["content"] == "from two"
        assert post(one, "/api/chat", {**ASK, "model": "a"})[1]["message"]["content"] == "from one"
        assert (len(one.requests), len(two.requests), one.models, two.models) == (1, 1, ["a:latest"], ["b:latest"])


def test_parallel_requests_are_all_answered():
    with ScriptedOllama() as ollama:
        for _ in range(8):
            ollama.reply("same", delay=0.4)
        answers, started = [], time.perf_counter()
        threads = [threading.Thread(target=lambda: answers.append(said(ollama))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == ["same"] * 8 and time.perf_counter() - started < 8 * 0.4


def test_proxies_in_the_environment_make_no_difference_to_the_server(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with ScriptedOllama() as ollama:
        ollama.reply("direct")
        assert said(ollama) == "direct"
        monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
        assert requests.get(f"{ollama.url}/api/version").ok


def test_an_engine_that_crashes_is_an_error_reply_and_the_server_lives_on(caplog):
    class Broken(ScriptedEngine):
        def chat(self, messages, options):
            yield Piece("so far ")
            raise ZeroDivisionError("a bug")

    with serving(Broken(), ["llama3.2"]) as server:
        status, reply = post(server, "/api/chat", ASK)
        assert status == 500 and reply["error"].startswith("model runner has unexpectedly stopped")
        assert lines(call(server, "POST", "/api/chat", CHAT)[2])[-1] == reply
        assert get(server, "/api/version")[0] == 200
    assert "a bug" in caplog.text
