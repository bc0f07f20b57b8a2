"""Runs a notebook that was put in order, judges it, and writes what was found into its cells.

A graded cell gets the feedback, then the points as its one result: all that nbgrader, the feedback page and the formgrader read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from autograder.engine import Nursery, judge_notebook
from autograder.grading.inert import MOST_SHOWN, inert_outputs
from autograder.grading.masters import Master, without_hidden
from autograder.grading.records import REPORT_KIND, report_as_dict
from autograder.hidden import hidden_checks
from localmodels.checks.core import Report
from localmodels.checks.render import as_html, as_text, number

SANDBOX = "localmodels_sandbox"  # notebook metadata: how well the learner's code was kept apart


@dataclass
class Found:
    """What came of one notebook: its reports in order, and words for the instructor about cells that were not run."""

    reports: list[Report] = field(default_factory=list)
    lost: str = ""
    level: str = ""
    seconds: float = 0.0
    peak_memory: int = 0


def run_and_judge(notebook: dict[str, Any], master: Master, nursery: Nursery) -> Found:
    """Run the learner's cells in a box of `nursery`, judge each graded place, write both into `notebook`."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    tests = [master.test(_name(cell)) for cell in cells]
    judged = judge_notebook(nursery, [test or cell["source"] for test, cell in zip(tests, cells)], hidden_checks)
    left = MOST_SHOWN
    for place, (cell, test) in enumerate(zip(cells, tests)):
        if test:
            _write_report(cell, judged.reports[place])
        else:
            cell["outputs"], left = inert_outputs(judged.outputs.get(place, []), left)
            cell["execution_count"] = None
    notebook["metadata"][SANDBOX] = str(judged.level)
    reports = [judged.reports[place] for place, test in enumerate(tests) if test]
    return Found(reports, judged.lost, str(judged.level), judged.seconds, judged.peak_memory)


def _name(cell: dict[str, Any]) -> str:
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "")


def _write_report(cell: dict[str, Any], report: Report) -> None:
    page = {"text/plain": as_text(report), "text/html": as_html(report), REPORT_KIND: report_as_dict(report)}
    cell["source"] = without_hidden(cell["source"])
    cell["execution_count"] = None
    cell["outputs"] = [
        {"output_type": "display_data", "data": page, "metadata": {}},
        {"output_type": "execute_result", "data": {"text/plain": number(report.earned)}, "metadata": {}, "execution_count": None},
    ]
