"""Programs a notebook may meet on a port: an Ollama, another user's practice server, something else."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from localmodels import practice


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@contextlib.contextmanager
def web_server(pages, port=0):
    """Serve `pages` (path -> JSON value or text) on 127.0.0.1; yields the port."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self):
            page = pages.get(self.path)
            body = (page if isinstance(page, str) else json.dumps(page)).encode()
            self.send_response(200 if page is not None else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Pages) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def ollama(models, port=0):
    """A server with Ollama's version and these models (name -> bytes)."""
    listed = [{"name": name, "size": size} for name, size in models.items()]
    return web_server({"/api/version": {"version": "0.32.15"}, "/api/tags": {"models": listed}}, port)


def web_page(port=0):
    """A program that speaks HTTP and is no model server at all."""
    return web_server({"/": "hello", "/api/version": "<html>not this one</html>"}, port)


@contextlib.contextmanager
def mute_program():
    """A program that accepts connections and answers nonsense; yields the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer():
            with contextlib.suppress(OSError):
                while True:
                    talk, _ = listener.accept()
                    with talk:
                        talk.recv(65536)
                        talk.sendall(b"220 mail.example.com at your service\r\n")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


@pytest.fixture
def at_home(tmp_path, monkeypatch):
    """A state folder and a preferred port of this test's own; its practice server is stopped afterwards."""
    for name in list(os.environ):
        if name.upper() in ("OLLAMA_HOST", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "LOCALMODELS_PRACTICE"):
            monkeypatch.delenv(name)
    # Set and removed again by connect(): known to monkeypatch, so that they are restored after the test.
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "")
    port = str(free_port())
    own = {"LOCALMODELS_HOME": str(tmp_path / "home"), "LOCALMODELS_PORT": port, "LOCALMODELS_IDLE_MINUTES": "5"}
    for name, value in {**own, "OLLAMA_HOST": f"127.0.0.1:{port}"}.items():
        monkeypatch.setenv(name, value)
    yield tmp_path / "home"
    for name, value in own.items():  # whatever the test made of them
        monkeypatch.setenv(name, value)
    practice.stop()


def notebook(code, **environment):
    """Start a Python process, as a notebook's kernel would be, that runs `code`."""
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )


def said(process):
    """What such a process printed; fails with its error output when it did not end well."""
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out.strip()
