"""The helper process that runs instructors' test cells (see `asserting`). Started as `python -m autograder.engine.examiner FD`."""

from __future__ import annotations

import ast
import builtins
import contextlib
import importlib
import math
import os
import socket
import sys
from collections.abc import Callable
from typing import Any

from autograder.engine.channel import Channel
from autograder.engine.remote import Conversation, NoAnswer, RemoteLearner
from localmodels.checks.plain import LearnerError, NotWritten

TESTS_IMPORT = ("math", "json", "re", "random", "numpy", "localmodels.checks.core")
LONGEST_MESSAGE = 1000  # characters
READ_SECONDS = 30.0


def main(descriptor: int) -> None:
    """For each pair of sockets that arrives, fork a process that runs one test. This one never reads a test itself."""
    desk = socket.socket(fileno=descriptor)
    for name in TESTS_IMPORT:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    nowhere = os.open(os.devnull, os.O_RDWR)
    while True:
        word, descriptors, _, _ = socket.recv_fds(desk, 1, 2)
        if not word:
            return
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        child = os.fork()
        if not child:
            desk.close()
            for standard in (1, 2):
                os.dup2(nowhere, standard)
            _answer(*(Channel(socket.socket(fileno=one)) for one in descriptors))
        for one in descriptors:
            os.close(one)
        desk.sendall(b"%d" % child)


def _answer(judge: Channel, learner: Channel) -> None:
    try:
        question = judge.receive(READ_SECONDS)
        judge.answer(question, examine(question["cell"], Conversation(lambda: question["seconds"], learner)))
    finally:
        os._exit(0)


def examine(cell: dict, conversation: Conversation) -> dict[str, Any]:
    """Run a test cell: {"value": number or None}, {"raised": message} or {"lost": reason}."""
    names: dict[str, Any] = {"__name__": "__main__"}
    found: dict[str, Any] = {}
    try:
        take(conversation, cell["names"], names)
        for source in cell["setup"]:
            with contextlib.suppress(Exception):
                execute(source, names)
        take(conversation, cell["names"], names)
        found["value"] = execute(cell["source"], names)
    except NoAnswer:
        pass
    except AssertionError as error:
        found["raised"] = str(error)[:LONGEST_MESSAGE] or f"An assertion does not hold: {_line_of(error, cell['source'])}"
    except BaseException as error:
        found["raised"] = f"{type(error).__name__}: {error}"[:LONGEST_MESSAGE]
    return {"lost": conversation.lost} if conversation.lost else found


def take(conversation: Conversation, wanted: list[str], names: dict[str, Any]) -> None:
    """Bind the learner's names; those that the learner has not bound stay unbound."""
    learner = RemoteLearner(conversation)
    for name in wanted:
        names.pop(name, None)
        if learner.has(name):
            is_function = conversation.ask({"op": "kind", "name": name}).get("ok") == "function"
            names[name] = proxy(learner, name) if is_function else learner.value(name)


def proxy(learner: RemoteLearner, name: str) -> Callable[..., Any]:
    """A function that calls the learner's, and raises what that raises if it is a built-in exception."""

    def function(*args: Any, **kwargs: Any) -> Any:
        try:
            return learner.after(name, *args, **kwargs)[0]
        except LearnerError as error:
            raise built_in(error.name, error.message) from None
        except NotWritten as error:
            raise NotImplementedError(str(error)) from None

    function.__name__ = function.__qualname__ = name
    return function


def built_in(name: str, message: str) -> Exception:
    """The exception of that name, or a RuntimeError that tells the name."""
    kind = getattr(builtins, name, None)
    if isinstance(kind, type) and issubclass(kind, Exception):
        with contextlib.suppress(TypeError):
            return kind(message)
    return RuntimeError(f"{name}: {message}")


def execute(source: str, names: dict[str, Any]) -> float | None:
    """Run a cell; the number its last line gives, which nbgrader reads as points, or None."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<test>", "exec"), names)
    if last is None:
        return None
    value = eval(compile(ast.Expression(last.value), "<test>", "eval"), names)
    if type(value) in (int, float) and not math.isfinite(value):
        raise ValueError(f"the test ended with {value}, which is no number of points")
    return float(value) if type(value) in (int, float) else None


def _line_of(error: BaseException, source: str) -> str:
    trace, line = error.__traceback__, 0
    while trace:
        if trace.tb_frame.f_code.co_filename == "<test>":
            line = trace.tb_lineno
        trace = trace.tb_next
    lines = source.splitlines()
    return lines[line - 1].strip() if 0 < line <= len(lines) else ""


if __name__ == "__main__":
    main(int(sys.argv[1]))
