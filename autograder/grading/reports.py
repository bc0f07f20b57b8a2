"""The results as a table for a spreadsheet and as JSON for machines."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from autograder.grading.masters import Master
from autograder.grading.records import Result
from localmodels.checks.core import Outcome, Report
from localmodels.checks.render import details, number


def write_csv(path: Path, results: Iterable[Result], masters: Mapping[str, Master]) -> None:
    """One row per student, one column per exercise, a total, and the number of points there are in the last row."""
    columns = [(master.test(cell.name), cell.points) for master in masters.values() for cell in master.cells if cell.tested]
    tests = {f"{test.lesson}/{test.name}": points for test, points in columns}
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["student", "state", *tests, "total", "sandbox", "reason"])
        for result in results:
            earned = {f"{report.lesson}/{report.exercise}": report.earned for reports in result.reports.values() for report in reports}
            cells = [number(earned.get(name, 0)) for name in tests]
            row = [_inert(result.student), result.state, *cells, number(result.earned), result.sandbox, _inert(result.reason)]
            table.writerow(row)
        most = [number(points) for points in tests.values()]
        table.writerow(["(points possible)", "", *most, number(sum(tests.values())), "", ""])


def write_json(path: Path, results: Iterable[Result]) -> None:
    """Everything that was found, a list of submissions; `docs/grading.md` says what each key means."""
    path.write_text(json.dumps([_submission(result) for result in results], indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _submission(result: Result) -> dict:
    return {
        "student": result.student,
        "state": result.state,
        "reason": result.reason,
        "points": result.earned,
        "sandbox": result.sandbox,
        "seconds": result.seconds,
        "peak_memory": result.peak_memory,
        "repairs": result.repairs,
        "problems": result.problems,
        "remarks": result.remarks,
        "notebooks": {name: [_exercise(report) for report in reports] for name, reports in result.reports.items()},
    }


def _exercise(report: Report) -> dict:
    checks = [_check(outcome) for outcome in report.outcomes]
    return {"exercise": report.exercise, "points": report.earned, "possible": report.points, "checks": checks}


def _check(outcome: Outcome) -> dict:
    return {
        "check": outcome.name,
        "title": outcome.title,
        "status": outcome.status,
        "points": outcome.earned,
        "possible": outcome.points,
        "message": " ".join(f"{label}: {sentence}" for label, sentence in details(outcome)),
        "expected": outcome.expected,
        "got": outcome.got,
        "idea": outcome.idea,
        "hidden": outcome.guard,
    }


def _inert(text: str) -> str:
    """Text that no spreadsheet takes for a formula, on one line."""
    text = " ".join(text.split())
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
