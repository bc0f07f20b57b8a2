"""The learner behind the wall: the same methods as `NotebookLearner`, each a question over a channel."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NoReturn

from autograder.engine.channel import Broken, Channel, TooLarge
from autograder.engine.values import clean, decode, encode, one_line
from localmodels.checks.plain import LearnerError, NotWritten, PlainStream

LONGEST = {"message": 300, "printed": 10_000, "source": 10_000}  # characters
EXCEPTION_NAME = re.compile(r"\w{1,80}")


class NoAnswer(Exception):
    """The learner's process gave no usable answer: it ended, hung, or sent nonsense.

    Not a LearnerError: a check that expects an error must not take silence for one.
    """


class Conversation:
    """Questions to a learner's process, each with a deadline, until one gets no answer.

    seconds  for each question, asked anew each time.
    lost     why there is no answer any more; empty while all is well. From then on every question raises NoAnswer.
    """

    def __init__(self, seconds: Callable[[], float], channel: Channel | None = None):
        self.seconds = seconds
        self.begin(channel)

    def begin(self, channel: Channel | None, lost: str = "") -> None:
        """Go on with another process, or with none."""
        self._channel, self.lost = channel, lost

    @property
    def open(self) -> bool:
        """Whether there is somebody to ask."""
        return self._channel is not None and not self.lost

    def ask(self, question: dict) -> dict:
        """The answer to a question. Raises NoAnswer with the reason."""
        if self.lost or not self._channel:
            raise NoAnswer(self.lost)
        try:
            return self._channel.ask(question, self.seconds())
        except Broken as error:
            self.lose(str(error))
        except TooLarge as error:  # an argument of ours: the check's fault
            raise ValueError("an argument is too large to be sent") from error

    def lose(self, reason: str) -> NoReturn:
        """End the conversation. Raises NoAnswer."""
        self.lost = self.lost or reason
        raise NoAnswer(self.lost)


class RemoteLearner:
    """Calls functions of a learner in another process. Other names than those of NotebookLearner are the learner's.

    begin  called before each check; it may give the conversation another process.
    """

    def __init__(self, conversation: Conversation, begin: Callable[[], None] = lambda: None):
        self._conversation, self._begin = conversation, begin
        self.printed = ""

    def fresh(self) -> None:
        """Called before each check."""
        self._begin()

    def has(self, name: str) -> bool:
        """Whether the learner has bound this name."""
        return self._conversation.ask({"op": "has", "name": name}).get("ok") is True

    def value(self, name: str) -> Any:
        """A variable of the learner, as plain data."""
        return self._value(self._conversation.ask({"op": "value", "name": name}))

    def source(self, name: str) -> str:
        """The lines of a function, for messages alone; "" where nobody knows them. They are the learner's: read, never run."""
        lines = self._conversation.ask({"op": "source", "name": name}).get("ok")
        return clean(lines)[: LONGEST["source"]] if type(lines) is str else ""

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
        answer = self._conversation.ask({"op": "call", "name": name, **data, "after": after})
        printed = answer.get("printed")
        self.printed = clean(printed)[: LONGEST["printed"]] if type(printed) is str else ""
        number = answer.get("stream")
        result = self._stream(number) if type(number) is int else self._value(answer)
        return result, self._arguments(answer, len(args)) if after else []

    def _arguments(self, answer: dict, count: int) -> list[Any]:
        arguments = self._decoded(answer.get("args"))
        if type(arguments) is not list or len(arguments) != count:
            self._conversation.lose("it sent an answer of no known form")
        return arguments

    def _stream(self, number: int) -> PlainStream:
        def advance():
            answer = self._conversation.ask({"op": "next", "stream": number})
            if answer.get("end") is True:
                raise StopIteration
            return self._value(answer)

        return PlainStream(advance, lambda: self._conversation.ask({"op": "close", "stream": number}))

    def _value(self, answer: dict) -> Any:
        if "missing" in answer:
            raise NotWritten(_line(answer["missing"]))
        if "error" in answer:
            parts = answer["error"] if type(answer["error"]) is list else []
            name, message, line = ([_line(part) for part in parts] + ["", "", ""])[:3]
            raise LearnerError(name if EXCEPTION_NAME.fullmatch(name) else "Exception", message, line)
        if "ok" not in answer:
            self._conversation.lose("it sent an answer of no known form")
        return self._decoded(answer["ok"])

    def _decoded(self, data: Any) -> Any:
        try:
            return decode(data)
        except (Broken, RecursionError) as error:
            self._conversation.lose(str(error) or "it sent a value that is nested too deep")


def _line(text: Any) -> str:
    return one_line(text, LONGEST["message"]) if type(text) is str else ""
