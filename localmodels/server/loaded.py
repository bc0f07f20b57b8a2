"""Which models are in memory, and until when (keep_alive)."""

import time
from dataclasses import dataclass

from .gotime import FOREVER

FIVE_MINUTES = 300.0
CENTURIES = 292 * 365.25 * 86400  # how far ahead Ollama puts "for ever", in seconds


@dataclass
class InMemory:
    """A loaded model; `expires` in seconds since 1970."""

    model: object
    expires: float
    context_length: int


class Memory:
    """The loaded models of one server. Each use moves a model's end further away.

    `busy()` tells whether a reply is being made: then the engine's memory is not taken away.
    """

    def __init__(self, engine, keep_alive=FIVE_MINUTES, busy=lambda: False):
        self.engine, self.keep_alive, self.busy = engine, keep_alive, busy
        self._loaded = {}

    def use(self, model, keep_alive, context_length):
        """Note that a model is in use; keep_alive in seconds or None for the default."""
        seconds = self.keep_alive if keep_alive is None else keep_alive
        ends = time.time() + (CENTURIES if seconds == FOREVER else seconds)
        self._loaded[model.key] = InMemory(model, ends, context_length)
        self.now()

    def drop(self, model):
        """Unload a model, whether it was loaded or not."""
        self._loaded.pop(model.key, None)
        self.now()

    def forget(self):
        """Unload every model."""
        self._loaded.clear()
        self.now()

    def now(self):
        """The models in memory, the one that stays longest first; those whose time is over leave."""
        moment = time.time()
        self._loaded = {key: one for key, one in self._loaded.items() if one.expires > moment}
        # Stand-ins share one engine: its memory goes when the last of them has gone.
        if not self._loaded and self.engine.loaded and not self.busy():
            self.engine.unload()
        return sorted(self._loaded.values(), key=lambda one: -one.expires)
