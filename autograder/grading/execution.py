"""Runs one submitted notebook and judges it: the step that nbgrader calls in place of its own `Execute`.

This module is the seam to whatever executes learners' code. What follows it (saving points, feedback, export) only
reads the outputs written here: for each graded cell the feedback, then the points as its one result.
"""

from __future__ import annotations

import ast
import json
import subprocess
import tempfile
from pathlib import Path

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbclient.util import ensure_async, run_sync
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade
from traitlets import Integer

from autograder.grading.records import REPORT_KIND, report_as_dict, report_from_dict
from autograder.workbench import kernel_environment, silent_ollama
from localmodels.checks import exercises
from localmodels.checks.core import Check, Exercise, Outcome, Report, Status
from localmodels.checks.render import as_html, as_text, number

_JUDGE = "__import__('autograder.grading.in_kernel', fromlist=['judge_here']).judge_here({exercise!r}, {check!r})"


class ExecuteAndJudge(Execute):
    """Runs a notebook's cells in order; where a graded cell stands, judges its exercise instead of running it.

    No answer, a check that does not end or a kernel that died give 0 points with a sentence.
    """

    timeout = Integer(20, help="Seconds a learner's cell may take.").tag(config=True)
    check_seconds = Integer(20, help="Seconds a check of a learner's function may take.").tag(config=True)
    skip_cells_with_tag = ""  # a tag must not decide what is run

    def preprocess(self, nb, resources, km=None):
        """Run and judge `nb` in place, in a fresh kernel whose Ollama is a scripted one of its own."""
        self._lost = ""  # why no further cell can be run; empty while all is well
        with tempfile.TemporaryDirectory(prefix="grading-", ignore_cleanup_errors=True) as folder, silent_ollama() as port:
            self._place = Path(folder)
            self._environment = kernel_environment(self._place / "home", port)
            done = super().preprocess(nb, resources, km)
        nb.metadata.pop("widgets", None)
        return done

    def start_new_kernel(self, **options):
        """Start the kernel in an empty folder, with an environment that knows nothing of this machine's Ollama."""
        work = self._place / "notebooks" / "m13"
        work.mkdir(parents=True)
        super().start_new_kernel(env=self._environment, cwd=str(work), stderr=subprocess.DEVNULL, **options)

    def preprocess_cell(self, cell, resources, index):
        """Run one cell, or judge its exercise; never raises what a learner's code does."""
        exercise = graded_exercise(cell)
        if exercise:
            write_report(cell, self._judged(exercise))
        elif not self._lost:
            try:
                return super().preprocess_cell(cell, resources, index)
            except (DeadKernelError, CellTimeoutError) as error:
                self._lost = f"cell {index + 1} ended the notebook's process ({type(error).__name__})"
        return cell, resources

    def _judged(self, exercise: Exercise) -> Report:
        found = [self._judge_one(exercise, check) for check in exercise.checks]
        missing = next((report.missing for report in found if report.missing), ())
        outcomes = tuple(outcome for report in found for outcome in report.outcomes)
        return Report(exercise.name, exercise.lesson, outcomes, missing)

    def _judge_one(self, exercise: Exercise, check: Check) -> Report:
        if self._lost:
            return _nothing(exercise, check, f"It could not be tried: {self._lost}.")
        try:
            answer = self._ask_kernel(_JUDGE.format(exercise=exercise.name, check=check.name))
        except DeadKernelError:
            self._lost = "the notebook's process ended during a check"
            return _nothing(exercise, check, "Your code ended the notebook's process.")
        if answer is None:
            return _nothing(exercise, check, f"No answer within {self.check_seconds} seconds: is there a loop without an end?")
        try:
            report = report_from_dict(answer)
        except (KeyError, TypeError, ValueError):
            return _nothing(exercise, check, "The check came back without a result.")
        return Report(exercise.name, exercise.lesson, tuple(_capped(outcome, check) for outcome in report.outcomes[:1]), report.missing)

    def _ask_kernel(self, expression: str) -> dict | None:
        """Evaluate an expression that gives JSON in the kernel; None if it took too long."""
        message = self.kc.execute("", silent=True, store_history=False, user_expressions={"judge": expression})
        usual, self.timeout = self.timeout, self.check_seconds
        try:
            reply = self.wait_for_reply(run_sync(ensure_async)(message))  # older clients answer at once, newer ones await
        finally:
            self.timeout = usual
        return None if reply is None else _decoded(reply)


def graded_exercise(cell) -> Exercise | None:
    """The exercise that a graded cell checks; None for any other cell."""
    if not is_grade(cell) or not cell.metadata.nbgrader["grade_id"].startswith("check-"):
        return None
    return exercises().get(cell.metadata.nbgrader["grade_id"].removeprefix("check-"))


def write_report(cell, report: Report) -> None:
    """Replace a graded cell's outputs: the feedback, then the points as the only result."""
    page = {"text/plain": as_text(report), "text/html": as_html(report), REPORT_KIND: report_as_dict(report)}
    cell.outputs = [
        new_output("display_data", data=page),
        new_output("execute_result", data={"text/plain": number(report.earned)}, execution_count=None),
    ]
    cell.execution_count = None


def _nothing(exercise: Exercise, check: Check, sentence: str) -> Report:
    outcome = Outcome(check.name, check.title, check.points, Status.NOT_YET, expected="Your code gives an answer.", got=sentence)
    return Report(exercise.name, exercise.lesson, (outcome,))


def _capped(outcome: Outcome, check: Check) -> Outcome:
    """The outcome with name, title and points as the instructor wrote them, whatever the kernel said."""
    kept = {key: getattr(outcome, key) for key in ("status", "expected", "got", "idea", "see", "guard")}
    return Outcome(check.name, check.title, check.points, **kept)


def _decoded(reply: dict) -> dict:
    """The JSON in a reply's user expression; an empty dict if it holds none."""
    told = reply["content"].get("user_expressions", {}).get("judge", {})
    try:
        return json.loads(ast.literal_eval(told["data"]["text/plain"]))
    except (KeyError, ValueError, SyntaxError):
        return {}
