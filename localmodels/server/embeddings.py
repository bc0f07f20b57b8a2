"""/api/embed and the older /api/embeddings."""

import math
import time

from . import checks, errors, options, schemas
from .errors import bad_request


async def embed(exchange):
    """POST /api/embed: one vector of length 1 per input."""
    started = time.perf_counter_ns()
    fields = exchange.read(schemas.EMBED)
    sent = fields.get("model", "")
    name = checks.parse_name(sent, errors.not_found(""))
    texts = inputs(fields.get("input"))
    model = exchange.server.shelf.find(name)
    if model is None:
        raise errors.try_pulling(sent)
    settings = await _load(exchange.server, model, fields)
    loaded = time.perf_counter_ns()
    if not texts:
        return exchange.json({"model": sent, "embeddings": []})
    found = await vectors(exchange.server, model, texts, settings, fields.get("dimensions", 0))
    exchange.server.used(model, fields.get("keep_alive"), settings)
    numbers = {"total_duration": time.perf_counter_ns() - started, "load_duration": loaded - started,
               "prompt_eval_count": found.prompt_eval_count}
    numbers = {key: value for key, value in numbers.items() if value}
    exchange.json({"model": sent, "embeddings": found.vectors, **numbers})


async def embeddings(exchange):
    """POST /api/embeddings, the old form: one prompt, one vector."""
    fields = exchange.read(schemas.EMBEDDING)
    sent = fields.get("model", "")
    model = checks.installed(exchange.server, sent, errors.model_required(), errors.try_pulling(sent))
    settings = await _load(exchange.server, model, fields)
    if not fields.get("prompt"):
        return exchange.json({"embedding": []})
    found = await vectors(exchange.server, model, [fields["prompt"]], settings)
    exchange.server.used(model, fields.get("keep_alive"), settings)
    exchange.json({"embedding": found.vectors[0]})


async def _load(server, model, fields):
    settings = options.read(fields.get("options", {}), truncate=fields.get("truncate", True))
    await server.load(model, fields.get("keep_alive"), settings)
    return settings


def inputs(given, wrong="invalid input type"):
    """A list of texts from a text or a list of texts; none for nothing. Raises ApiError 400."""
    if given is None or given == "":
        return []
    texts = [given] if type(given) is str else given
    if type(texts) is not list or not all(type(text) is str for text in texts):
        raise bad_request(wrong)
    return texts


async def vectors(server, model, texts, settings, dimensions=0):
    """An Embedded with vectors cut to `dimensions` numbers (0: all) and made length 1 again."""
    if "embedding" not in server.capabilities(model):
        raise bad_request("this model does not support embeddings")
    found = await server.runner.call(server.engine.embed, texts, settings)
    if 0 < dimensions < len(found.vectors[0]):
        shorter = [unit(vector[:dimensions]) for vector in found.vectors]
        return type(found)(shorter, found.prompt_eval_count)
    return found


def unit(vector):
    """The same direction with length 1."""
    length = math.sqrt(sum(number * number for number in vector)) or 1.0
    return [number / length for number in vector]
