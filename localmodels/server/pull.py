"""Getting models: pull with real progress, and push, create and blobs answered sensibly."""

import asyncio
import hashlib
import os
import re

from . import catalogue, checks, errors, names, schemas
from .engines import WHOLE_FILE_LIMIT
from .errors import ApiError, bad_request
from .exchange import PLAIN_JSON
from .native import NDJSON, lines_of

NO_SUCH_MODEL = "pull model manifest: file does not exist"
STEPS = 20                # progress lines per file
SLOW_SECONDS = 3.0        # how long a pull takes when the server is throttled
SHOWN_DIGITS = 12
DIGEST = re.compile(r"sha256[:-][0-9a-fA-F]{64}")


async def pull(exchange):
    """POST /api/pull"""
    fields = exchange.read(schemas.PULL)
    name = _name(fields)
    await _progress(exchange, fields, pulling(exchange.server, name))


async def push(exchange):
    """POST /api/push: there is nowhere to push to, and the reply says so as the registry would."""
    fields = exchange.read(schemas.PUSH)
    sent = fields.get("model") or fields.get("name", "")
    if not sent:
        raise errors.model_required()
    await _progress(exchange, fields, _pushing(exchange.server, checks.parse_name(sent, errors.model_required())))


async def create(exchange):
    """POST /api/create: a new name for an installed model, with its own system text and parameters."""
    fields = exchange.read(schemas.CREATE)
    name = _name(fields)
    if not fields.get("from") and not fields.get("files"):
        raise bad_request("neither 'from' or 'files' was specified")
    if not fields.get("from"):
        raise bad_request("the practice server creates models with 'from' alone; building one from files needs Ollama")
    source = checks.parse_name(fields["from"], errors.invalid_name())
    await _progress(exchange, fields, _creating(exchange.server, name, source, fields))


async def blobs(exchange):
    """POST and HEAD /api/blobs/<digest>: files are checked and remembered by their digest, not kept."""
    digest, known = exchange.params[0], exchange.server.blobs
    if not DIGEST.fullmatch(digest):
        raise bad_request("invalid digest format")
    if exchange.request.method == "HEAD":
        return exchange.empty(200 if digest in known else 404)
    found = "sha256:" + hashlib.sha256(exchange.body).hexdigest()
    if digest in known:
        return exchange.empty(200)
    if found != digest:
        raise bad_request(f'digest mismatch, expected "{digest}", got "{found}"')
    known.add(digest)
    exchange.empty(201)


def _name(fields):
    sent = fields.get("model") or fields.get("name", "")
    return checks.parse_name(sent, errors.invalid_name())


async def _progress(exchange, fields, updates):
    """Status lines, or with stream:false only the last one; a failure is then a status of its own."""
    if fields.get("stream") is not False:
        return await exchange.stream(lines_of(updates), NDJSON)
    exchange.json_type = PLAIN_JSON
    last = {}
    async for last in updates:
        pass
    exchange.json(last)


async def pulling(server, name):
    """The status objects of a pull; at its end the model is installed."""
    yield {"status": "pulling manifest"}
    published = server.catalogue.capabilities(name)
    own = name.key == names.parse(server.about.model).key
    if published is None and not own:
        raise ApiError(500, NO_SUCH_MODEL)
    async for update in _transfer(server):
        yield update
    yield {"status": "verifying sha256 digest"}
    yield {"status": "writing manifest"}
    server.shelf.add(name.short, stand_in=server.stands_in and not own,
                     capabilities=catalogue.stand_in_capabilities(published or (), server.about.capabilities))
    yield {"status": "success"}


async def _transfer(server):
    """Read the model file from end to end and check it; each line tells how far this has come."""
    about, sha = server.about, hashlib.sha256()
    start = {"status": f"pulling {about.digest[:SHOWN_DIGITS]}", "digest": f"sha256:{about.digest}",
             "total": about.size}
    yield start
    step = max(1, -(-about.size // STEPS))
    whole = about.file if about.size <= WHOLE_FILE_LIMIT else None
    with open(whole or os.devnull, "rb") as file:
        for done in range(step, about.size + step, step):
            sha.update(file.read(step))
            # A throttled server takes its time here too; any server lets others have a turn.
            await asyncio.sleep(SLOW_SECONDS / STEPS if server.speed else 0)
            yield {**start, "completed": min(done, about.size)}
    if whole and sha.hexdigest() != about.digest:
        raise ApiError(500, f"digest mismatch, file must be downloaded again: want sha256:{about.digest}, "
                            f"got sha256:{sha.hexdigest()}")


async def _pushing(server, name):
    yield {"status": "retrieving manifest"}
    if server.shelf.find(name) is None:
        raise ApiError(500, "file does not exist")
    raise ApiError(500, "you are not authorized to push to this namespace, create the model under a namespace you own")


async def _creating(server, name, source, fields):
    if server.shelf.find(source) is None:
        async for update in pulling(server, source):
            if update["status"] != "success":
                yield update
    found = server.shelf.find(source)
    yield {"status": f"using existing layer sha256:{server.about.digest}"}
    server.shelf.copy(source, name)
    server.shelf.add(server.shelf.find(name), system=fields.get("system", found.system),
                     parameters=tuple(fields.get("parameters", {}).items()) or found.parameters)
    yield {"status": "writing manifest"}
    yield {"status": "success"}
