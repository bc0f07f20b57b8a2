"""The route table and what the router answers by itself, as gin does for Ollama."""

import getpass
import re
import time
from urllib.parse import unquote

import tornado.web

from . import embeddings, guards, manage, native, openai_style, pull, show
from .catalogue import Catalogue
from .exchange import Exchange
from .loaded import FIVE_MINUTES, Memory
from .registry import Shelf
from .runner import MAX_QUEUE, Runner

ROUTES = [
    ("GET HEAD", "/", manage.root),
    ("GET HEAD", "/api/version", manage.version),
    ("GET", "/api/status", manage.status),
    ("GET", "/api/practice", manage.practice),
    ("GET HEAD", "/api/tags", manage.tags),
    ("GET", "/api/ps", manage.ps),
    ("POST", "/api/show", show.show),
    ("POST", "/api/copy", manage.copy),
    ("DELETE", "/api/delete", manage.delete),
    ("POST", "/api/pull", pull.pull),
    ("POST", "/api/push", pull.push),
    ("POST", "/api/create", pull.create),
    ("POST HEAD", "/api/blobs/([^/]+)", pull.blobs),
    ("POST", "/api/chat", native.chat),
    ("POST", "/api/generate", native.generate),
    ("POST", "/api/embed", embeddings.embed),
    ("POST", "/api/embeddings", embeddings.embeddings),
    ("POST", "/v1/chat/completions", openai_style.chat),
    ("POST", "/v1/completions", openai_style.completions),
    ("POST", "/v1/embeddings", openai_style.embeddings),
    ("GET", "/v1/models", openai_style.models),
    ("GET", "/v1/models/([^/]+)", openai_style.model),
]
TABLE = [(methods.split(), re.compile(pattern), handler) for methods, pattern, handler in ROUTES]


async def dispatch(exchange):
    """Guards, then the route; else a redirect, 405 or 404, in plain text as gin writes them."""
    method, path = exchange.request.method, unquote(exchange.request.path)
    found = _matches(path)
    if method in found:
        if guards.allow(exchange):
            handler, exchange.params = found[method]
            await handler(exchange)
    elif path != "/" and method in _matches(path.removesuffix("/")):
        _redirect(exchange, path.removesuffix("/"))
    elif guards.allow(exchange):
        _refuse(exchange, found)


def _matches(path):
    """{method: (handler, parameters)} of a path."""
    return {method: (handler, hit.groups())
            for methods, pattern, handler in TABLE if (hit := pattern.fullmatch(path))
            for method in methods}


def _refuse(exchange, allowed):
    if allowed:
        exchange.set_header("Allow", ", ".join(allowed))
        return exchange.text("405 method not allowed", 405)
    exchange.text("404 page not found", 404)


def _redirect(exchange, path):
    query = f"?{exchange.request.query}" if exchange.request.query else ""
    exchange.set_header("Location", path + query)
    exchange.set_status(301 if exchange.request.method == "GET" else 307)
    exchange.finish()


class Server:
    """What all requests share: the engine, the models, the worker threads.

    models      names, Installed entries, or a Shelf
    recorder    called with every Exchange before it is answered
    stands_in   True when pulled models are other models' names for the engine's own one
    speed       tokens per second when the engine is throttled, else None
    proof       answers a challenge with this user's secret (see manage.practice)
    """

    def __init__(self, engine, models=(), *, recorder=None, parallel=1, max_queue=MAX_QUEUE,
                 keep_alive=FIVE_MINUTES, stands_in=True, speed=None, proof=None):
        self.engine, self.about = engine, engine.describe()
        self.shelf = models if isinstance(models, Shelf) else Shelf(models)
        self.runner = Runner(parallel, max_queue)
        self.memory = Memory(engine, keep_alive, busy=self.runner.is_busy)
        self.catalogue, self.blobs = Catalogue(), set()
        self.recorder, self.stands_in, self.speed, self.proof = recorder, stands_in, speed, proof
        self.user = _user()
        self.wire_size = None   # bytes per write; None: whole lines
        self.open_requests, self.last_request = 0, time.monotonic()

    def begin(self, exchange):
        """A request has come in whole."""
        self.open_requests += 1
        if self.recorder:
            self.recorder(exchange)

    def done(self):
        """A request has been answered, or its client has gone."""
        self.open_requests -= 1
        self.last_request = time.monotonic()

    def idle_seconds(self):
        """Since the last request ended; 0 while one is open."""
        return 0.0 if self.open_requests else time.monotonic() - self.last_request

    def capabilities(self, model):
        """What this model can do: its own list, or the engine's."""
        return model.capabilities or self.about.capabilities

    async def load(self, model, keep_alive, options):
        """Have the model in memory; raises EngineError."""
        if not self.engine.loaded:
            await self.runner.call(self.engine.load)
        self.used(model, keep_alive or None, options)  # 0 counts only after the answer

    def used(self, model, keep_alive, options):
        """Count keep_alive from now."""
        asked = options.num_ctx or self.about.context_length
        self.memory.use(model, keep_alive, min(asked, self.about.context_length))

    def stop(self):
        """Cancel what runs, join the worker threads, end the engine."""
        self.runner.stop()
        self.engine.close()


def make_app(engine, models=(), **settings):
    """A Tornado application; `.server` is the Server behind it.

    models: names, Installed entries, or a Shelf. settings: see Server.
    """
    server = Server(engine, models, **settings)
    app = tornado.web.Application(
        [(r"(?s).*", Exchange, {"server": server, "dispatch": dispatch})],
        log_function=lambda handler: None)
    app.server = server
    return app


def _user():
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"
