"""The engine that says what it is told: replies, delays and faults come from a queue."""

import hashlib
import math
import threading
from collections import deque
from dataclasses import dataclass, field

from ..errors import Cut, EngineError
from . import About, Embedded, End, Piece

DIMENSIONS = 8


@dataclass
class Script:
    """One prepared reply or fault."""

    chunks: list = field(default_factory=list)
    end: End | None = None
    delay: float = 0.0
    gap: float = 0.0
    thinking: str = ""
    tool_calls: tuple = ()
    fault: Exception | None = None   # raised after the chunks (before all, when there are none)


class ScriptedEngine:
    """Takes the next Script for every inference request; an empty queue gives a numbered reply."""

    loaded = True

    def __init__(self, capabilities=("completion",)):
        self.capabilities = tuple(capabilities)
        self._lock = threading.Lock()
        self.clear()

    def clear(self):
        """Forget every prepared reply and start counting at 1 again."""
        with self._lock:
            self.queue, self.answered = deque(), 0

    def add(self, script):
        self.queue.append(script)

    def describe(self):
        return About(name="scripted", model="scripted", parameter_count=1_000_000_000, quantization="Q4_0",
                     size=637_000_000, memory=800_000_000, digest=hashlib.sha256(b"scripted").hexdigest(),
                     embedding_length=DIMENSIONS, capabilities=self.capabilities,
                     model_info={"general.architecture": "llama", "general.parameter_count": 1_000_000_000,
                                 "llama.context_length": 4096, "llama.embedding_length": DIMENSIONS})

    def load(self):
        """Always ready."""

    def unload(self):
        """Holds no memory."""

    def close(self):
        """Nothing to close."""

    def chat(self, messages, options):
        return self._play(words(" ".join(message.get("content", "") for message in messages)))

    def complete(self, prompt, options):
        return self._play(words(prompt))

    def embed(self, texts, options):
        script = self._next()
        if script.fault:
            raise script.fault
        return Embedded([vector(text) for text in texts], sum(words(text) for text in texts))

    def _next(self):
        with self._lock:
            self.answered += 1
            if self.queue:
                return self.queue.popleft()
            return Script(chunks=pieces_of(f"Reply number {self.answered} of the practice server."))

    def _play(self, prompt_tokens):
        script = self._next()
        wait = script.delay
        if script.thinking:
            yield Piece(thinking=script.thinking, wait=wait)
            wait = script.gap
        for chunk in script.chunks:
            yield Piece(chunk, wait=wait)
            wait = script.gap
        if script.fault:
            if wait and not script.chunks:
                yield Piece(wait=wait, tokens=0)
            raise script.fault
        if script.tool_calls:
            yield Piece(tool_calls=tuple(script.tool_calls), wait=wait)
        yield Piece(end=script.end or _end(prompt_tokens, len(script.chunks)))


def _end(prompt_tokens, count):
    return End("stop", max(1, prompt_tokens), 1_000_000 * max(1, prompt_tokens), max(1, count),
               10_000_000 * max(1, count))


def words(text):
    """How many words: the scripted engine's idea of a token."""
    return len(text.split())


def pieces_of(text):
    """The text cut after each blank: "a b" -> ["a ", "b"]."""
    return [piece for piece in text.replace(" ", " \0").split("\0") if piece]


def vector(text):
    """A made-up direction of length 1 that depends on nothing but the text."""
    digest = hashlib.sha256(text.encode()).digest()
    numbers = [byte - 127.5 for byte in digest[:DIMENSIONS]]
    length = math.sqrt(sum(number * number for number in numbers))
    return [number / length for number in numbers]


def fault(status, text):
    """An error reply."""
    return EngineError(status, text)


def cut():
    """A connection that drops."""
    return Cut()
