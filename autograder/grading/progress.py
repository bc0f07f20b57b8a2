"""How far a batch has come, in lines that people read while they wait."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from autograder.grading.records import Result, State
from localmodels.checks.render import number

CLEAR = "\r\x1b[K"


class Progress:
    """A line for each submission. On a terminal those that went well share one line that is written over."""

    def __init__(self, total: int, possible: float, out: TextIO | None = None):
        self._total, self._possible = total, possible
        self._out = out or sys.stdout
        self._live = self._out.isatty()
        self._done, self._fresh = 0, 0
        self._started = time.monotonic()

    def tell(self, result: Result, known: bool = False) -> None:
        """Tell that a submission has ended. `known`: its result was there from an earlier run."""
        self._done += 1
        self._fresh += not known
        line = f"{self._count()} {result.student}: {number(result.earned)} of {number(self._possible)}, {result.state}"
        line += f": {result.reason}" if result.reason else ""
        line += " (as before)" if known else f" ({result.seconds:.1f} s)"
        if not self._live:
            print(line, file=self._out, flush=True)
        elif result.state in (State.GRADED, State.REPAIRED):
            print(f"{CLEAR}{line[:120]}", end="", file=self._out, flush=True)
        else:
            print(f"{CLEAR}{line}", file=self._out, flush=True)

    def end(self) -> None:
        """Leave the shared line."""
        if self._live:
            print(CLEAR, end="", file=self._out, flush=True)

    def _count(self) -> str:
        """`[12/40, 2.1/s, 13 s left]`; speed and time from the submissions that were graded in this run."""
        left, seconds = self._total - self._done, time.monotonic() - self._started
        if not left or not self._fresh:
            return f"[{self._done}/{self._total}]"
        rate = self._fresh / max(seconds, 0.001)
        return f"[{self._done}/{self._total}, {rate:.1f}/s, {duration(left / rate)} left]"


def duration(seconds: float) -> str:
    """`40 s`, `3 min` or `2.5 h`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
