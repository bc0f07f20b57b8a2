"""The /v1 endpoints: OpenAI's requests and replies around Ollama's own answers."""

import base64
import random
import struct
import time
from contextlib import aclosing

from . import checks, embeddings as native_embeddings, errors, gojson, names, options, show
from . import openai_schemas as schemas
from .errors import ApiError, bad_request
from .native import ChatForm, GenerateForm, Run
from .openai_requests import chat_fields, generate_fields

SSE = "text/event-stream"
NANO = 10**9


def _eof():
    return bad_request("EOF")  # the native endpoints say "missing request body"


async def chat(exchange):
    """POST /v1/chat/completions"""
    asked = exchange.read(schemas.CHAT, no_body=_eof)
    await _answer(exchange, ChatForm(chat_fields(asked)), ChatReply(asked))


async def completions(exchange):
    """POST /v1/completions"""
    asked = exchange.read(schemas.COMPLETION, no_body=_eof)
    await _answer(exchange, GenerateForm(generate_fields(asked)), TextReply(asked))


async def _answer(exchange, form, reply):
    run = Run(exchange.server, form)
    shortcut = await run.prepare()
    if shortcut:
        return exchange.json(reply.whole(form.shortcut(shortcut)))
    if not form.fields["stream"]:
        return exchange.json(reply.whole(await run.whole()))
    await exchange.stream(_events(run, reply), SSE)


async def _events(run, reply):
    """Server-sent events. A failure in mid stream is lost: an empty chunk and no [DONE], as in Ollama."""
    sent = False
    async with aclosing(run.chunks()) as chunks:
        try:
            async for item in chunks:
                for event in reply.events(item):
                    yield b"data: " + gojson.dumps(event).encode() + b"\n\n"
                    sent = True
            yield b"data: [DONE]\n\n"
        except ApiError:
            if not sent:
                raise
            yield b"data: " + gojson.dumps(reply.lost()).encode() + b"\n\n"


class Reply:
    """What chat and text completions have in common."""

    def __init__(self, asked, prefix):
        self.model, self.created = asked.get("model", ""), int(time.time())
        self.id = f"{prefix}-{random.randrange(999)}"
        self.wants_usage = asked.get("stream_options", {}).get("include_usage", False)

    def frame(self, kind, choices, model=None):
        return {"id": self.id, "object": kind, "created": self.created,
                "model": self.model if model is None else model,
                "system_fingerprint": "fp_ollama", "choices": choices}

    def usage(self, item):
        read, said = item.get("prompt_eval_count", 0), item.get("eval_count", 0)
        return {"prompt_tokens": read, "completion_tokens": said, "total_tokens": read + said}

    def last_event(self, item):
        """The usage chunk, when it was asked for."""
        return [{**self.frame(self.kind, []), "usage": self.usage(item)}] if self.wants_usage else []


class ChatReply(Reply):
    """Chat completions."""

    kind = "chat.completion.chunk"

    def __init__(self, asked):
        super().__init__(asked, "chatcmpl")
        self.first, self.called = True, False

    def whole(self, item):
        message = item["message"]
        calls = openai_calls(message.get("tool_calls", []))
        answer = {"role": "assistant", "content": message["content"], **_reasoning(message)}
        choice = {"index": 0, "message": answer | ({"tool_calls": calls} if calls else {}),
                  "finish_reason": "tool_calls" if calls else item.get("done_reason")}
        return {**self.frame("chat.completion", [choice]), "usage": self.usage(item)}

    def events(self, item):
        """Chunks for one object of the native stream; the role goes with the first alone."""
        if item["done"]:
            reason = "tool_calls" if self.called else item["done_reason"]
            start = [self._chunk({"content": ""})] if self.first else []
            return [*start, self._chunk({}, reason), *self.last_event(item)]
        message = item["message"]
        calls = openai_calls(message.get("tool_calls", []))
        self.called = self.called or bool(calls)
        return [self._chunk({"content": message["content"], **_reasoning(message)}
                            | ({"tool_calls": calls} if calls else {}))]

    def _chunk(self, delta, reason=None):
        if self.first and reason is None:
            delta, self.first = {"role": "assistant", **delta}, False
        return self.frame(self.kind, [{"index": 0, "delta": delta, "finish_reason": reason}])

    def lost(self):
        return self.frame(self.kind, [{"index": 0, "delta": {"content": ""}, "finish_reason": None}], model="")


class TextReply(Reply):
    """Text completions."""

    kind = "text_completion"

    def __init__(self, asked):
        super().__init__(asked, "cmpl")

    def whole(self, item):
        choice = {"text": item["response"], "index": 0, "finish_reason": item.get("done_reason")}
        return {**self.frame(self.kind, [choice]), "usage": self.usage(item)}

    def events(self, item):
        choice = {"text": item["response"], "index": 0, "finish_reason": item.get("done_reason")}
        last = self.last_event(item) if item["done"] else []
        return [self.frame(self.kind, [choice]), *last]

    def lost(self):
        return self.frame(self.kind, [{"text": "", "index": 0, "finish_reason": None}], model="")


def _reasoning(message):
    return {"reasoning": message["thinking"]} if message.get("thinking") else {}


def openai_calls(calls):
    """Tool calls with their arguments as JSON text, which is what OpenAI's clients expect."""
    return [{"id": call["id"], "index": call["function"]["index"], "type": "function",
             "function": {"name": call["function"]["name"],
                          "arguments": gojson.dumps(call["function"]["arguments"])}} for call in calls]


async def models(exchange):
    """GET /v1/models; with nothing installed `data` is null."""
    data = [_model(one, one.name) for one in exchange.server.shelf.all()]
    exchange.json({"object": "list", "data": data or None})


async def model(exchange):
    """GET /v1/models/<name>"""
    sent = exchange.params[0]
    exchange.json(_model(show.find(exchange.server, sent), sent))


def _model(installed, name):
    return {"id": name, "object": "model", "created": installed.modified // NANO,
            "owned_by": names.parse(name).namespace}


async def embeddings(exchange):
    """POST /v1/embeddings"""
    asked = exchange.read(schemas.EMBED, no_body=_eof)
    encoding = asked.get("encoding_format", "float")
    if encoding.lower() not in ("float", "base64"):
        raise bad_request(f"Invalid value for 'encoding_format' = {encoding}. Supported values: ['float', 'base64'].")
    if asked.get("input") in (None, []):
        raise bad_request("invalid input")
    given = [""] if asked["input"] == "" else asked["input"]
    sent = asked.get("model", "")
    name = checks.parse_name(sent, errors.not_found(""))
    texts, found = native_embeddings.inputs(given), exchange.server.shelf.find(name)
    if found is None:
        raise errors.try_pulling(sent)
    settings = options.read({})
    await exchange.server.load(found, None, settings)
    made = await native_embeddings.vectors(exchange.server, found, texts, settings, asked.get("dimensions", 0))
    data = [{"object": "embedding", "embedding": _encoded(one, encoding), "index": index}
            for index, one in enumerate(made.vectors)]
    count = made.prompt_eval_count
    exchange.json({"object": "list", "data": data, "model": sent,
                   "usage": {"prompt_tokens": count, "total_tokens": count}})


def _encoded(vector, encoding):
    """Numbers, or 32-bit floats as base64 text, which OpenAI's Python client asks for."""
    if encoding.lower() == "float":
        return vector
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
