"""Who answers at an address: nobody, Ollama, a practice server (whose?), or some other program.

Only the standard library, and never through a proxy: this runs at the top of every notebook.
"""

from __future__ import annotations

import errno
import http.client
import json
import os
import secrets
import socket
import sys
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from localmodels import facts, state

_LOOPBACK = ("127.0.0.1", "::1")
_WILDCARDS = {"127.0.0.1": "0.0.0.0", "::1": "::"}
# By whether the address is local. Loopback refuses at once and is slow only when its queue is full; but Windows knocks
# for two seconds at a port where nobody listens.
_CONNECT_S = {True: 0.5 if sys.platform == "win32" else 3.0, False: 3.0}
_READ_S = 5.0


class Kind(StrEnum):
    """What was found at an address."""

    NOTHING = "nothing"
    OLLAMA = "ollama"
    MINE = "my practice server"
    THEIRS = "another user's practice server"
    STRANGER = "another program"


@dataclass(frozen=True)
class Address:
    """Where a server listens. `host` has no brackets; `path` is empty or starts with a slash."""

    host: str
    port: int
    scheme: str = "http"
    path: str = ""

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.path}"

    @property
    def is_local(self) -> bool:
        """True if the address is this computer's own."""
        return self.host == "localhost" or self.host in _LOOPBACK or self.host.startswith("127.")


@dataclass(frozen=True)
class Found:
    """The outcome of `probe`. `models` maps full names to download bytes; `info` is /api/practice."""

    kind: Kind
    address: Address
    version: str = ""
    models: dict[str, int] = field(default_factory=dict)
    info: dict = field(default_factory=dict)

    def has(self, model: str) -> bool:
        """Whether `model` is installed: names match without case, and no tag means `latest`."""
        return full_name(model) in self.models


def full_name(model: str) -> str:
    """`llama3.2` -> `llama3.2:latest`; lower case, as Ollama compares names."""
    model = model.strip().lower()
    return model if ":" in model.rpartition("/")[2] else f"{model}:latest"


def parse_host(text: str) -> Address:
    """The address OLLAMA_HOST means, by Ollama's own rules.

    Without a scheme the port is 11434; `http://name` means port 80 and `https://name` 443. The wildcard
    addresses 0.0.0.0 and [::] are for listening, so this computer's own address takes their place.
    Raises ValueError when the text is no address.
    """
    text = text.strip().strip("\"'").strip()
    scheme, _, rest = text.rpartition("://")
    if scheme not in ("", "http", "https"):
        raise ValueError(f"it starts with {scheme}://, not with http:// or https://")
    default = {"": facts.value("ollama.port"), "http": 80, "https": 443}[scheme]
    try:
        parts = urlsplit(f"//{rest}")
        port = default if parts.port is None else parts.port
    except ValueError:
        raise ValueError("its port is not a number from 1 to 65535") from None
    host = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(parts.hostname or "", parts.hostname)
    return Address(host, port, scheme or "http", parts.path.rstrip("/"))


def probe(address: Address) -> Found:
    """Find out who answers at `address`. Takes milliseconds on loopback, seconds at worst."""
    challenge = secrets.token_hex(16)
    try:
        status, said = call(address, "GET", "/api/practice", headers={"X-Practice-Challenge": challenge})
    except ConnectionError:
        return Found(Kind.NOTHING, address)
    except (OSError, http.client.HTTPException):
        return Found(Kind.STRANGER, address)
    # A scripted server is there to be taken for Ollama, by tests and by the grader.
    if status == 200 and isinstance(said, dict) and said.get("practice") is True and said.get("engine") != "scripted":
        kind = Kind.MINE if state.is_proof(challenge, said.get("proof")) else Kind.THEIRS
        return Found(kind, address, str(said.get("version", "")), info=said)
    return _probe_ollama(address)


def _probe_ollama(address: Address) -> Found:
    try:
        status, said = call(address, "GET", "/api/version")
        if status != 200 or not isinstance(said, dict) or "version" not in said:
            return Found(Kind.STRANGER, address)
        return Found(Kind.OLLAMA, address, str(said["version"]), installed(address))
    except (OSError, http.client.HTTPException):
        return Found(Kind.STRANGER, address)


def installed(address: Address) -> dict[str, int]:
    """Models a server lists: full name -> size of the download in bytes."""
    _, said = call(address, "GET", "/api/tags")
    listed = said.get("models") if isinstance(said, dict) else None
    named = [entry for entry in listed or [] if isinstance(entry, dict) and "name" in entry]
    return {full_name(str(entry["name"])): int(entry.get("size") or 0) for entry in named}


def call(
    address: Address,
    method: str,
    path: str,
    body: dict | None = None,
    headers: dict | None = None,
    read_s: float = _READ_S,
):
    """One request, without any proxy: (status, JSON or None). `read_s` bounds the wait for the reply.

    Raises ConnectionError when nobody listens, other OSErrors or HTTPException when what answers is no web server.
    """
    connection = _connected(address, read_s)
    try:
        data = None if body is None else json.dumps(body).encode()
        connection.request(method, address.path + path, data, {"Connection": "close", **(headers or {})})
        reply = connection.getresponse()
        return reply.status, _json(reply.read(4_000_000))
    except ConnectionError as problem:  # it listened and hung up: somebody is there
        raise http.client.HTTPException(str(problem)) from problem
    finally:
        connection.close()


def listens(port: int) -> bool:
    """True if any program of this computer listens on the loopback `port`."""
    return any(_is_taken(host, port) for host in _LOOPBACK)


def _is_taken(host: str, port: int) -> bool:
    if os.name == "nt":  # there, a refused connection takes two seconds to be reported
        return not (_can_bind(host, port) and _can_bind(_WILDCARDS[host], port))
    try:
        socket.create_connection((host, port), _CONNECT_S[True]).close()
    except OSError:
        return False
    return True


def _can_bind(host: str, port: int) -> bool:
    """True unless somebody has this very address; asks at once, by taking it for a moment."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        try:
            probe.bind((host, port))
        except OSError as problem:  # 10013 and 10048 are what Windows says instead
            return problem.errno not in (errno.EADDRINUSE, errno.EACCES, 10013, 10048)
    return True


def _connected(address: Address, read_s: float) -> http.client.HTTPConnection:
    hosts = _LOOPBACK if address.host == "localhost" else (address.host,)
    maker = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    reason: OSError = ConnectionRefusedError("nobody listens")
    for host in hosts:
        if os.name == "nt" and host in _LOOPBACK and not _is_taken(host, address.port):
            continue
        connection = maker(host, address.port, timeout=_CONNECT_S[address.is_local])
        try:
            connection.connect()
        except OSError as problem:  # refused, unreachable, unknown name, too slow
            connection.close()
            reason = problem
            continue
        connection.sock.settimeout(read_s)
        return connection
    raise ConnectionRefusedError(f"Nobody answers at {address.url} ({reason}).")


def _json(data: bytes):
    try:
        return json.loads(data)
    except ValueError:
        return None
