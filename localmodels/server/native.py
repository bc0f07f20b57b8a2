"""/api/chat and /api/generate: one flow, two shapes of reply."""

import secrets
import time
from contextlib import aclosing

from . import checks, errors, gojson, options, schemas
from .gotime import now_utc

NDJSON = "application/x-ndjson"


async def chat(exchange):
    """POST /api/chat"""
    await _answer(exchange, ChatForm(exchange.read(schemas.CHAT)))


async def generate(exchange):
    """POST /api/generate"""
    await _answer(exchange, GenerateForm(exchange.read(schemas.GENERATE)))


async def _answer(exchange, form):
    run = Run(exchange.server, form)
    shortcut = await run.prepare()
    if shortcut:
        return exchange.json(form.shortcut(shortcut))
    if form.fields.get("stream") is False:
        return exchange.json(await run.whole())
    await exchange.stream(lines_of(run.chunks()), NDJSON)


async def lines_of(items):
    """One JSON object per line; a failure after the first line becomes a line of its own."""
    sent = False
    async with aclosing(items):
        try:
            async for item in items:
                yield gojson.dumps(item).encode() + b"\n"
                sent = True
        except errors.ApiError as error:
            if not sent:
                raise
            yield gojson.dumps({"error": error.text}).encode() + b"\n"


class ChatForm:
    """What is particular to /api/chat. A form knows its request and the shape of its reply:

    empty       nothing is asked, so the model is only loaded
    no_model()  the error for a missing name
    needs()     capabilities beyond completion
    pictured()  where pictures may be
    start()     the engine's iterator of Pieces
    chunk()     one object of the reply; last(end) what only the final one has; shortcut() load and unload
    """

    kind = "chat"

    def __init__(self, fields):
        self.fields = fields
        self.messages = [_message(one) for one in fields.get("messages", [])]

    @property
    def empty(self):
        return not self.messages

    def no_model(self):
        return errors.model_required()

    def needs(self):
        return ["tools"] if self.fields.get("tools") else []

    def pictured(self):
        return self.messages

    def start(self, engine, settings, system):
        """The model's own system text goes first, unless the conversation brings one."""
        if system and self.messages[0]["role"] != "system":
            return engine.chat([{"role": "system", "content": system}, *self.messages], settings)
        return engine.chat(self.messages, settings)

    def chunk(self, text="", thinking="", tool_calls=()):
        message = {"role": "assistant", "content": text}
        if thinking:
            message["thinking"] = thinking
        if tool_calls:
            message["tool_calls"] = list(tool_calls)
        return {"model": self.fields.get("model", ""), "created_at": now_utc(), "message": message}

    def last(self, end):
        return {}

    def shortcut(self, reason):
        return {**self.chunk(), "done": True, "done_reason": reason}


class GenerateForm:
    """What is particular to /api/generate; the methods are those of ChatForm."""

    kind = "generate"

    def __init__(self, fields):
        self.fields = fields

    @property
    def empty(self):
        return not self.fields.get("prompt")

    def no_model(self):
        return errors.not_found("")

    def needs(self):
        return ["insert"] if self.fields.get("suffix") else []

    def pictured(self):
        return [self.fields]

    def start(self, engine, settings, system):
        """Raw prompts go to the engine as they are; others become a conversation of one message."""
        if settings.raw:
            return engine.complete(self.fields["prompt"], settings)
        system = self.fields.get("system") or system
        messages = [{"role": "system", "content": system}] if system else []
        return engine.chat([*messages, {"role": "user", "content": self.fields["prompt"]}], settings)

    def chunk(self, text="", thinking="", tool_calls=()):
        reply = {"model": self.fields.get("model", ""), "created_at": now_utc(), "response": text}
        return {**reply, "thinking": thinking} if thinking else reply

    def last(self, end):
        raw = self.fields.get("raw")
        return {"context": list(end.context)} if end.context and not raw else {}

    def shortcut(self, reason):
        return {**self.chunk(), "done": True, "done_reason": reason}


