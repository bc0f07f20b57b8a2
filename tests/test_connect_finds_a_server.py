"""connect() says in one sentence who answers, and that server does answer."""

import json
import os
import signal
import time
import urllib.request
from types import SimpleNamespace

import pytest

from localmodels import connection, facts, finding, machine, practice, state
from localmodels.finding import Address
from tests import neighbours
from tests.neighbours import at_home, free_port, notebook, said  # noqa: F401

MODEL = facts.value("models.default")


@pytest.fixture(autouse=True)
def _home(at_home):  # noqa: F811
    return at_home


def connected(capsys, model=None):
    """(URL, the sentence connect() printed)."""
    url = connection.connect(model)
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1, "one sentence, one line"
    assert printed.count(". ") == 0, "one sentence"
    return url, printed.strip()


def pid_of(url):
    with urllib.request.urlopen(f"{url}/api/practice") as reply:
        return json.load(reply)["pid"]


def preferred_url():
    return f"http://localhost:{os.environ['LOCALMODELS_PORT']}"


def test_the_practice_server_starts_when_there_is_no_ollama(capsys):
    url, sentence = connected(capsys)
    assert url == preferred_url()
    assert sentence.endswith(f"answers at {url}, with the course's tiny model standing in for {MODEL}.")
    assert finding.probe(Address("localhost", practice.preferred_port())).kind is finding.Kind.MINE
    assert connection.port_in_use == practice.preferred_port()


def test_the_sentence_is_the_same_when_the_server_runs_already(capsys):
    assert connected(capsys) == connected(capsys)


def test_a_restarted_kernel_reconnects_to_the_running_server():
    code = "import localmodels; url = localmodels.connect(); print(localmodels.practice.running().info['pid'])"
    first, second = (said(notebook(f"import localmodels.practice; {code}")) for _ in range(2))
    assert first == second


def test_two_notebooks_at_once_share_one_server():
    code = "from localmodels import connect, practice; connect(); print(practice.running().info['pid'])"
    answers = {said(process) for process in [notebook(code) for _ in range(3)]}
    assert len(answers) == 1


