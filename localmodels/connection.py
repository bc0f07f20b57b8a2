"""`connect()`: find a model to talk to, and say in one sentence which one it is.

A running Ollama with the model comes first. Otherwise the course's own practice server answers, started
if need be. The sentence is the same whether that server was started now or ran already.
"""

from __future__ import annotations

import http.client
import os
import shutil

from localmodels import facts, finding, machine, practice
from localmodels.finding import Address, Found, Kind
from localmodels.practice import NotConnected

__all__ = ["NotConnected", "connect", "locate"]

port_in_use: int | None = None  # where the last connect() found its server; checks redirect this port too
_LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


def connect(model: str | None = None) -> str:
    """Find Ollama, or start the practice server; print which of the two answers, return its base URL.

    model  the model the lesson needs; the course's default when left out.
    Raises NotConnected, with the reason and the fix, when neither can answer.
    """
    global port_in_use
    bypass_proxies()
    address, sentence = locate(model or facts.value("models.default"))
    port_in_use = address.port
    print(sentence)
    return address.url


def locate(model: str) -> tuple[Address, str]:
    """Where `model` answers, and the sentence that says so."""
    if os.environ.get("LOCALMODELS_PRACTICE", "0") not in ("", "0"):
        return _describe(practice.ensure(), model, _why_not_preferred_port())
    try:
        address = target()
    except ValueError as problem:
        host, like = os.environ["OLLAMA_HOST"], f"127.0.0.1:{facts.value('ollama.port')}"
        reason = f"OLLAMA_HOST is {host!r}, but {problem} (write it like {like}, or unset it)"
        return _describe(practice.ensure(), model, reason)
    found = finding.probe(address)
    if found.kind is Kind.OLLAMA and found.has(model):
        return found.address, _about_ollama(found, model)
    server = practice.ensure(_ports_to_leave(found))
    # Started where nothing was: from now on that place is simply the practice server's.
    took_the_place = found.kind is Kind.NOTHING and address.is_local and server.address.port == address.port
    return _describe(server, model, "" if took_the_place else _why_not(found, model))


def bypass_proxies() -> None:
    """Make every client in this process reach localhost directly, whatever HTTP_PROXY says."""
    known = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
    hosts = [host.strip() for host in known.split(",") if host.strip()]
    hosts += [name for name in _LOCAL_NAMES if name not in hosts]
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = ",".join(hosts)


# --- Ollama -------------------------------------------------------------------------


def target() -> Address:
    """Where Ollama should be: OLLAMA_HOST, else its usual place."""
    chosen = os.environ.get("OLLAMA_HOST", "").strip()
    return finding.parse_host(chosen) if chosen else Address("localhost", facts.value("ollama.port"))


def _about_ollama(found: Found, model: str) -> str:
    says = f"Ollama {found.version} answers at {found.address.url} with {model}"
    if not found.address.is_local:
        return f"{says}, on another machine: what you send leaves this one."
    needed, free = found.models[finding.full_name(model)], machine.free_memory()
    if free is not None and free < needed:
        return (
            f"{says}, but that needs about {needed / 1e9:.1f} GB of memory and only {free / 1e9:.1f} GB is free:"
            f" close other programs, or use the smaller {facts.value('models.small')}."
        )
    return f"{says}, on this machine."


def _why_not(found: Found, model: str) -> str:
    """Why the practice server has to step in; empty when there is simply no Ollama."""
    url = found.address.url
    match found.kind:
        case Kind.OLLAMA:
            return (
                f"Ollama at {url} does not have {model} yet"
                f" (run `ollama pull {model}` in a terminal, then this cell again)"
            )
        case Kind.STRANGER:
            return f"another program, not Ollama, answers on port {found.address.port}"
        case Kind.THEIRS:
            return f"the practice server on port {found.address.port} belongs to another user"
        case Kind.NOTHING if not _is_usual(found.address):
            return f"nothing answers at {url}, where OLLAMA_HOST points ({_host_advice()})"
        case Kind.NOTHING if shutil.which("ollama"):
            return "Ollama is installed but not running (start it with `ollama serve`, then run this cell again)"
        case Kind.MINE if shutil.which("ollama"):
            return (
                "Ollama is installed but the practice server has its port"
                " (run `python -m localmodels stop`, start Ollama, then run this cell again)"
            )
    return ""


def _host_advice() -> str:
    text = os.environ.get("OLLAMA_HOST", "")
    scheme, _, rest = text.rpartition("://")
    if scheme and ":" not in rest.rpartition("]")[2]:
        port = 443 if scheme == "https" else 80
        usual = facts.value("ollama.port")
        return f"{scheme}:// without a port means port {port}, while Ollama's own is {usual}: add :{usual}"
    return "start Ollama there, or unset OLLAMA_HOST"


def _is_usual(address: Address) -> bool:
    return address.is_local and address.port == facts.value("ollama.port")


def _ports_to_leave(found: Found) -> frozenset[int]:
    """An Ollama that is installed but not running will want its port when it starts."""
    waiting = found.kind is Kind.NOTHING and _is_usual(found.address) and shutil.which("ollama")
    return frozenset({found.address.port} if waiting else ())


# --- The practice server --------------------------------------------------------------


def _why_not_preferred_port() -> str:
    """For a practice server that was asked for by name: who has its port, if somebody has."""
    port = practice.preferred_port()
    found = finding.probe(Address("localhost", port)) if port else None
    if found is None or found.kind in (Kind.NOTHING, Kind.MINE):
        return ""
    who = {Kind.OLLAMA: "Ollama", Kind.THEIRS: "another user's practice server"}.get(found.kind, "another program")
    return f"the usual port {port} is taken by {who}"


def _describe(server: Found, model: str, reason: str) -> tuple[Address, str]:
    """The practice server's address and its sentence, which ends with the reason if there is one."""
    name = _stand_in(server.address, model)
    sentence = f"The practice server answers at {server.address.url}, with the course's tiny model standing in for {name}"
    sentence += f", because {reason}." if reason else "."
    return server.address, sentence


def _stand_in(address: Address, model: str) -> str:
    """Have the tiny model answer to `model`, or to the default where it may not; what it answers to."""
    default = facts.value("models.default")
    for name in dict.fromkeys((model, default)):
        if _pulled(address, name):
            return name if name == model else f"{name} (there is no stand-in for {model})"
    raise NotConnected(
        f"The practice server at {address.url} answers but cannot load its model;"
        " run `python -m localmodels stop`, then this cell again."
    )


def _pulled(address: Address, model: str) -> bool:
    try:
        if finding.full_name(model) in finding.installed(address):
            return True
        status, said = finding.call(address, "POST", "/api/pull", {"model": model, "stream": False})
    except (OSError, http.client.HTTPException):
        return False
    return status == 200 and isinstance(said, dict) and "error" not in said