class Run:
    """One request on its way: checks, loading, generating, and the six numbers at the end."""

    def __init__(self, server, form):
        self.server, self.form, self.fields = server, form, form.fields
        self.started = time.perf_counter_ns()
        self.loaded = self.started

    async def prepare(self):
        """Check and load. Returns "load" or "unload" when there is nothing to say, else None."""
        fields, form, sent = self.fields, self.form, self.fields.get("model", "")
        checks.top_logprobs(fields)
        self.model = checks.installed(self.server, sent, form.no_model(), errors.not_found(sent))
        if form.empty and fields.get("keep_alive") == 0:
            self.server.memory.drop(self.model)
            return "unload"
        self._check_abilities(sent)
        self.options = self._options()
        await self.server.load(self.model, fields.get("keep_alive"), self.options)
        self.loaded = time.perf_counter_ns()
        if form.empty:
            return "load"
        checks.pictures(form.pictured(), self.abilities)
        checks.format_field(fields.get("format"))
        return None

    def _check_abilities(self, sent):
        self.abilities = self.server.capabilities(self.model)
        fields = self.fields
        if fields.get("raw") and (fields.get("template") or fields.get("system") or fields.get("context")):
            raise errors.bad_request("raw mode does not support template, system, or context")
        checks.thinking(fields, sent, self.abilities)
        if "completion" not in self.abilities:
            raise errors.lacks_quoted(sent, self.form.kind)
        for needed in self.form.needs():
            checks.capability(self.model, self.abilities, needed)

    def _options(self):
        fields = self.fields
        return options.read(
            {**dict(self.model.parameters), **fields.get("options", {})},
            truncate=fields.get("truncate", True), shift=fields.get("shift", True),
            format=fields.get("format") or None, think=fields.get("think"),
            tools=tuple(fields.get("tools", ())), raw=fields.get("raw", False),
            suffix=fields.get("suffix", ""), context=tuple(fields.get("context", ())))

    async def pieces(self):
        """The engine's pieces; afterwards the model may leave memory (keep_alive 0)."""
        start, engine = self.form.start, self.server.engine
        async with aclosing(self.server.runner.stream(
                lambda: start(engine, self.options, self.model.system))) as pieces:
            async for piece in pieces:
                yield piece
        self.server.used(self.model, self.fields.get("keep_alive"), self.options)

    async def chunks(self):
        """The objects of a stream, the last one with done:true and the numbers."""
        form = self.form
        async with aclosing(self.pieces()) as pieces:
            async for piece in pieces:
                if piece.text or piece.thinking or piece.tool_calls:
                    calls = tool_calls(piece.tool_calls)
                    yield {**form.chunk(piece.text, piece.thinking, calls), "done": False}
                if piece.end:
                    yield self._final(form.chunk(), piece.end)

    async def whole(self):
        """The one object of stream:false."""
        text, thinking, calls, end = [], [], [], None
        async with aclosing(self.pieces()) as pieces:
            async for piece in pieces:
                text.append(piece.text)
                thinking.append(piece.thinking)
                calls += tool_calls(piece.tool_calls)
                end = piece.end or end
        return self._final(self.form.chunk("".join(text), "".join(thinking), calls), end)

    def _final(self, chunk, end):
        numbers = {
            "total_duration": time.perf_counter_ns() - self.started,
            "load_duration": self.loaded - self.started,
            "prompt_eval_count": end.prompt_eval_count,
            "prompt_eval_duration": end.prompt_eval_duration,
            "eval_count": end.eval_count,
            "eval_duration": end.eval_duration,
        }
        numbers = {name: value for name, value in numbers.items() if value}
        return {**chunk, "done": True, "done_reason": end.reason, **self.form.last(end), **numbers}


def _message(fields):
    """A message as engines get it: role in small letters, content always there."""
    return {**fields, "role": fields.get("role", "").lower(), "content": fields.get("content", "")}


def tool_calls(calls):
    """Calls of an engine, [{"name", "arguments"}], in the shape of a reply, each with an id."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    return [{"id": "call_" + "".join(secrets.choice(letters) for _ in range(8)),
             "function": {"index": index, "name": call["name"], "arguments": call["arguments"]}}
            for index, call in enumerate(calls)]
