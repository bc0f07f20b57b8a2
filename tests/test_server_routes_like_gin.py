"""What the router itself answers: plain text, Allow, redirects, and who may call at all."""

import http.client
import json
import socket
from contextlib import closing

import pytest

from localmodels.server.engines.scripted import ScriptedEngine
from localmodels.server.guards import host_allowed, origin_allowed
from localmodels.server.scripted import ScriptedOllama
from tests.practice_server import CHAT, call, get, serving


@pytest.fixture(scope="module")
def ollama():
    with ScriptedOllama() as server:
        yield server


@pytest.mark.parametrize("path", ["/api/chats", "/chat", "/api", "/api/chat/x", "/v1", "/favicon.ico", "/api//chat"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_path_is_a_404_in_plain_text(ollama, method, path):
    status, headers, body = call(ollama, method, path)
    assert (status, headers["Content-Type"], body) == (404, "text/plain", b"404 page not found")


@pytest.mark.parametrize(("method", "path", "allow"), [
    ("GET", "/api/chat", "POST"), ("POST", "/api/tags", "GET, HEAD"), ("PUT", "/api/delete", "DELETE"),
    ("HEAD", "/api/ps", "GET"), ("DELETE", "/v1/models", "GET"), ("POST", "/", "GET, HEAD")])
def test_the_wrong_method_is_a_405_that_tells_the_right_ones(ollama, method, path, allow):
    status, headers, body = call(ollama, method, path)
    assert (status, headers["Content-Type"], headers["Allow"]) == (405, "text/plain", allow)
    assert body == (b"" if method == "HEAD" else b"405 method not allowed")


@pytest.mark.parametrize(("method", "path", "status"), [
    ("POST", "/api/chat/", 307), ("GET", "/api/tags/", 301), ("DELETE", "/api/delete/", 307)])
def test_a_slash_too_many_is_redirected(ollama, method, path, status):
    found, headers, _ = call(ollama, method, path)
    assert (found, headers["Location"]) == (status, path.rstrip("/"))


def test_the_root_says_that_it_runs(ollama):
    status, headers, body = call(ollama, "GET", "/")
    assert (status, headers["Content-Type"], body) == (200, "text/plain; charset=utf-8", b"Ollama is running")


@pytest.mark.parametrize("path", ["/", "/api/version", "/api/tags"])
def test_head_has_the_headers_of_get_and_no_body(ollama, path):
    got = call(ollama, "GET", path)
    head = call(ollama, "HEAD", path)
    assert (head[0], head[2]) == (200, b"")
    for header in ("Content-Type", "Content-Length"):
        assert head[1][header] == got[1][header]


def test_json_replies_are_compact_and_typed(ollama):
    status, headers, body = call(ollama, "GET", "/api/version")
    assert body == b'{"version":"0.32.15"}'
    assert headers["Content-Type"] == "application/json; charset=utf-8"


def test_no_header_gives_the_program_behind_it_away(ollama):
    assert "Server" not in call(ollama, "GET", "/")[1]


def test_practice_tells_itself_apart_from_ollama(ollama):
    status, found = get(ollama, "/api/practice")
    assert status == 200 and found["practice"] is True and found["engine"] == "scripted"


def test_a_scripted_server_tells_neither_its_process_nor_its_user(ollama):
    assert not {"pid", "user"} & set(get(ollama, "/api/practice")[1])


# -- who may call


@pytest.mark.parametrize("origin", ["http://evil.example", "https://ollama.com", "null", "http://localhost.evil.com"])
@pytest.mark.parametrize(("method", "path"), [("POST", "/api/chat"), ("GET", "/api/tags"), ("OPTIONS", "/api/chat"),
                                              ("GET", "/nowhere")])
def test_pages_from_elsewhere_get_an_empty_403(ollama, origin, method, path):
    status, headers, body = call(ollama, method, path, headers={"Origin": origin})
    assert (status, body) == (403, b"")
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("origin", ["http://localhost", "http://localhost:8888", "https://127.0.0.1:3000",
                                    "http://0.0.0.0:1", "vscode-webview://abc", "file://x", "app://obsidian.md"])
def test_pages_of_this_machine_may_call(ollama, origin):
    status, headers, _ = call(ollama, "GET", "/api/tags", headers={"Origin": origin})
    assert (status, headers["Access-Control-Allow-Origin"], headers["Vary"]) == (200, origin, "Origin")


def test_their_preflight_is_answered(ollama):
    status, headers, body = call(ollama, "OPTIONS", "/api/chat", headers={"Origin": "http://localhost:8888"})
    assert (status, body, headers["Access-Control-Max-Age"]) == (204, b"", "43200")
    assert "POST" in headers["Access-Control-Allow-Methods"]
    assert "Authorization" in headers["Access-Control-Allow-Headers"]


def test_programs_and_same_origin_pages_get_no_cors_header(ollama):
    for headers in ({}, {"Origin": ollama.url}):
        status, found, _ = call(ollama, "GET", "/api/tags", headers=headers)
        assert status == 200 and "Access-Control-Allow-Origin" not in found


def test_more_origins_can_be_allowed(monkeypatch):
    monkeypatch.setenv("OLLAMA_ORIGINS", "https://*.school.example, http://one.example")
    assert origin_allowed("https://a.school.example") and origin_allowed("http://one.example")
    assert not origin_allowed("https://two.example")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:11434", "8.8.8.8", "localhost.evil.com"])
def test_a_foreign_host_name_gets_an_empty_403(ollama, host):
    status, _, body = call(ollama, "POST", "/api/chat", CHAT, headers={"Host": host})
    assert (status, body) == (403, b"")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:11434", "127.0.0.1", "[::1]:11434", "10.0.0.5:80",
                                  "box.local", "a.localhost:1", "api.internal", socket.gethostname()])
def test_names_of_this_machine_and_its_network_pass(host):
    assert host_allowed(host)


def test_a_broken_request_does_not_end_the_server(ollama):
    for junk in (b"\x16\x03\x01\x00\xa5\x01\x00", b"GET\r\n\r\n", b"POST /api/chat HTTP/1.1\r\nContent-Length: x\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", ollama.port), timeout=5) as link:
            link.sendall(junk)
            link.shutdown(socket.SHUT_WR)
            link.recv(1000)
    assert get(ollama, "/api/version")[0] == 200


def test_small_pieces_are_not_held_back_by_the_network_layer():
    found = []

    def look(exchange):
        link = exchange.request.connection.stream.socket
        found.append(link.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    with serving(ScriptedEngine(), ["llama3.2"], recorder=look) as server:
        with closing(http.client.HTTPConnection("127.0.0.1", server.port)) as link:
            for _ in range(2):
                link.request("GET", "/")
                link.getresponse().read()
    assert len(found) == 2 and all(found), "each request of a connection needs it anew"


def test_two_requests_share_one_connection(ollama):
    request = b"GET /api/version HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.create_connection(("127.0.0.1", ollama.port), timeout=5) as link:
        for _ in range(2):
            link.sendall(request)
            assert b'{"version":"0.32.15"}' in link.recv(4000)


def test_a_body_sent_in_chunks_is_read_whole(ollama):
    text = json.dumps({**CHAT, "stream": False}).encode()
    parts = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (text[:9], text[9:])) + b"0\r\n\r\n"
    head = b"POST /api/chat HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(("127.0.0.1", ollama.port), timeout=5) as link:
        link.sendall(head + parts)
        assert b'"done":true' in b"".join(iter(lambda: link.recv(4000), b""))
