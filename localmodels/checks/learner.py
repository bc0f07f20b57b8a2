"""The learner in the notebook's own process: calls their functions, hands back plain data.

The grader has another learner with the same methods, whose functions run behind a wall.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import difflib
import inspect
import io
import linecache
import textwrap
import threading
import traceback
import types
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from localmodels.checks.patience import TooLong, at_most
from localmodels.checks.plain import LearnerError, NotWritten, PlainStream, TookTooLong, misspelt, to_plain, unwritten


LONGEST_SOURCE = 10_000  # characters
NEAR = 0.75  # how much alike two names are when one is taken for the other, misspelt
KINDS = {str: "a text", int: "a number", float: "a number", list: "a list", dict: "a dictionary", bool: "True or False"}
KINDS |= {type(None): "None", type(...): "`...`"}


class NotebookLearner:
    """Functions and values of a notebook, as a check may use them.

    `learner.ask("Hi")` calls the learner's `ask`; arguments go in as copies, the result comes back as plain
    data. `learner.printed` is what that call printed.
    """

    def __init__(self, namespace: Mapping[str, Any], seconds: float | None = None):
        """`seconds` is the most a call may take; None where somebody else keeps the time."""
        self._names = namespace
        self._seconds = seconds
        self.printed = ""

    def fresh(self) -> None:
        """Called before each check. A notebook goes on as it is; the grader starts from a saved state."""

    def has(self, name: str) -> bool:
        """Whether the learner has bound this name."""
        return name in self._names

    def value(self, name: str) -> Any:
        """A variable of the learner, as plain data."""
        if name not in self._names:
            raise NotWritten(self._near_miss(name) or f"{name} is not defined yet: run the cell that sets it.")
        return to_plain(self._names[name])

    def source(self, name: str) -> str:
        """The lines of a function as the learner wrote them; "" where nobody knows them."""
        try:
            return textwrap.dedent(inspect.getsource(self._names[name]))[:LONGEST_SOURCE]
        except Exception:  # no such name, no function, no file, or an object that refuses to be looked at
            return ""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self.after(name, *args, **kwargs)[0]

    def after(self, name: str, *args: Any, **kwargs: Any) -> tuple[Any, list[Any]]:
        """Call a function; return its result and the positional arguments as it left them."""
        function = self._function(name)
        args, kwargs = copy.deepcopy((list(args), kwargs))
        heard = io.StringIO()
        try:
            with contextlib.redirect_stdout(heard), contextlib.redirect_stderr(heard), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                result = _result(function, args, kwargs, self._seconds)
        except NotWritten as error:
            stub = str(error) == unwritten(name)
            raise NotWritten(stub and self._near_miss(name) or str(error)) from error
        finally:
            self.printed = heard.getvalue()
        return result, to_plain(args)

    def _function(self, name: str) -> Callable:
        if name not in self._names:
            raise NotWritten(self._near_miss(name) or f"{name} is not defined yet: run the cell that defines it.")
        function = self._names[name]
        if not callable(function):
            kind = KINDS.get(type(function), f"a value of type {type(function).__name__}")
            raise NotWritten(f"`{name}` is {kind} now, not a function.")
        return function

    def _near_miss(self, name: str) -> str:
        """A sentence about a function of the learner's whose name is this one, misspelt; "" if there is none."""
        own = [other for other, value in list(self._names.items()) if other != name and _is_own(value)]
        near = difflib.get_close_matches(name.lower(), [other.lower() for other in own], n=1, cutoff=NEAR)
        found = [other for other in own if other.lower() in near or sorted(other.lower()) == sorted(name)]
        return misspelt(found[0], name) if found else ""


def _is_own(value: Any) -> bool:
    """Whether this is a function that was defined in a cell."""
    return type(value) is types.FunctionType and _is_cell(value.__code__.co_filename)


def _is_cell(filename: str) -> bool:
    return "ipykernel_" in filename or filename.startswith("<")


def _result(function: Callable, args: list, kwargs: dict, seconds: float | None) -> Any:
    value = _guarded(seconds, function, *args, **kwargs)
    if inspect.isawaitable(value):
        value = _guarded(seconds, _run_apart, value)
    if inspect.isgenerator(value):
        return PlainStream(lambda: _guarded(seconds, next, value), value.close)
    return to_plain(value)


def _guarded(seconds: float | None, function: Callable, *args: Any, **kwargs: Any) -> Any:
    """Call the learner's code; whatever it raises comes out as NotWritten or LearnerError."""
    try:
        with at_most(seconds):
            return function(*args, **kwargs)
    except TooLong as error:
        raise TookTooLong(seconds or 0) from error
    except KeyboardInterrupt:
        raise
    except NotImplementedError as error:
        raise NotWritten(unwritten(_stopped_in(error, function))) from error
    except BaseException as error:  # SystemExit too: a check goes on
        if function is next and isinstance(error, StopIteration):
            raise
        raise LearnerError(type(error).__name__, _one_line(error), _learner_line(error)) from error


def _stopped_in(error: BaseException, function: Callable) -> str:
    """The learner's function that raised: the one that was called, or one that it builds on."""
    frames = [frame.name for frame in traceback.extract_tb(error.__traceback__) if _is_cell(frame.filename)]
    return frames[-1] if frames else getattr(function, "__name__", "the function")


def _one_line(error: BaseException) -> str:
    try:
        return " ".join(str(error).split())[:300]
    except Exception:  # a learner's own exception may have a broken __str__
        return ""


def _learner_line(error: BaseException) -> str:
    """The last line of notebook code on the way to the error, so that the learner finds the place."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if _is_cell(frame.filename):
            return (frame.line or linecache.getline(frame.filename, frame.lineno or 0)).strip()
    return ""


def _run_apart(awaitable) -> Any:
    """Await something from code that is not async: in a thread, since the notebook's loop is busy here."""
    box: dict[str, Any] = {}

    async def whole():
        return await awaitable

    def work():
        try:
            box["value"] = asyncio.run(whole())
        except BaseException as error:
            box["error"] = error

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if "error" in box:
        raise box["error"]
    return box["value"]
