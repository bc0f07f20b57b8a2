"""Runs a submitted notebook where it can do no harm, and judges it from outside.

    from autograder.engine import Nursery, judge_notebook, self_test

    with Nursery() as nursery:                        # a warm process of its own
        self_test(nursery.policy)                     # raises Refused, with the one command that repairs it
        judged = judge_notebook(nursery, cells, guards)
    judged.outputs, judged.reports                    # by place in `cells`: notebook outputs, Reports

`cells` are the learner's cells as text, in order, with an Exercise where its graded cell stands (or an AssertCell, for an
ordinary nbgrader test). `guards(name)` gives an exercise's hidden checks. Nothing a learner's code does raises here:
what gave no answer earns no points, and the report says why.

How it works. The warm process (`warm`) forks a learner's process into a box of its own (`box`, `root`, `namespaces`, `seccomp`):
no network but port 11434, on which the judge's own mock listens; no files but the system's, this Python and `localmodels`;
limits on everything (`policy`, `watching`). It runs the cells and leaves a paused copy of itself at each graded place
(`shell`, `answering`). Checks run here, in the judge (`judging`); they call the learner's functions through `RemoteLearner`, values
cross as plain data (`channel`, `values`). How checks share copies of the paused copy, and when they do not: `places`.
"""

from importlib import import_module

_HOMES = {
    "Nursery": "nursery",
    "WarmParent": "warm_parent",
    "judge_notebook": "judging",
    "Judged": "judging",
    "AssertCell": "asserting",
    "self_test": "selftest",
    "Refused": "refusals",
    "Policy": "policy",
    "Limits": "policy",
    "Level": "policy",
    "default_policy": "policy",
    "with_limits": "policy",
}

__all__ = sorted(_HOMES)


def __getattr__(name):  # late, so that the warm process does not load what judges
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
