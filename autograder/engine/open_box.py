"""The weaker level, on explicit request: a learner's process of its own, but no box around it.

Its code cannot reach the judge's memory, so scores stay safe from tricks inside the interpreter. It can read and
write what its user can. The kernel's limits per process hold where the system has them.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys

from autograder.engine import box, namespaces
from autograder.engine.policy import MOCK_PORT, Policy
from autograder.engine.watching import descendants

_held: list = []  # what must last as long as this process
ROUNDS = 100  # of ending what the learner's code has started, since that may go on starting


def enter(policy: Policy, order: dict, mailbox: socket.socket) -> None:
    """Become the learner's process; its parent stays behind to end everything when `mailbox` closes.

    order  "home": a folder for the learner; "port": where the mock listens, in place of 11434; "seat" as in a box.
    """
    from localmodels.checks.redirect import redirected

    os.setsid()
    if sys.platform == "linux":
        namespaces.adopt_orphans()
    learner = os.fork()
    if learner:
        _wait_and_end_all(learner, mailbox)
    if os.geteuid() == 0:
        namespaces.become(box.FIRST_UID + order["seat"], box.FIRST_UID + order["seat"])
        namespaces.set_dumpable(True)
    box.limit(policy)
    policy.environment.update(HOME=order["home"], TMPDIR=order["home"])
    os.chdir(order["home"])
    way = redirected({MOCK_PORT}, lambda: order["port"])
    way.__enter__()
    _held.append(way)


def _wait_and_end_all(learner: int, mailbox: socket.socket) -> None:
    """Until the grader closes its end of the mailbox; then nothing that came from here is left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    box.close_all_but(mailbox.fileno())
    told = False
    while not select.select([mailbox], [], [], None if told else 0.05)[0]:
        ended, status = os.waitpid(learner, os.WNOHANG)
        if ended:
            told = True
            with contextlib.suppress(OSError):
                mailbox.send(b"%s %d" % (box.ENDED, os.waitstatus_to_exitcode(status)))
    with contextlib.suppress(OSError):
        os.killpg(learner, signal.SIGKILL)
    for _ in range(ROUNDS):
        below = [pid for pid, _ in descendants(os.getpid())][1:] if sys.platform == "linux" else [learner]
        for pid in below:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG if below else 0)[0]:
                pass
        if not below:
            break
    os._exit(0)
