"""Ordinary nbgrader tests, cells of asserts, judged like checks: they run on the judge's side of the wall.

The test's cell runs in a helper process with a time limit. Of the names it uses, only those that the reference solution
binds are the learner's: functions become calls over a channel, other variables arrive as plain values.
Differences from a test inside the notebook: functions get copies of their arguments; a value that is no plain data is
an object that can do nothing; learner classes cannot be used for isinstance.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.engine.boxed import Corner
from autograder.engine.channel import Broken, Channel
from autograder.engine.processes import Process
from localmodels.checks.core import Outcome, Report, Status

START_SECONDS = 120.0
SPARE_SECONDS = 5.0  # for the helper, beyond what the test may take


@dataclass(frozen=True)
class AssertCell:
    """A graded place where an instructor's own test stands.

    name    the cell's grade_id.
    source  the test as the master has it, hidden parts included.
    names   what the reference solution binds; the test takes these from the learner, and nothing else.
    setup   the master's cells without solutions, which the test may rely on; what fails in them is passed over.
    hidden  True if a part of the test is hidden: then students read no message of it.
    """

    name: str
    source: str
    names: tuple[str, ...]
    points: float
    setup: tuple[str, ...] = ()
    hidden: bool = False
    lesson: str = ""

    def report(self, earned: float, sentence: str = "") -> Report:
        """A report with these points; the sentence says why there are not more."""
        outcomes = []
        if earned > 0:
            outcomes.append(Outcome(self.name, "passes the test", earned, Status.EARNED))
        if earned < self.points or not outcomes:
            told = {"guard": "a hidden test"} if self.hidden else {"expected": "The test runs to its end.", "got": sentence}
            outcomes.append(Outcome(self.name, "passes the test", self.points - earned, Status.NOT_YET, **told))
        return Report(self.name, self.lesson, tuple(outcomes))


class Examiner:
    """A warm helper that forks a process for each test. It sees test sources, so learners are never forked from it."""

    def __init__(self):
        self._desk, theirs = socket.socketpair()
        command = [sys.executable, "-P", "-B", "-m", "autograder.engine.examiner", str(theirs.fileno())]
        own = {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1"}
        with theirs:
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env={**os.environ, **own})
        self._desk.settimeout(START_SECONDS)

    def examine(self, cell: AssertCell, learner: Channel, call_seconds: float, seconds: float) -> dict:
        """Run the test against the learner behind `learner`, in `seconds` at most. Raises Broken when it takes longer."""
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._desk, [b"e"], [theirs.fileno(), learner.socket.fileno()])
            child = Process(int(self._desk.recv(20)))
        with contextlib.closing(child), contextlib.closing(Channel(ours)) as channel:
            try:
                return channel.ask({"cell": asdict(cell), "seconds": call_seconds}, seconds + SPARE_SECONDS)
            finally:
                child.kill()

    def close(self) -> None:
        """End the helper."""
        self._desk.close()
        self._process.kill()
        self._process.wait()


def judge_assert_cell(cell: AssertCell, corner: Corner, examiner: Examiner, seconds: float, call_seconds: float) -> Report:
    """Full points if the test raises nothing; what its last line gives, if that is a number; none otherwise."""
    try:
        learner = corner.begin(call_seconds)
        found = examiner.examine(cell, learner, call_seconds, seconds)
    except Broken as error:
        return cell.report(0.0, f"Your code gave no answer: {error}.")
    finally:
        corner.rest()
    if found.get("lost"):
        return cell.report(0.0, f"Your code gave no answer: {found['lost']}.")
    if found.get("raised"):
        return cell.report(0.0, str(found["raised"]))
    value = found.get("value")
    earned = cell.points if value is None else min(max(float(value), 0.0), cell.points)
    return cell.report(earned, "The test gave a part of the points.")


