"""The judge's foot in the learner's kernel: one check, with its hidden checks, on the functions bound there.

This is the only part of grading that runs in the learner's process.
"""

from __future__ import annotations

import dataclasses
import json


def judge_here(exercise_name: str, check_name: str) -> str:
    """Judge one visible check and its guards with this kernel's functions; a Report as JSON."""
    from IPython import get_ipython

    from autograder.hidden import hidden_checks
    from localmodels.checks import exercise, judge
    from localmodels.checks.learner import NotebookLearner

    whole = exercise(exercise_name)
    checks = [check for check in whole.checks if check.name == check_name]
    one = dataclasses.replace(whole, checks=checks)
    report = judge(one, NotebookLearner(get_ipython().user_ns), hidden_checks(exercise_name))
    return json.dumps(dataclasses.asdict(report))