def test_a_server_that_died_is_started_again(capsys):
    before = connected(capsys)
    old = pid_of(before[0])
    os.kill(old, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
    while finding.listens(practice.preferred_port()):
        time.sleep(0.01)
    assert connected(capsys) == before
    assert pid_of(before[0]) != old


def test_the_server_outlives_the_notebook_that_started_it():
    url = said(notebook("from localmodels import connect; connect()")).split(" answers at ")[1].split(",")[0]
    assert pid_of(url)


def test_stopping_frees_the_port(capsys):
    connected(capsys)
    assert practice.stop()
    assert not finding.listens(practice.preferred_port())
    assert practice.stop() is None


@pytest.mark.parametrize("note", ["", "{", "[]", '{"port": "x"}', '{"port": 1, "pid": 1}'])
def test_a_useless_note_about_an_old_server_does_no_harm(capsys, note):
    (state.home() / "practice.json").write_text(note)
    assert connected(capsys)[0] == preferred_url()


def test_a_noted_port_that_another_program_has_now_is_not_used(capsys):
    with neighbours.web_page() as port:
        state.remember({"port": port, "pid": 1})
        assert connected(capsys)[0] == preferred_url()


def test_another_program_on_the_port_moves_the_server_and_is_named(capsys, monkeypatch):
    for program in (neighbours.web_page, neighbours.mute_program):
        with program() as port:
            monkeypatch.setenv("LOCALMODELS_PORT", str(port))
            monkeypatch.setenv("OLLAMA_HOST", f"127.0.0.1:{port}")
            url, sentence = connected(capsys)
            assert sentence.endswith(f", because another program, not Ollama, answers on port {port}.")
            assert url != preferred_url() and pid_of(url)
            assert (url, sentence) == connected(capsys)


def test_when_asked_for_by_name_the_practice_server_still_says_who_has_its_port(capsys, monkeypatch):
    with neighbours.ollama({MODEL: 1}) as port:
        monkeypatch.setenv("LOCALMODELS_PRACTICE", "1")
        monkeypatch.setenv("LOCALMODELS_PORT", str(port))
        url, sentence = connected(capsys)
    assert sentence.startswith(f"The practice server answers at {url}, with")
    assert sentence.endswith(f"standing in for {MODEL}, because the usual port {port} is taken by Ollama.")


def test_a_port_that_is_taken_in_the_last_moment_is_left_to_the_other(capsys, monkeypatch):
    with neighbours.web_page() as port:
        monkeypatch.setenv("LOCALMODELS_PORT", str(port))
        truth, asked = practice._is_free, []
        # The first look sees a free port; by the time the server starts, somebody else is there.
        monkeypatch.setattr(practice, "_is_free", lambda port: asked.append(port) or len(asked) == 1 or truth(port))
        assert connected(capsys)[0] != preferred_url()


def test_a_free_port_is_told_from_a_taken_one_without_connecting():
    with neighbours.web_page() as port:
        assert not finding._can_bind("127.0.0.1", port)
    assert finding._can_bind("127.0.0.1", free_port())


def test_the_way_that_windows_needs_finds_the_same_servers(capsys, monkeypatch):
    with monkeypatch.context() as windows:
        windows.setattr(finding, "os", SimpleNamespace(name="nt"))
        assert connected(capsys) == connected(capsys)
    assert pid_of(preferred_url())


def test_ollama_with_the_model_is_used_and_nothing_is_started(capsys, monkeypatch):
    with neighbours.ollama({f"{MODEL}:latest": 10}) as port:
        monkeypatch.setenv("OLLAMA_HOST", f"127.0.0.1:{port}")
        url, sentence = connected(capsys)
    assert url == f"http://127.0.0.1:{port}"
    assert sentence == f"Ollama 0.32.15 answers at {url} with {MODEL}, on this machine."
    assert practice.running() is None


def test_ollama_without_the_model_gets_the_one_command(capsys, monkeypatch):
    with neighbours.ollama({"other:latest": 10}) as port:
        monkeypatch.setenv("OLLAMA_HOST", f"127.0.0.1:{port}")
        monkeypatch.setenv("LOCALMODELS_PORT", str(port))
        url, sentence = connected(capsys)
    assert f"(run `ollama pull {MODEL}` in a terminal, then this cell again)" in sentence
    assert url in sentence and url != f"http://localhost:{port}"


def test_ollama_without_room_for_the_model_says_so(capsys, monkeypatch):
    monkeypatch.setattr(machine, "free_memory", lambda: 900_000_000)
    with neighbours.ollama({f"{MODEL}:latest": 2_000_000_000}) as port:
        monkeypatch.setenv("OLLAMA_HOST", f"127.0.0.1:{port}")
        _, sentence = connected(capsys)
    assert "about 2.0 GB of memory and only 0.9 GB is free: close other programs" in sentence
    assert facts.value("models.small") in sentence


def test_an_ollama_that_is_installed_but_not_running_keeps_its_port(capsys, monkeypatch):
    port = free_port()
    monkeypatch.setitem(facts._facts(), "ollama.port", facts.Fact(port, "a test", "today"))
    monkeypatch.setattr(connection.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.delenv("OLLAMA_HOST")
    monkeypatch.setenv("LOCALMODELS_PORT", str(port))
    url, sentence = connected(capsys)
    assert ", because Ollama is installed but not running (start it with `ollama serve`, then run this cell" in sentence
    assert url != f"http://localhost:{port}"


def test_another_users_practice_server_is_never_used(capsys, monkeypatch, tmp_path, at_home):  # noqa: F811
    mine = os.environ["LOCALMODELS_PORT"]
    with monkeypatch.context() as theirs:
        theirs.setenv("LOCALMODELS_HOME", str(tmp_path / "their home"))
        their_url = connected(capsys)[0]
        try:
            theirs.setenv("LOCALMODELS_HOME", str(at_home))
            url, sentence = connected(capsys)
        finally:
            theirs.setenv("LOCALMODELS_HOME", str(tmp_path / "their home"))
            assert practice.stop()
    assert url != their_url
    assert sentence.startswith(f"The practice server answers at {url}, with")
    assert sentence.endswith(f", because the practice server on port {mine} belongs to another user.")


def test_a_server_that_only_claims_to_be_mine_is_never_used(capsys, monkeypatch):
    claim = {"practice": True, "engine": "tiny", "pid": os.getpid(), "user": state.user(), "proof": "0" * 64}
    with neighbours.web_server({"/api/practice": claim}) as port:
        monkeypatch.setenv("LOCALMODELS_PORT", str(port))
        state.remember({"port": port, "pid": os.getpid()})
        url, _ = connected(capsys)
        assert url != f"http://localhost:{port}"


def test_a_model_without_stand_in_is_not_pretended(capsys):
    _, sentence = connected(capsys, "no-such-model")
    assert f"standing in for {MODEL} (there is no stand-in for no-such-model)" in sentence


def test_no_free_memory_gives_a_sentence_with_the_fix(monkeypatch):
    monkeypatch.setattr(machine, "free_memory", lambda: 50_000_000)
    with pytest.raises(practice.NotConnected, match="Only 50 MB of memory is free .* close other programs"):
        connection.connect()


def test_a_running_server_needs_no_more_memory(capsys, monkeypatch):
    before = connected(capsys)
    monkeypatch.setattr(machine, "free_memory", lambda: 50_000_000)
    assert connected(capsys) == before


def test_a_server_that_cannot_start_quotes_its_own_words(monkeypatch, tmp_path):
    (tmp_path / "tornado.py").write_text("raise ImportError('tornado is broken here')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(practice.NotConnected) as problem:
        connection.connect()
    assert "“ImportError: tornado is broken here”" in str(problem.value)
    assert "python -m localmodels doctor" in str(problem.value)
    assert problem.value._render_traceback_() == [f"NotConnected: {problem.value}"]


def test_files_beside_the_notebook_cannot_replace_modules_of_the_server(monkeypatch, tmp_path, capsys):
    (tmp_path / "random.py").write_text("raise SystemExit('wrong random')")
    monkeypatch.chdir(tmp_path)
    assert pid_of(connected(capsys)[0])


def test_a_proxy_in_the_environment_does_not_catch_localhost():
    code = (
        "from localmodels import connect; import requests, httpx, urllib.request\n"
        "url = connect()\n"
        "print(requests.get(url).text, httpx.get(url).text, urllib.request.urlopen(url).read().decode())"
    )
    dead = f"http://127.0.0.1:{free_port()}"
    spoken = said(notebook(code, HTTP_PROXY=dead, http_proxy=dead, ALL_PROXY=dead, NO_PROXY="example.com", no_proxy=""))
    assert spoken.endswith("Ollama is running Ollama is running Ollama is running")


def test_what_was_left_out_of_the_proxy_before_stays_left_out(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "example.com, 10.0.0.1")
    connection.bypass_proxies()
    connection.bypass_proxies()
    assert os.environ["no_proxy"] == os.environ["NO_PROXY"] == "example.com,10.0.0.1,localhost,127.0.0.1,::1"


@pytest.mark.parametrize("port", ["x", "-1", "70000", "11434.5"])
def test_a_port_that_is_no_port_is_explained(monkeypatch, port):
    monkeypatch.setenv("LOCALMODELS_PORT", port)
    with pytest.raises(practice.NotConnected, match="LOCALMODELS_PORT is .*; set it to a number"):
        practice.preferred_port()
