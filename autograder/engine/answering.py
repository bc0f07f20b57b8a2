"""The learner's process: runs cells as told, leaves paused copies of itself, and answers calls from those.

Everything here runs beside the learner's code and can be changed by it. That is why nothing here decides
anything: it reports values, and the judge on the other side believes only well-formed plain data.
"""

from __future__ import annotations

import contextlib
import gc
import os
import random
import signal
import socket
import sys
import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from threading import Semaphore
from typing import Any

from autograder.engine.channel import FOREVER, Broken, Channel, TooLarge
from autograder.engine.shell import LearnerShell, run_cell, settle_in
from autograder.engine.values import decode, encode
from localmodels.checks.learner import NotebookLearner
from localmodels.checks.plain import LearnerError, NotWritten, PlainStream


def live(shell: LearnerShell, control: Channel) -> None:
    """Serve the judge's orders to run cells and to leave snapshots, until it hangs up."""
    settle_in(shell)
    start_alike()
    while order := _next(control):
        if order["op"] == "run":
            control.answer(order, run_cell(shell, order["source"], order["seconds"], order["output"]))
        elif order["op"] == "snapshot":
            _, (corner,), _, _ = socket.recv_fds(control.socket, 1, 1)
            control.answer(order, {"kept": keep(shell, control, socket.socket(fileno=corner))})


def start_alike() -> None:
    """The same random numbers for every learner, so that a submission gets the same result each time."""
    random.seed(0)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(0)


def _next(channel: Channel) -> dict | None:
    try:
        return channel.receive(FOREVER)
    except Broken:
        return None


def keep(shell: LearnerShell, control: Channel, corner: socket.socket) -> bool:
    """Fork a paused copy of this process that waits at `corner`; the original goes on."""
    if fork():
        corner.close()
        return True
    try:
        control.close()
        _silence()
        gc.freeze()  # the copies of this copy then share its memory
        wait_for_checks(shell, corner)
    finally:
        os._exit(0)


def fork() -> int:
    """os.fork, without the warning about threads: what threads of the learner do in a copy is their affair."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return os.fork()


def _silence() -> None:
    """From here on hidden inputs may be seen: nothing written goes anywhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def wait_for_checks(shell: LearnerShell, corner: socket.socket) -> None:
    """For each socket that arrives, a forked copy answers the calls of checks. The copy before it is ended first.

    A word without a socket ends that copy only; nothing more to read ends this process.
    """
    busy, pools = 0, [value for value in shell.user_ns.values() if type(value) is ThreadPoolExecutor]
    while True:
        word, sockets, _, _ = socket.recv_fds(corner, 1, 1)
        _end(busy)
        busy = 0
        if not word:
            return
        if sockets and not (busy := fork()):
            corner.close()
            os.setpgid(0, 0)
            revive(pools)
            answer_calls(NotebookLearner(shell.user_ns), Channel(socket.socket(fileno=sockets[0])))
            os._exit(0)
        for descriptor in sockets:
            os.close(descriptor)


def revive(pools: Iterable[ThreadPoolExecutor]) -> None:
    """Have thread pools start threads again: those they had do not exist in a copy, and they would wait for them for ever."""
    for pool in pools:
        pool._threads, pool._idle_semaphore, pool._work_queue = set(), Semaphore(0), SimpleQueue()


def _end(process: int) -> None:
    """End a copy and what it has started, as far as that stayed in its group."""
    if not process:
        return
    for target in (-process, process):  # it may not have made its group yet
        with contextlib.suppress(OSError):
            os.kill(target, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(process, 0)


def answer_calls(learner: NotebookLearner, judge: Channel) -> None:
    """Questions and answers of one check, until the judge hangs up."""
    streams: list[PlainStream] = []
    while question := _next(judge):
        try:
            answer = _answered(learner, streams, question)
        except BaseException as error:
            answer = _as_data(error)
        try:
            judge.answer(question, answer)
        except TooLarge as error:
            judge.answer(question, _as_data(error))


def _as_data(error: BaseException) -> dict[str, Any]:
    if isinstance(error, NotWritten):
        return {"missing": str(error)}
    if isinstance(error, StopIteration):
        return {"end": True}
    if isinstance(error, LearnerError):
        return {"error": [error.name, error.message, error.line]}
    return {"error": [type(error).__name__, str(error)[:300], ""]}


def _answered(learner: NotebookLearner, streams: list[PlainStream], question: dict) -> dict[str, Any]:
    return _ANSWERS[question["op"]](learner, streams, question)


def _call(learner: NotebookLearner, streams: list[PlainStream], question: dict) -> dict[str, Any]:
    try:
        result, after = learner.after(question["name"], *decode(question["args"]), **decode(question["kwargs"]))
        answer = {"args": encode(after)} if question["after"] else {}
        if isinstance(result, PlainStream):
            streams.append(result)
            return {**answer, "stream": len(streams) - 1, "printed": learner.printed[:10_000]}
        return {**answer, "ok": encode(result), "printed": learner.printed[:10_000]}
    except BaseException as error:
        return {**_as_data(error), "printed": learner.printed[:10_000]}


def _close(learner: NotebookLearner, streams: list[PlainStream], question: dict) -> dict[str, Any]:
    streams[question["stream"]].close()
    return {"ok": None}


_ANSWERS: dict[str, Callable[..., dict[str, Any]]] = {
    "hello": lambda learner, streams, question: {"ok": True},
    "has": lambda learner, streams, question: {"ok": learner.has(question["name"])},
    "kind": lambda learner, streams, question: {"ok": "function" if callable(learner._names.get(question["name"])) else "value"},
    "value": lambda learner, streams, question: {"ok": encode(learner.value(question["name"]))},
    "source": lambda learner, streams, question: {"ok": learner.source(question["name"])},
    "next": lambda learner, streams, question: {"ok": encode(next(streams[question["stream"]]))},
    "close": _close,
    "call": _call,
}
