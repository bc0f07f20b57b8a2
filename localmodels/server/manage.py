"""What is here: version, tags, show, ps; and copying and deleting models."""

import os

from . import OLLAMA_VERSION, checks, errors, names, schemas
from .gotime import local


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
    """GET /api/practice: real Ollama has no such path; this is how one tells the two apart."""
    server = exchange.server
    exchange.json({"practice": True, "engine": server.about.name, "pid": os.getpid(),
                   "user": server.user, "version": OLLAMA_VERSION, "speed": server.speed})


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
    family = f"{about.family} (stand-in)" if about.stand_in and server.is_stand_in(model) else about.family
    found = {"parent_model": "", "format": about.format, "family": family, "families": [family],
             "parameter_size": parameter_size(about.parameter_count),
             "quantization_level": about.quantization}
    if lengths:
        found |= {"context_length": about.context_length, "embedding_length": about.embedding_length}
    return {**found, **dict(model.details)}


def parameter_size(count):
    """Ollama's way to write a number of parameters: 1.2B, 494.03M, 2.49M."""
    if count >= 10**9:
        return f"{count / 1e9:.1f}B"
    if count >= 10**6:
        return f"{count / 1e6:.2f}M"
    return f"{count / 1e3:.2f}K" if count >= 10**3 else str(count)
async def ps(exchange): raise NotImplementedError
show = copy = delete = ps
