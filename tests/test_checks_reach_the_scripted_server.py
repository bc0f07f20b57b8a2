"""For the length of a check, any HTTP client that asks Ollama's port reaches the scripted server, and only then."""

import asyncio
import http.client
import http.server
import json
import threading
import urllib.request

import pytest

from localmodels.checks.redirect import redirected


class Answering(http.server.ThreadingHTTPServer):
    """A loopback server that answers every request with its own name, and keeps connections alive."""

    daemon_threads = True

    def __init__(self, name):
        self.reply = {
            "model": "m", "created_at": "2026-01-01T00:00:00Z", "done": True, "message": {"role": "assistant", "content": name},
            "id": "1", "object": "chat.completion", "created": 1,
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": name}}],
        }  # fmt: skip
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def port(self):
        return self.server_address[1]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = json.dumps(self.server.reply).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def servers():
    real, scripted = Answering("real"), Answering("scripted")
    yield real, scripted
    for server in (real, scripted):
        server.shutdown()
        server.server_close()


def with_requests(base):
    import requests

    return requests.post(f"{base}/api/chat", json={}, timeout=5).json()["message"]["content"]


def with_httpx(base):
    import httpx

    return httpx.post(f"{base}/api/chat", json={}, timeout=5).json()["message"]["content"]


def with_urllib(base):
    request = urllib.request.Request(f"{base}/api/chat", data=b"{}", method="POST")
    with urllib.request.urlopen(request, timeout=5) as reply:
        return json.load(reply)["message"]["content"]


def with_http_client(base):
    connection = http.client.HTTPConnection(base.removeprefix("http://"), timeout=5)
    connection.request("POST", "/api/chat", b"{}")
    content = json.load(connection.getresponse())["message"]["content"]
    connection.close()
    return content


def with_aiohttp(base):
    import aiohttp

    async def go():
        async with aiohttp.ClientSession() as session, session.post(f"{base}/api/chat", json={}) as reply:
            return (await reply.json())["message"]["content"]

    return asyncio.run(go())


def with_async_httpx(base):
    import httpx

    async def go():
        async with httpx.AsyncClient() as client:
            return (await client.post(f"{base}/api/chat", json={})).json()["message"]["content"]

    return asyncio.run(go())


def with_ollama(base):
    import ollama

    client = ollama.Client(host=base)
    content = client.chat(model="m", messages=[{"role": "user", "content": "Hi"}]).message.content
    client._client.close()  # it has no public close
    return content


def with_openai(base):
    import openai

    with openai.OpenAI(base_url=f"{base}/v1", api_key="unused", max_retries=0) as client:
        reply = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "Hi"}])
    return reply.choices[0].message.content


CLIENTS = [
    with_requests, with_httpx, with_urllib, with_http_client, with_aiohttp, with_async_httpx, with_ollama, with_openai,
]  # fmt: skip


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")  # some clients never close
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize("client", CLIENTS)
def test_every_client_reaches_the_scripted_server_during_a_check_only(client, host, servers, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")
    real, scripted = servers
    base = f"http://{host}:{real.port}"
    assert client(base) == "real"
    with redirected({real.port}, lambda: scripted.port):
        assert client(base) == "scripted"
    assert client(base) == "real"


def test_a_session_kept_alive_from_before_is_redirected_too(servers):
    import requests

    real, scripted = servers
    with requests.Session() as session:
        session.trust_env = False

        def ask():
            return session.post(f"http://127.0.0.1:{real.port}/api/chat", json={}, timeout=5).json()["message"]["content"]

        assert ask() == "real"
        with redirected({real.port}, lambda: scripted.port):
            assert ask() == "scripted"
        assert ask() == "real"


def test_other_ports_and_other_machines_are_left_alone(servers):
    real, scripted = servers
    with redirected({scripted.port + 1 if scripted.port < 65000 else 1024}, lambda: scripted.port):
        assert with_http_client(f"http://127.0.0.1:{real.port}") == "real"


def test_things_are_as_before_even_when_a_check_fails(servers):
    import socket

    before = dict(socket.socket.__dict__)
    with pytest.raises(RuntimeError), redirected({servers[0].port}, lambda: servers[1].port):
        raise RuntimeError("a check stumbled")
    assert dict(socket.socket.__dict__) == before
