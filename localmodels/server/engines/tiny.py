"""The course's tiny model on the NumPy runtime: small, but everything it says and measures is real."""

import time
from dataclasses import replace
from pathlib import Path

from ...tiny import MODEL_FILE
from ..errors import EngineError
from . import Embedded, End, Piece
from .as_json import wrap
from .gguf_about import about_file
from .stops import Stops
from .windowing import context_size, fit_messages, fit_prompt, slide

MOST_CONTEXTS = 10   # without num_predict a reply ends after this many contexts


class TinyEngine:
    """Runs one small Llama-architecture GGUF file.

    Obeyed: temperature, top_k, top_p, min_p, seed, repeat_penalty, stop, num_predict, num_ctx, num_keep.
    Accepted but without effect here: typical_p, repeat_last_n (always 64), presence_penalty,
    frequency_penalty. Prefer engines/llamacpp.py for those, and for `format` (see as_json.py).
    """

    def __init__(self, path=MODEL_FILE):
        self.path, self.model = Path(path), None

    def describe(self):
        """Raises EngineError with a sentence when the file is no model."""
        about = about_file(self.path, "tiny", ("completion", "embedding"))
        # Here weights and cache are 32-bit numbers, whatever the file holds.
        self.about = replace(about, memory=4 * about.parameter_count + 2 * (about.memory - about.size))
        return self.about

    @property
    def loaded(self):
        return self.model is not None

    def load(self):
        from ...tiny.gguf_file import BadModelFile
        from ...tiny.model import Model

        try:
            self.model = self.model or Model.from_file(self.path)
        except BadModelFile as problem:
            raise EngineError(500, f"error loading model: {problem}") from None
        except MemoryError:
            raise EngineError(500, no_memory(self.about.memory)) from None

    def unload(self):
        self.model = None

    def close(self):
        """Nothing outlives the process."""

    def chat(self, messages, options):
        model = self._ready()
        size = context_size(options, model.shape.context)
        if options.truncate:
            messages = fit_messages(messages, size, lambda some: len(prompt_ids(model, some)))
        return self._reply(model, [*known(model, options.context), *prompt_ids(model, messages)], size, options)

    def complete(self, prompt, options):
        model = self._ready()
        ids = model.tokenizer.encode(prompt, special=True)
        return self._reply(model, ids, context_size(options, model.shape.context), options)

    def embed(self, texts, options):
        model = self._ready()
        size = context_size(options, model.shape.context)
        counts = [len(model.tokenizer.encode(text)) for text in texts]
        if not options.truncate and max(counts) > size:
            raise EngineError(400, "the input length exceeds the context length")
        vectors = [[round(float(number), 8) for number in model.embed(text)] for text in texts]
        return Embedded(vectors, sum(min(count, size) for count in counts))

    def _ready(self):
        # A request may find the model gone: keep_alive ran out between loading and answering.
        model = self.model
        if model is None:
            self.load()
            model = self.model
        return model

    def _reply(self, model, ids, size, options):
        ids = fit_prompt(ids, size, options)
        pieces = speak(model, ids, size, options, Clock(len(ids)))
        return in_json(pieces, options.format) if options.format else pieces


def prompt_ids(model, messages):
    """A conversation as token ids; a last message by the assistant is left open, to be continued."""
    from ...tiny import chat

    if messages and messages[-1]["role"] == "assistant":
        opened = model.chat_ids(messages[:-1])
        return [*opened, *model.tokenizer.encode(messages[-1]["content"])]
    return model.chat_ids(messages)


def known(model, ids):
    """The `context` of a request, if it can have come from this model. Raises EngineError."""
    if not all(0 <= one < model.shape.vocabulary for one in ids):
        raise EngineError(500, "the context holds tokens this model does not have; leave it out to start anew")
    return ids


class Clock:
    """Measures a reply: reading the prompt ends with the first token, then each token counts."""

    def __init__(self, prompt_count):
        self.prompt_count, self.count, self.ended_itself = prompt_count, 0, False
        self.started = self.first = time.perf_counter_ns()

    def token(self):
        if not self.count:
            self.first = time.perf_counter_ns()
        self.count += 1

    def end(self, reason, ids):
        """The End of the reply; a duration of 0 would make "tokens per second" a division by zero."""
        now = time.perf_counter_ns()
        first = self.first if self.count else now
        return End(reason, self.prompt_count, max(1, first - self.started), self.count,
                   max(1, now - first), tuple(ids))


def speak(model, ids, size, options, clock):
    """Yield the reply in pieces, each as soon as its letters are complete and no stop word begins."""
    stops, said, waiting = Stops(options.stop), [], 0
    for _, text in model.tokenizer.stream(tokens(model, ids, size, options, clock, said)):
        waiting += 1
        if text := stops.feed(text):
            yield Piece(text, tokens=waiting)
            waiting = 0
        if stops.hit:
            break
    if text := stops.rest():
        yield Piece(text, tokens=waiting)
    reason = "stop" if stops.hit or clock.ended_itself else "length"
    yield Piece(end=clock.end(reason, [*ids, *said]), tokens=0)


def tokens(model, ids, size, options, clock, said):
    """Yield token ids and note them in `said`. With shift, a full context forgets its oldest half."""
    window, windows = ids, 0
    limit = options.num_predict if options.num_predict >= 0 else MOST_CONTEXTS * size
    while len(said) < limit:
        room = min(limit - len(said), size - len(window))
        reason = yield from counted(chosen(model, window, room, options, windows), clock, said)
        if reason == "stop":
            clock.ended_itself = True
            return clock.token()     # the end mark was chosen like any other token
        if not options.shift:
            return None
        windows += 1
        window = slide([*ids, *said], size, options.num_keep)


def chosen(model, window, room, options, windows):
    """The runtime's own generator. A new window goes on from another seed, or it would repeat itself."""
    from ...tiny.generate import generate

    seed = None if options.seed < 0 else options.seed + windows
    return generate(
        model, window, temperature=options.temperature, top_k=options.top_k, top_p=options.top_p,
        min_p=options.min_p, seed=seed, repeat_penalty=max(options.repeat_penalty, 0.01), max_tokens=room)


def counted(generator, clock, said):
    """Pass tokens on, counting them; returns the reason the generator ended with."""
    while True:
        try:
            token = next(generator)
        except StopIteration as ended:
            return ended.value
        clock.token()
        said.append(token)
        yield token


def in_json(pieces, wanted):
    """The whole reply as one Piece of JSON text."""
    text, count = "", 0
    for piece in pieces:
        if piece.end:
            yield Piece(wrap(text, wanted), tokens=count)
            yield piece
        text, count = text + piece.text, count + piece.tokens


def no_memory(needed):
    """What to do when the model does not fit into memory."""
    return (f"The model needs about {needed / 1e6:.0f} MB of memory and the system has no more to give. "
            "Close other programs or notebooks, then ask again.")
