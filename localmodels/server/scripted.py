"""The practice server in a thread of its own, saying what a test or a check tells it to.

    with ScriptedOllama(models=["llama3.2:latest"]) as ollama:
        ollama.reply("Paris.")
        requests.post(ollama.url + "/api/chat", json={...})
        assert ollama.last.json["model"] == "llama3.2"
"""

import asyncio
import json
import socket
import threading
from dataclasses import dataclass

from tornado.httpserver import HTTPServer

from . import names
from .app import make_app
from .engines import End
from .engines.scripted import Script, ScriptedEngine, cut, fault, pieces_of

PARALLEL = 8
LARGEST_REQUEST = 2**19   # bytes of one body, on a socket that was handed in
MOST_RECORDED = 2**22     # bytes of all requests together; what comes later is answered, not recorded
EACH_HEADER = 200         # bytes that a header takes besides its text
MOST_REQUESTS = 5000


@dataclass(frozen=True)
class Recorded:
    """One request as it arrived; `json` is None unless the body is a JSON object."""

    method: str
    path: str
    headers: dict
    body: bytes
    json: dict | None


class ScriptedOllama:
    """A real HTTP server on a free port of 127.0.0.1, used as a context manager.

    listener  an already listening socket, bound to a port by number, to serve instead of an own one: possibly
              of another network namespace, whose clients are then not trusted to send little.
    """

    def __init__(self, models=("llama3.2:latest",), capabilities=("completion",), port=0, listener=None):
        self._engine = ScriptedEngine(capabilities)
        self._first_models = tuple(models)
        self._lock = threading.Lock()
        self._recorded, self._recorded_bytes = [], 0
        self._port, self._listener = port, listener
        self._is_up = True
        self._loop = None

    # -- life

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Listen; returns self. The first request may follow at once."""
        self._app = make_app(self._engine, self._first_models, recorder=self._record, parallel=PARALLEL,
                             stands_in=False)
        self._socket = self._handed_in() if self._listener else _listening(self._port)
        self._port = self._socket.getsockname()[1]
        self._loop = asyncio.SelectorEventLoop()  # on every system: Tornado needs no helper thread for it
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(ready,), name="scripted-ollama", daemon=True)
        self._thread.start()
        ready.wait()
        return self

    def stop(self):
        """Close every connection, stop the threads, wait for them. Twice does no harm."""
        if self._loop is None:
            return
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._app.server.stop()
        self._loop = None

    def _serve(self, ready):
        asyncio.set_event_loop(self._loop)
        self._accept()
        self._loop.call_soon(ready.set)
        self._loop.run_forever()
        self._loop.run_until_complete(self._close())
        self._loop.close()

    def _handed_in(self):
        self._listener.setblocking(False)
        _reuse(self._listener, True)  # else connections that just ended keep it from listening again after down()
        return self._listener

    def _accept(self):
        limits = {"max_body_size": LARGEST_REQUEST, "max_buffer_size": LARGEST_REQUEST} if self._listener else {}
        self._http = HTTPServer(self._app, **limits)
        self._http.add_socket(self._socket)

    async def _close(self):
        self._http.stop()
        self._socket.close()
        await self._http.close_all_connections()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._loop.shutdown_asyncgens()

    # -- where

    @property
    def port(self):
        """The port it listens on, the same from the first start on."""
        return self._port

    @property
    def url(self):
        """Base URL, without a slash at the end."""
        return f"http://127.0.0.1:{self._port}"

    # -- what it will say

    def reply(self, text="", *, chunks=None, thinking="", tool_calls=(), delay=0.0, gap=0.0,
              done_reason="stop", prompt_eval_count=None, prompt_eval_duration=None,
              eval_count=None, eval_duration=None, context=()):
        """Queue a reply for the next chat or generate. Durations in nanoseconds, delays in seconds.

        delay passes before the first chunk, gap between chunks. tool_calls: [{"name", "arguments"}].
        """
        chunks = pieces_of(text) if chunks is None else list(chunks)
        count = max(1, len(chunks)) if eval_count is None else eval_count
        end = End(done_reason,
                  10 if prompt_eval_count is None else prompt_eval_count,
                  10_000_000 if prompt_eval_duration is None else prompt_eval_duration,
                  count, 10_000_000 * count if eval_duration is None else eval_duration, tuple(context))
        self._engine.add(Script(chunks, end, delay, gap, thinking, tuple(tool_calls)))

    def fail(self, status, text, delay=0.0):
        """The next chat, generate or embed request gets this status and {"error": text}."""
        self._engine.add(Script(delay=delay, fault=fault(status, text)))

    def fail_mid_stream(self, text="an error was encountered while running the model", chunks=("Half ", "a ")):
        """The next reply starts well, then a line {"error": text} ends it without done:true."""
        self._engine.add(Script(list(chunks), fault=fault(500, text)))

    def cut(self, chunks=("Half ", "a ")):
        """The next reply starts well, then the connection drops."""
        self._engine.add(Script(list(chunks), fault=cut()))

    def split(self, size):
        """Write every stream in bits of `size` bytes, also inside lines and letters; None ends it."""
        self._app.server.wire_size = size

    # -- which models it has

    @property
    def models(self):
        """Names of the installed models, sorted, each with its tag."""
        return sorted(model.name for model in self._app.server.shelf.all())

    def install(self, name, **facts):
        """Add a model; facts: size, digest, capabilities, details, modified (see registry.Installed)."""
        self._app.server.shelf.add(name, **facts)

    def remove(self, name):
        """Take a model away; nothing happens when it is not there."""
        self._app.server.shelf.remove(names.parse(name))

    # -- whether it answers

    def down(self):
        """Refuse connections, as if Ollama were not running. The port stays ours."""
        self._in_loop(self._down)

    def up(self):
        """Accept connections again."""
        self._in_loop(self._up)

    async def _down(self):
        if not self._is_up:
            return
        self._is_up = False
        kept = self._socket.dup() if self._listener else None
        self._http.stop()
        self._socket.close()
        if kept:  # the port cannot be bound again from here; Linux keeps it for a socket that stops listening
            _reuse(kept, False)  # nobody else gets the port meanwhile
            kept.shutdown(socket.SHUT_RDWR)
        self._socket = kept or _bound(self._port)  # bound but not listening: connections are refused
        await self._http.close_all_connections()

    async def _up(self):
        if self._is_up:
            return
        if not self._listener:
            self._socket.listen(128)
        elif not self._listens_again():
            return
        self._is_up = True
        self._accept()

    def _listens_again(self):
        """Whether the handed-in socket listens. While it does not share its port, nobody can step in between."""
        for shares in (False, True):  # sharing is needed where connections that just ended still hold the port
            _reuse(self._socket, shares)
            try:
                self._socket.listen(128)
            except OSError:  # the second time: a client that is no friend was a microsecond faster. Its loss
                continue
            _reuse(self._socket, True)  # for the connections to come, so that it can listen again after them
            return True
        return False

    def hang_up(self):
        """Close the connections that clients keep open; new ones are accepted as before."""
        self._in_loop(self._hang_up)

    async def _hang_up(self):
        await self._http.close_all_connections()

    def _in_loop(self, action):
        asyncio.run_coroutine_threadsafe(action(), self._loop).result()

    # -- what it heard

    @property
    def requests(self):
        """Every request so far, in the order of arrival."""
        with self._lock:
            return list(self._recorded)

    @property
    def chats(self):
        """The requests to /api/chat."""
        return [one for one in self.requests if one.path == "/api/chat"]

    @property
    def last(self):
        """The newest request, or None."""
        return self.requests[-1] if self.requests else None

    def clear(self):
        """Forget requests, replies and faults; accept connections; the models are again those of the start, none loaded."""
        self.up()
        with self._lock:
            self._recorded.clear()
            self._recorded_bytes = 0
        self._engine.clear()
        self.split(None)
        self._app.server.shelf.replace_all(self._first_models)
        self._app.server.memory.forget()

    def _record(self, exchange):
        request = exchange.request
        one = Recorded(request.method, request.path, dict(request.headers), exchange.body, _object(exchange.body))
        size = len(one.path) + len(one.body) + sum(len(name) + len(value) + EACH_HEADER for name, value in one.headers.items())
        with self._lock:
            if self._recorded_bytes + size <= MOST_RECORDED and len(self._recorded) < MOST_REQUESTS:
                self._recorded.append(one)
                self._recorded_bytes += size


def _object(body):
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _reuse(one, whether):
    if hasattr(socket, "SO_REUSEPORT"):  # POSIX; on Windows reuse would let two servers share a port
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(whether))


def _bound(port):
    one = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    _reuse(one, True)
    one.setblocking(False)
    one.bind(("127.0.0.1", port))
    return one


def _listening(port):
    one = _bound(port)
    one.listen(128)
    return one
