"""Frames of length-prefixed JSON: the only thing that passes between judge and learner.

Every limit is checked before anything is built. A frame that breaks a rule is a `Broken` channel, which ends
the exchange: silence, nonsense and an answer to another question count the same.
"""

from __future__ import annotations

import json
import secrets
import socket
import struct
import time
from typing import Any

MAX_FRAME = 8 * 2**20  # bytes; a lesson's largest honest value is a few kB
MAX_PARTS = 400_000  # items in a frame, which bounds the memory that reading it takes
FOREVER = 24 * 3600.0  # seconds; for the learner's side, where deadlines are the judge's business


class Broken(Exception):
    """The other side closed the channel, kept silent past the deadline, or sent something that is no answer."""


class TooLarge(ValueError):
    """A message that does not fit into a frame."""


def _no_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are no JSON; values carry them under a tag


class Channel:
    """Frames over a stream socket. The judge asks, the learner answers."""

    def __init__(self, sock: socket.socket):
        self.socket = sock

    def ask(self, question: dict, seconds: float) -> dict:
        """Send a question and return its answer, both within `seconds`."""
        deadline = time.monotonic() + seconds
        number = self.put(question, seconds)
        return self.get(number, deadline - time.monotonic())

    def put(self, question: dict, seconds: float) -> str:
        """Send a question; returns its number, which cannot be guessed: an answer without it was not made for it."""
        number = secrets.token_hex(8)
        self.send({**question, "id": number}, seconds)
        return number

    def get(self, number: str, seconds: float) -> dict:
        """The answer to the question of that number."""
        answer = self.receive(seconds)
        if answer.get("id") != number:
            raise Broken("it sent an answer that belongs to no question")
        return answer

    def answer(self, question: dict, answer: dict) -> None:
        """Answer a question. Raises TooLarge if the answer does not fit."""
        self.send({**answer, "id": question.get("id")}, FOREVER)

    def send(self, message: dict, seconds: float) -> None:
        """Send one frame; raises Broken when nobody listens any more."""
        data = json.dumps(message, separators=(",", ":"), allow_nan=False).encode("ascii")
        if len(data) > MAX_FRAME or _parts(data) > MAX_PARTS:
            raise TooLarge("the value is too large to be looked at")
        try:
            self.socket.settimeout(max(seconds, 0.001))
            self.socket.sendall(struct.pack("!I", len(data)) + data)
        except TimeoutError as error:
            raise Broken("it did not listen") from error
        except OSError as error:
            raise Broken("its process has ended") from error

    def receive(self, seconds: float) -> dict:
        """The next frame, complete within `seconds`."""
        deadline = time.monotonic() + seconds
        (length,) = struct.unpack("!I", self._take(4, deadline))
        if length > MAX_FRAME:
            raise Broken("it sent an answer that is too large")
        data = self._take(length, deadline)
        if _parts(data) > MAX_PARTS:
            raise Broken("it sent an answer that is too large")
        try:
            message = json.loads(data.decode("ascii"), parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise Broken("it sent an answer that cannot be read") from error
        if type(message) is not dict:
            raise Broken("it sent an answer that cannot be read")
        return message

    def _take(self, count: int, deadline: float) -> bytearray:
        """Exactly `count` bytes, so that what follows (a descriptor, say) stays in the socket."""
        taken = bytearray()
        while len(taken) < count:
            left = deadline - time.monotonic()
            if left <= 0:
                raise Broken("it took too long")
            self.socket.settimeout(left)
            try:
                more = self.socket.recv(min(count - len(taken), 1 << 18))
            except TimeoutError as error:
                raise Broken("it took too long") from error
            except OSError as error:
                raise Broken("its process has ended") from error
            if not more:
                raise Broken("its process has ended")
            taken += more
        return taken

    def close(self) -> None:
        self.socket.close()


def _parts(data: Any) -> int:
    """At least the number of JSON values in a frame, without reading it."""
    return data.count(b",") + data.count(b"[") + data.count(b"{")
