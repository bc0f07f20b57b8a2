"""`python -m localmodels serve`: starts, says where, stops cleanly, and explains why it cannot."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from localmodels.server import cli

SERVE = [sys.executable, "-m", "localmodels", "serve"]
NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture
def home(tmp_path):
    return {**os.environ, "LOCALMODELS_HOME": str(tmp_path / "home"), "PYTHONUTF8": "1"}


def started(home, *more):
    """A running server: (process, its URL, its first line)."""
    process = subprocess.Popen([*SERVE, "--port", "0", *more], env=home, stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    return process, re.search(r"http://localhost:\d+", line)[0], line


def ended(process):
    rest, _ = process.communicate(timeout=20)
    return process.returncode, rest


def ask(url):
    with NO_PROXY.open(url, timeout=10) as reply:
        return json.load(reply)


def refused(home, *arguments):
    """Exit code and message of a server that cannot start."""
    done = subprocess.run([*SERVE, *arguments], env=home, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stderr.strip()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to handle")
def test_it_says_where_it_listens_and_ends_cleanly_on_sigterm(home):
    process, url, line = started(home)
    assert "tiny-course" in line and "Ctrl-C" in line
    assert ask(url + "/api/practice")["pid"] == process.pid
    process.send_signal(signal.SIGTERM)
    assert ended(process) == (0, "")


def test_it_ends_by_itself_when_nobody_asks(home):
    process, _, _ = started(home, "--idle-minutes", "0.01")
    code, rest = ended(process)
    assert code == 0 and "Nobody asked" in rest


def test_it_proves_whose_it_is_and_remembers_what_was_pulled(home, monkeypatch):
    monkeypatch.setenv("LOCALMODELS_HOME", home["LOCALMODELS_HOME"])
    from localmodels import state

    process, url, _ = started(home, "--idle-minutes", "0.05", "--speed", "500")
    request = urllib.request.Request(url + "/api/practice", headers={"X-Practice-Challenge": "abc"})
    assert state.is_proof("abc", ask(request)["proof"])
    body = json.dumps({"model": "llama3.2", "stream": False}).encode()
    begun = time.perf_counter()
    assert ask(urllib.request.Request(url + "/api/pull", body)) == {"status": "success"}
    assert time.perf_counter() - begun > 1, "a throttled server takes its time to pull"
    ended(process)
    process, url, _ = started(home, "--idle-minutes", "0.01")
    assert {one["name"] for one in ask(url + "/api/tags")["models"]} == {"llama3.2:latest", "tiny-course:latest"}
    ended(process)


def test_a_port_another_program_has_is_named_with_the_way_out(home):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, text = refused(home, "--port", str(port))
    assert code == 1 and text == (f"Port {port} is taken: another program uses it. Start on another port: "
                                  f"python -m localmodels serve --port {port + 1}")


def test_a_port_with_a_practice_server_of_mine_says_that_it_runs_already(home):
    process, url, _ = started(home, "--idle-minutes", "0.05")
    code, text = refused(home, "--port", url.rpartition(":")[2])
    assert code == 1 and "your practice server is running there already" in text
    ended(process)


@pytest.mark.parametrize("engine", ["tiny", "llamacpp"])
def test_a_file_that_is_missing_or_no_gguf_is_named(home, tmp_path, engine):
    code, text = refused(home, "--port", "0", "--engine", engine, "--model", str(tmp_path / "no.gguf"))
    assert code == 1 and text.startswith("There is no model file at ") and "Traceback" not in text
    (tmp_path / "text.gguf").write_text("hello")
    code, text = refused(home, "--port", "0", "--engine", engine, "--model", str(tmp_path / "text.gguf"))
    assert code == 1 and "text.gguf is not a GGUF model" in text
    (tmp_path / "short.gguf").write_bytes(b"GGUF\x03\x00\x00\x00")
    code, text = refused(home, "--port", "0", "--model", str(tmp_path / "short.gguf"))
    assert code == 1 and "ends too early or is damaged" in text


def test_too_little_memory_is_said_in_one_sentence(monkeypatch):
    from localmodels import machine
    from localmodels.server.engines import About

    monkeypatch.setattr(machine, "free_memory", lambda: 1_000_000_000)
    cli._check_memory(About("llamacpp", "small", memory=900_000_000))
    with pytest.raises(cli.CannotServe, match="needs about 5000 MB of memory and only 1000 MB is free"):
        cli._check_memory(About("llamacpp", "big", memory=5_000_000_000))


def test_llama_cpp_that_cannot_run_is_replaced_for_the_courses_file_only(monkeypatch, capsys):
    from localmodels.tiny import MODEL_FILE, llamacpp

    monkeypatch.setattr(llamacpp, "probe", lambda path: "llama.cpp stopped at once.")
    engine, note = cli.make_engine(cli.parser().parse_args(["--engine", "llamacpp"]))
    assert note == "NumPy runtime" and capsys.readouterr().err == "llama.cpp stopped at once.\n"
    with pytest.raises(cli.CannotServe, match="stopped at once"):
        cli.make_engine(cli.parser().parse_args(["--engine", "llamacpp", "--model", str(MODEL_FILE)]))


@pytest.mark.parametrize("arguments", [["--port", "70000"], ["--port", "x"], ["--speed", "0"], ["--idle-minutes", "-1"]])
def test_numbers_that_make_no_sense_are_refused(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2 and "argument" in capsys.readouterr().err


def test_it_listens_on_loopback_only_and_on_both_kinds():
    sockets = cli.listening_sockets(0)
    try:
        assert {one.getsockname()[0] for one in sockets} <= {"127.0.0.1", "::1"}
        assert len({one.getsockname()[1] for one in sockets}) == 1
    finally:
        cli._close(sockets)
