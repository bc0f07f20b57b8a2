"""An honest brake: the same engine at a chosen number of tokens per second, so that streaming can be seen.

Nothing is made up: the server really waits, so the durations it reports are those a client measures.
/api/practice tells the speed, and `serve` says it when it starts.
"""

import time
from dataclasses import replace


class Throttled:
    """Another engine, slowed down to `speed` tokens per second."""

    def __init__(self, engine, speed):
        self.engine, self.speed = engine, speed

    def __getattr__(self, name):
        return getattr(self.engine, name)

    def chat(self, messages, options):
        return paced(self.engine.chat(messages, options), self.speed)

    def complete(self, prompt, options):
        return paced(self.engine.complete(prompt, options), self.speed)


def paced(pieces, speed):
    """Give every piece the wait that brings it to its time; the end gets the time that really passed."""
    started, tokens = time.perf_counter(), 0
    try:
        for piece in pieces:
            if not tokens:
                started = time.perf_counter()
            passed = time.perf_counter() - started
            if piece.end:
                duration = max(piece.end.eval_duration, int(passed * 1e9))
                yield replace(piece, end=replace(piece.end, eval_duration=duration))
            else:
                tokens += piece.tokens
                yield replace(piece, wait=max(piece.wait, tokens / speed - passed))
    finally:
        if hasattr(pieces, "close"):
            pieces.close()
