"""What a worker process does: it keeps one warm nursery and one maker of pages, and marks submissions one after another.

It writes nothing; the process that started it does.
"""

from __future__ import annotations

import faulthandler
import hashlib
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import autograder
import localmodels
from autograder.engine import Nursery, Refused
from autograder.grading.intake import Submission
from autograder.grading.marking import ByHand, Marked, mark
from autograder.grading.masters import Master
from autograder.grading.pages import FeedbackPages
from autograder.grading.records import failed
from autograder.grading.rooms import Rooms

ROUNDS = 4  # times that a notebook's total may pass: for cells, for checks, and both again (engine/judging.py)
SPARE_SECONDS = 300.0  # for reading and writing, beyond what a submission's notebooks may take
_DECIDE = ("checks", "server", "engine", "grading", "hidden", "templates")  # folders whose files decide on results


@dataclass(frozen=True)
class Desk:
    """What a worker needs for every submission: the masters, a hash of the checks, how boxes are made, and from which parent."""

    masters: Mapping[str, Master]
    checks: str
    rooms: Rooms
    door: socket.socket | None = None

    @cached_property
    def nursery(self) -> Nursery:
        return self.rooms.nursery(self.door).__enter__()

    @cached_property
    def pages(self) -> FeedbackPages:
        return FeedbackPages()

    def mark(self, submission: Submission, by_hand: ByHand, known: str) -> Marked | None:
        """Mark one submission; whatever happens, the result says so. None if what was handed in is `known`."""
        try:
            return mark(submission, self.masters, self.checks, self, by_hand, known)
        except Refused as refused:
            return Marked(failed(submission.student, str(refused), final=False), "")
        except Exception as error:  # a fault of ours must not cost the others their grades
            return Marked(failed(submission.student, f"the grader stumbled: {type(error).__name__}: {error}", final=False), "")

    def close(self) -> None:
        """End the warm process, if it was started."""
        if "nursery" in vars(self):
            self.nursery.close()

    @property
    def patience(self) -> float:
        """Seconds after which a submission cannot be at work any more, but only stuck."""
        return ROUNDS * self.rooms.limits.total_seconds * max(1, len(self.masters)) + SPARE_SECONDS


def checks_hash(masters: Mapping[str, Master], rooms: Rooms) -> str:
    """A hash of everything besides the submission that decides on its result."""
    digest = hashlib.sha256(repr((sorted(masters.items()), rooms.level, rooms.limits)).encode())
    for package in (localmodels, autograder):
        home = Path(package.__file__).parent
        for path in sorted(path for folder in _DECIDE for path in (home / folder).rglob("*") if path.is_file() and path.suffix != ".pyc"):
            digest.update(path.relative_to(home).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


_desk: Desk | None = None


def begin(desk: Desk) -> None:
    """Once in each worker process."""
    global _desk
    _desk = desk
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started this one
    threading.Thread(target=_end_when_orphaned, daemon=True).start()


def work(submission: Submission, by_hand: ByHand, known: str) -> Marked | None:
    """Mark one submission in this worker. A worker that is stuck ends itself; the batch starts another."""
    faulthandler.dump_traceback_later(_desk.patience, exit=True)
    try:
        return _desk.mark(submission, by_hand, known)
    finally:
        faulthandler.cancel_dump_traceback_later()


def _end_when_orphaned() -> None:
    """Nobody is left to take results once the grader has been killed. Its end is seen at once, without asking again and again."""
    multiprocessing.parent_process().join()
    os._exit(1)
