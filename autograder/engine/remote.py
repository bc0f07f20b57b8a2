"""The learner behind the wall: the same methods as `NotebookLearner`, each a question over a channel."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from autograder.engine.channel import Broken, Channel, TooLarge
from autograder.engine.values import clean, decode, encode, one_line
from localmodels.checks.plain import LearnerError, NotWritten, PlainStream

LONGEST = {"message": 300, "printed": 10_000}  # characters
LOOKS = ("has", "kind")  # questions that run nothing of the learner's
EXCEPTION_NAME = re.compile(r"\w{1,80}")


class NoAnswer(Exception):
    """The learner's process gave no usable answer: it ended, hung, or sent nonsense.

    Not a LearnerError: a check that expects an error must not take silence for one.
    """


class RemoteLearner:
    """Calls functions of a learner in another process: one question, one answer, one deadline.

    seconds  for each call.
    lost     why there is no answer any more; empty while all is well. From then on every call raises NoAnswer.
    used     whether anything of the learner's has been run or read, as opposed to names looked up.
    """

    def __init__(self, channel: Channel | None, seconds: Callable[[], float]):
        self._channel, self._seconds = channel, seconds
        self.printed, self.lost, self.used = "", "", False

    def fresh(self) -> None:
        """Called before each check; a learner that can start anew does so here."""

    def has(self, name: str) -> bool:
        """Whether the learner has bound this name."""
        return self._ask({"op": "has", "name": name}).get("ok") is True

    def is_function(self, name: str) -> bool:
        """Whether this name is bound to something that can be called."""
        return self._ask({"op": "kind", "name": name}).get("ok") == "function"

    def value(self, name: str) -> Any:
        """A variable of the learner, as plain data."""
        return self._value(self._ask({"op": "value", "name": name}))

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self._call(name, args, kwargs, after=False)[0]

    def after(self, name: str, *args: Any, **kwargs: Any) -> tuple[Any, list[Any]]:
        """Call a function; its result, and the positional arguments as it left them."""
        return self._call(name, args, kwargs, after=True)

    def _call(self, name: str, args: tuple, kwargs: dict, after: bool) -> tuple[Any, list[Any]]:
        self.printed = ""
        data = {"args": encode(list(args)), "kwargs": encode(kwargs)}
        answer = self._ask({"op": "call", "name": name, **data, "after": after})
        printed = answer.get("printed")
        self.printed = clean(printed)[: LONGEST["printed"]] if type(printed) is str else ""
        number = answer.get("stream")
        result = self._stream(number) if type(number) is int else self._value(answer)
        return result, self._arguments(answer, len(args)) if after else []

    def _arguments(self, answer: dict, count: int) -> list[Any]:
        arguments = self._decoded(answer.get("args"))
        if type(arguments) is not list or len(arguments) != count:
            self._lose("it sent an answer of no known form")
        return arguments

    def _stream(self, number: int) -> PlainStream:
        def advance():
            answer = self._ask({"op": "next", "stream": number})
            if answer.get("end") is True:
                raise StopIteration
            return self._value(answer)

        return PlainStream(advance, lambda: self._ask({"op": "close", "stream": number}))

    def _ask(self, question: dict) -> dict:
        if self.lost or not self._channel:
            raise NoAnswer(self.lost)
        self.used = self.used or question["op"] not in LOOKS
        try:
            return self._channel.ask(question, self._seconds())
        except Broken as error:
            self._lose(str(error))
        except TooLarge as error:  # an argument of ours: the check's fault
            raise ValueError("an argument is too large to be sent") from error

    def _lose(self, reason: str) -> None:
        self.lost = self.lost or reason
        raise NoAnswer(self.lost)

    def _value(self, answer: dict) -> Any:
        if "missing" in answer:
            raise NotWritten(_line(answer["missing"]))
        if "error" in answer:
            parts = answer["error"] if type(answer["error"]) is list else []
            name, message, line = ([_line(part) for part in parts] + ["", "", ""])[:3]
            raise LearnerError(name if EXCEPTION_NAME.fullmatch(name) else "Exception", message, line)
        if "ok" not in answer:
            self._lose("it sent an answer of no known form")
        return self._decoded(answer["ok"])

    def _decoded(self, data: Any) -> Any:
        try:
            return decode(data)
        except (Broken, RecursionError) as error:
            self._lose(str(error) or "it sent a value that is nested too deep")


def _line(text: Any) -> str:
    return one_line(text, LONGEST["message"]) if type(text) is str else ""
