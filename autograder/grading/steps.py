"""The steps of stock `nbgrader autograde` that this course replaces: putting a submission in order, and running it.

Both use the same functions as `python -m autograder grade`, so that the two give the same gradebook.
"""

from __future__ import annotations

import atexit
import functools
import sys
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import rmtree
from traitlets import Bool, Float

from autograder.course import Problem
from autograder.engine import Nursery
from autograder.grading.execution import run_and_judge
from autograder.grading.masters import Master, read_masters
from autograder.grading.repair import put_in_order
from autograder.grading.rooms import NO_SANDBOX, Rooms, rooms


class Step(NbGraderPreprocessor):
    """What both steps need to know of the command that runs them."""

    @property
    def converter(self):
        return self.parent.parent

    def master(self, resources) -> Master:
        """The instructor's notebook for this submission."""
        names = resources["nbgrader"]
        folders = self.converter.coursedir
        source = folders.format_path(folders.source_directory, ".", ".")
        return _masters(names["db_url"], source)[names["notebook"]]


class RepairCells(Step):
    """Puts a submitted notebook in order. Before the first one the sandbox is tried; if it does not hold, the command ends."""

    def preprocess(self, nb, resources):
        """Repair `nb` in place."""
        self._stop_unless_safe(resources)
        put_in_order(nb, self.master(resources))
        return nbformat.from_dict(nb), resources

    def _stop_unless_safe(self, resources) -> None:
        try:
            ExecuteAndJudge(parent=self.parent).nursery()
        except Problem as problem:
            names = resources["nbgrader"]
            rmtree(self.converter._format_dest(names["assignment"], names["student"]))
            sys.exit(str(problem))  # an exception would only end this submission, and the next would be tried


class ExecuteAndJudge(Step):
    """Runs a learner's cells in a box of their own and judges the graded ones from outside; takes the place of `Execute`."""

    sandbox = Bool(True, help="False runs learners' code without isolation: only for submissions you trust.").tag(config=True)
    cell_seconds = Float(None, allow_none=True, help="Seconds one cell may take.").tag(config=True)
    call_seconds = Float(None, allow_none=True, help="Seconds one call by a check may take.").tag(config=True)

    def preprocess(self, nb, resources):
        """Run and judge `nb` in place; nothing that a learner's code does raises here."""
        run_and_judge(nb, self.master(resources), self.nursery())
        return nbformat.from_dict(nb), resources

    def nursery(self) -> Nursery:
        """The warm process of this command, started and tried when the first submission needs it."""
        folders = self.converter.coursedir
        places = (folders.submitted_directory, folders.autograded_directory, folders.feedback_directory, folders.source_directory)
        secret = [Path(folders.root), *(Path(folders.root, place) for place in places)]
        return _nursery(rooms(self.sandbox, secret, cell_seconds=self.cell_seconds, call_seconds=self.call_seconds))


@functools.cache
def _nursery(made: Rooms) -> Nursery:
    if not made.isolated:
        print(NO_SANDBOX, file=sys.stderr)
    made.try_out()
    nursery = made.nursery().__enter__()
    atexit.register(nursery.close)
    return nursery


@functools.cache
def _masters(db_url: str, source: str) -> dict[str, Master]:
    with Gradebook(db_url) as gradebook:
        return read_masters(gradebook, Path(source))
