"""Requests that are wrong on purpose: one small change each, and really sent."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from localmodels import facts
from localmodels.widgets.anatomy import PATH, Form, as_json, body, json_value
from localmodels.widgets.anatomy_send import Sent


@dataclass(frozen=True)
class Break:
    """One way to get it wrong. `status` and `body` are what Ollama answers; `make` builds the request."""

    key: str
    label: str
    change: str
    status: int | None
    body: str
    cause: str
    fix: str
    make: Callable[[str, Form], Sent]


def right(url: str, form: Form) -> Sent:
    """The request as it should be."""
    return as_typed(url, as_json(form))


def as_typed(url: str, text: str) -> Sent:
    """A request whose body is this text, whatever it is."""
    return Sent("POST", url + PATH, text.encode())


def _post(url: str, data: dict) -> Sent:
    return Sent("POST", url + PATH, json_value(data).encode())


def _renamed(form: Form, name: str, value) -> dict:
    """The body with `messages` replaced by another field."""
    return {(name if key == "messages" else key): (value if key == "messages" else old) for key, old in body(form).items()}


def at_port(url: str, port: int) -> str:
    """The same address with another port."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return urlunsplit(parts._replace(netloc=f"{host}:{port}"))


def silent_port() -> int:
    """A port of this computer at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _next_port(url: str) -> int:
    return (urlsplit(url).port or facts.value("ollama.port")) % 65535 + 1


def breaks() -> list[Break]:
    """All of them, in the order of the buttons: from no server at all to a reply without text."""
    missing, serve = facts.value("models.missing"), facts.value("install.serve")
    return [
        Break("down", "Server not running", "sent to a port of this computer where nothing runs", None, "none",
              "nobody listens, so nobody answers", f"start it: {serve}",
              lambda url, form: right(f"http://127.0.0.1:{silent_port()}", form)),
        Break("port", "Wrong port", "the port is one too high", None, "none",
              "the server listens at another port", "compare the port in the address",
              lambda url, form: right(at_port(url, _next_port(url)), form)),
        Break("path", "Wrong path", f"{PATH}s in place of {PATH}", 404, "404 page not found (plain text)",
              "the server has no such path", f"the path is {PATH}",
              lambda url, form: Sent("POST", f"{url}{PATH}s", as_json(form).encode())),
        Break("model", "Model not pulled", f'"model": "{missing}", a model that is not installed', 404,
              f"""{{"error":"model '{missing}' not found"}}""", "no model of this name is installed", "name an installed model, or ollama pull it",
              lambda url, form: _post(url, {**body(form), "model": missing})),
        Break("get", "GET in place of POST", "the method is GET", 405, "405 method not allowed (plain text)",
              "this path takes POST only", "requests.post in place of requests.get",
              lambda url, form: Sent("GET", url + PATH)),
        Break("json", "Broken JSON", "the last brace is missing", 400, '{"error":"unexpected EOF"}',
              "the body is not JSON", "json={...} writes correct JSON",
              lambda url, form: Sent("POST", url + PATH, as_json(form).encode()[:-1])),
        Break("type", "Text for true or false", '"stream": "false", in quotes', 400,
              '{"error":"json: cannot unmarshal string ... field ChatRequest.stream of type bool"}',
              "a text stands where true or false belongs", "in Python False, without quotes",
              lambda url, form: _post(url, {**body(form), "stream": "false"})),
        Break("message", "message for messages", '"message" without the s', 200, 'no text: "done_reason":"load"',
              "unknown fields are ignored; without messages the model is only loaded", "messages, with an s",
              lambda url, form: _post(url, _renamed(form, "message", body(form)["messages"]))),
        Break("prompt", "prompt for messages", '"prompt" in place of "messages"', 200, 'no text: "done_reason":"load"',
              "prompt belongs to another path, /api/generate", "messages, a list of role and content",
              lambda url, form: _post(url, _renamed(form, "prompt", form.prompt))),
    ]


def not_installed(installed: list[str]) -> str:
    """A model name that is certainly not among the installed ones."""
    names = {name.removesuffix(":latest") for name in installed}
    candidates = [facts.value("models.missing"), "not-pulled-yet", *(f"not-pulled-{n}" for n in range(len(names) + 1))]
    return next(name for name in candidates if name not in names)


def with_model(sent: Sent, model: str) -> Sent:
    """The request with another model name."""
    return Sent(sent.method, sent.url, json_value({**json.loads(sent.body), "model": model}).encode())
