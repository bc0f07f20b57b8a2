"""What is here: version, tags, ps; and copying and deleting models."""

import os

from . import OLLAMA_VERSION, checks, errors, names, schemas
from .errors import ApiError, bad_request
from .gotime import local

NANO = 10**9


async def root(exchange):
    """GET / and HEAD /"""
    exchange.text("Ollama is running", content_type="text/plain; charset=utf-8")


async def version(exchange):
    """GET /api/version"""
    exchange.json({"version": OLLAMA_VERSION})


async def status(exchange):
    """GET /api/status: nothing leaves this machine."""
    exchange.json({"cloud": {"disabled": True, "source": "config"}})


async def practice(exchange):
    """GET /api/practice: real Ollama has no such path; this is how one tells the two apart.

    `proof` answers the header X-Practice-Challenge where the server has a secret: it shows that the
    server belongs to the same user as the one who asks.
    """
    server = exchange.server
    said = {"practice": True, "engine": server.about.name, "model": server.about.model,
            "version": OLLAMA_VERSION, "speed": server.speed}
    if server.about.name != "scripted":  # that one may be asked by code whose judge it serves
        said |= {"pid": os.getpid(), "user": server.user}
    challenge = exchange.request.headers.get("X-Practice-Challenge")
    if server.proof and challenge:
        said["proof"] = server.proof(challenge)
    exchange.json(said)


async def tags(exchange):
    """GET /api/tags: installed models, newest first."""
    server = exchange.server
    exchange.json({"models": [entry(server, model) for model in server.shelf.all()]})


def entry(server, model):
    """One model of /api/tags."""
    return {"name": model.name, "model": model.name, "modified_at": local(model.modified),
            **size_and_digest(server, model), "details": details(server, model, lengths=True),
            "capabilities": list(server.capabilities(model))}


def size_and_digest(server, model):
    about = server.about
    return {"size": model.size or about.size, "digest": model.digest or about.digest}


def details(server, model, lengths=False):
    """Format, family, size and quantization: always those of the engine's own file."""
    about = server.about
    family = f"{about.model.removesuffix(':latest')} (stand-in)" if model.stand_in else about.family
    found = {"parent_model": about.model if model.stand_in else "", "format": "gguf",
             "family": family, "families": [family],
             "parameter_size": parameter_size(about.parameter_count), "quantization_level": about.quantization}
    if lengths:
        found |= {"context_length": about.context_length, "embedding_length": about.embedding_length}
    return {**found, **dict(model.details)}


def parameter_size(count):
    """Ollama's way to write a number of parameters.

    >>> parameter_size(1_235_814_432), parameter_size(494_032_768)
    ('1.2B', '494.03M')
    """
    if count >= 10**9:
        return f"{count / 1e9:.1f}B"
    if count >= 10**6:
        return f"{count / 1e6:.2f}M"
    return f"{count / 1e3:.2f}K" if count >= 10**3 else str(count)


async def ps(exchange):
    """GET /api/ps: models in memory; `size` is memory in use, not the file."""
    server = exchange.server
    exchange.json({"models": [_running(server, one) for one in server.memory.now()]})


def _running(server, one):
    model = one.model
    return {"name": model.name, "model": model.name,
            "size": server.about.memory, "digest": size_and_digest(server, model)["digest"],
            "details": details(server, model), "expires_at": local(int(one.expires * NANO)),
            "size_vram": 0, "context_length": one.context_length}


async def copy(exchange):
    """POST /api/copy: an empty body says it worked."""
    fields = exchange.read(schemas.COPY)
    source = _copy_name("source", fields)
    destination = _copy_name("destination", fields)
    if not exchange.server.shelf.copy(source, destination):
        raise ApiError(404, f'model "{fields["source"]}" not found')
    exchange.empty()


def _copy_name(field, fields):
    text = fields.get(field, "")
    try:
        return names.parse(text)
    except names.BadName:
        raise bad_request(f'{field} "{text}" is invalid') from None


async def delete(exchange):
    """DELETE /api/delete: an empty body says it worked."""
    fields = exchange.read(schemas.DELETE)
    sent = fields.get("model") or fields.get("name", "")
    invalid = bad_request(f'name "{sent}" is invalid')
    name = checks.parse_name(sent, errors.model_required(), invalid)
    model = exchange.server.shelf.find(name)
    if model is None:
        raise errors.not_found(sent)
    exchange.server.shelf.remove(name)
    exchange.server.memory.drop(model)
    exchange.empty()
