"""For tests of the practice server: plain HTTP without any client library in between, and a fast model."""

import asyncio
import contextlib
import http.client
import json
import os
import threading

from tornado.httpserver import HTTPServer

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `serve` does; tests share few cores

from localmodels.server.app import make_app  # noqa: E402
from localmodels.server.cli import listening_sockets  # noqa: E402


def call(server, method, path, body=None, headers=None):
    """One request: (status, headers, body bytes). `body` may be bytes, text, or anything JSON takes."""
    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        link.request(method, path, as_bytes(body), headers or {})
        reply = link.getresponse()
        return reply.status, reply.headers, reply.read()
    finally:
        link.close()


def as_bytes(body):
    if body is None or isinstance(body, bytes):
        return body
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


def post(server, path, body=None, **more):
    """POST and read JSON: (status, value). An empty body gives None."""
    status, _, data = call(server, "POST", path, body, **more)
    return status, json.loads(data) if data else None


def get(server, path, **more):
    status, _, data = call(server, "GET", path, **more)
    return status, json.loads(data)


def lines(data):
    """The objects of an NDJSON body."""
    return [json.loads(line) for line in data.splitlines()]


@contextlib.contextmanager
def serving(engine, models=(), **settings):
    """A server around any engine, on a free port, in a thread; yields an object with .port, .url, .server."""
    loop, ready, box = asyncio.new_event_loop(), threading.Event(), _Served()

    def run():
        asyncio.set_event_loop(loop)
        app = make_app(engine, models, **settings)
        sockets = listening_sockets(0)
        http_server = HTTPServer(app)
        http_server.add_sockets(sockets)
        box.port, box.server = sockets[0].getsockname()[1], app.server
        loop.call_soon(ready.set)
        loop.run_forever()
        http_server.stop()
        loop.run_until_complete(http_server.close_all_connections())
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    ready.wait()
    try:
        yield box
    finally:
        box.server.stop()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


class _Served:
    port, server = 0, None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"


HELLO = [{"role": "user", "content": "hello"}]
CHAT = {"model": "llama3.2", "messages": HELLO}
