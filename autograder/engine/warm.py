"""The warm process: has imported what lessons import, and forks boxed learners on request.

It holds no secret (never a hidden check, never a submission), because every child gets a copy of it. It stays
single-threaded, because only such a process may fork safely and leave its user namespace.
Started by `WarmParent` as `python -m autograder.engine.warm FD warm`. Each fork that serves a nursery ends when the
nursery's socket closes, and its boxes with it.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import signal
import socket
import sys
import threading
import warnings

from autograder.engine import box, open_box
from autograder.engine.answering import live
from autograder.engine.channel import Channel
from autograder.engine.policy import Level, Policy, from_json
from autograder.engine.rehearsal import rehearse
from autograder.engine.shell import LearnerShell, make_shell, run_cell

MOST_ORDER = 65536  # bytes
START_SECONDS = 60.0


def main(descriptor: int, warm: bool) -> None:
    """For each unix socket that arrives at `descriptor`, a fork of this process serves the nursery behind it."""
    door, shell = socket.socket(fileno=descriptor), make_shell()
    if warm:
        warm_up(shell)
    os.chdir("/")
    while True:
        word, descriptors, _, _ = socket.recv_fds(door, 1, 1)
        if not word:
            return
        _reap()
        if not os.fork():
            door.close()
            serve(shell, socket.socket(fileno=descriptors[0]))
            os._exit(0)
        for one in descriptors:
            os.close(one)


def serve(shell: LearnerShell, desk: socket.socket) -> None:
    """Serve one nursery: a policy first, then a birth for each order."""
    policy = from_json(Channel(desk).receive(START_SECONDS)["policy"])
    desk.settimeout(None)
    desk.sendall(b"ready %d\n" % os.getpid())
    while True:
        order, descriptors, _, _ = socket.recv_fds(desk, MOST_ORDER, 8)
        if not order:
            return
        _reap()
        child = os.fork()
        if not child:
            be_born(shell, policy, order.decode(), descriptors)
        for one in descriptors:
            os.close(one)
        desk.sendall(b"%d\n" % child)


def warm_up(shell: LearnerShell) -> None:
    """Do what lessons do, once, and leave no thread and no loop behind."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        rehearse(lambda source: run_cell(shell, source, 30, 100_000))
    _forget(shell)


def _forget(shell: LearnerShell) -> None:
    """Make the shell as good as new: no names, no event loop (its descriptors would be shared by all boxes)."""
    from IPython.core import async_helpers

    if loop := async_helpers._asyncio_event_loop:
        loop.close()
        async_helpers._asyncio_event_loop = None
    shell.reset(new_session=True)
    shell.execution_count = 1
    for name in ("_", "__", "___", "_exit_code"):
        shell.user_ns.pop(name, None)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if threading.active_count() > 1:
        raise RuntimeError(f"threads are left in the warm process: {threading.enumerate()}")
    gc.collect()
    gc.freeze()


def _reap() -> None:
    """Collect children that have ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def be_born(shell: LearnerShell, policy: Policy, order: str, descriptors: list[int]) -> None:
    """In the forked child: enter the box, then live there. Tells why when the box cannot be made."""
    mailbox, output, control = descriptors
    post = socket.socket(fileno=mailbox)
    try:
        for standard in (1, 2):
            os.dup2(output, standard)
        box.close_all_but(0, 1, 2, mailbox, control)
        enter = box.enter if policy.level is Level.ISOLATED else open_box.enter
        enter(policy, json.loads(order), post)
        os.environ.clear()
        os.environ.update(policy.environment)
        post.send(b"%s %d" % (box.READY, os.getpid()))
        post.close()
        live(shell, Channel(socket.socket(fileno=control)))
    except BaseException as error:
        with contextlib.suppress(OSError):
            post.send(f"refused: {error}".encode())
    finally:
        os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2] == "warm")
