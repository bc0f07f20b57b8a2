"""OLLAMA_HOST means what it means to Ollama, and what is wrong with it is said."""

import pytest

from localmodels import connection, facts, finding
from tests import neighbours
from tests.neighbours import at_home, free_port  # noqa: F401

PORT = facts.value("ollama.port")


@pytest.mark.parametrize(
    "text, url",
    [
        ("127.0.0.1", f"http://127.0.0.1:{PORT}"),
        ("localhost:5555", "http://localhost:5555"),
        (":5555", "http://127.0.0.1:5555"),
        ("0.0.0.0", f"http://127.0.0.1:{PORT}"),
        ("0.0.0.0:5555", "http://127.0.0.1:5555"),
        ("[::]:5555", "http://[::1]:5555"),
        ("[::1]", f"http://[::1]:{PORT}"),
        ("http://box", "http://box:80"),
        ("https://box", "https://box:443"),
        ("http://box:5555/", "http://box:5555"),
        ("https://box:5555/ollama/", "https://box:5555/ollama"),
        (' "box" ', f"http://box:{PORT}"),
    ],
)
def test_every_way_to_write_an_address_is_understood(text, url):
    assert finding.parse_host(text).url == url


@pytest.mark.parametrize("text", ["box:port", "box:99999", "ftp://box", "[::1:5555"])
def test_what_is_no_address_is_refused_with_the_reason(text):
    with pytest.raises(ValueError, match="port is not a number|starts with ftp"):
        finding.parse_host(text)


@pytest.mark.parametrize(
    "text, words",
    [
        ("box:port", "OLLAMA_HOST is 'box:port', but its port is not a number"),
        ("127.0.0.1:{free}", "nothing answers at http://127.0.0.1:{free}, where OLLAMA_HOST points (start Ollama there"),
        ("http://127.0.0.2", f"http:// without a port means port 80, while Ollama's own is {PORT}: add :{PORT}"),
    ],
)
def test_the_practice_server_steps_in_and_says_what_is_wrong(at_home, capsys, monkeypatch, text, words):  # noqa: F811
    free = free_port()
    monkeypatch.setenv("OLLAMA_HOST", text.format(free=free))
    url = connection.connect()
    sentence = capsys.readouterr().out
    assert words.format(free=free) in sentence
    assert sentence.startswith(f"The practice server answers at {url}, with")


def test_a_model_on_another_machine_is_not_called_local(monkeypatch):
    address = finding.Address("gpu-box", PORT)
    found = finding.Found(finding.Kind.OLLAMA, address, "0.32.15", {"llama3.2:latest": 1})
    monkeypatch.setattr(finding, "probe", lambda address: found)
    monkeypatch.setenv("OLLAMA_HOST", "gpu-box")
    _, sentence = connection.locate("llama3.2")
    assert sentence.endswith("on another machine: what you send leaves this one.")


@pytest.mark.parametrize("asked", ["llama3.2", "LLAMA3.2", "llama3.2:latest"])
def test_model_names_match_as_ollama_matches_them(monkeypatch, asked):
    with neighbours.ollama({"llama3.2:latest": 1}) as port:
        monkeypatch.setenv("OLLAMA_HOST", f"127.0.0.1:{port}")
        assert f"with {asked}, on this machine" in connection.locate(asked)[1]
