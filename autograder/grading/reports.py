"""The results as a table for a spreadsheet and as JSON for machines."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from autograder.grading.records import Result
from localmodels.checks.core import Exercise, Report
from localmodels.checks.render import number


def write_csv(path: Path, results: Iterable[Result], exercises: Mapping[str, Exercise]) -> None:
    """One row per student, one column per exercise, a total, and the number of points there are in the last row."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        names = [f"{exercise.lesson}/{name}" for name, exercise in exercises.items()]
        table.writerow(["student", "state", *names, "total", "reason"])
        for result in results:
            earned = {report.exercise: report.earned for reports in result.reports.values() for report in reports}
            cells = [number(earned.get(name, 0)) for name in exercises]
            table.writerow([_inert(result.student), result.state, *cells, number(result.earned), _inert(result.reason)])
        most = [exercise.points for exercise in exercises.values()]
        table.writerow(["(points possible)", "", *map(number, most), number(sum(most)), ""])


def write_json(path: Path, results: Iterable[Result]) -> None:
    """Everything that was found: state, reason, and each check's points and message."""
    data = [
        {
            "student": result.student,
            "state": result.state,
            "reason": result.reason,
            "points": result.earned,
            "notebooks": {name: [_exercise(report) for report in reports] for name, reports in result.reports.items()},
        }
        for result in results
    ]
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _exercise(report: Report) -> dict:
    checks = [
        {
            "check": outcome.name,
            "title": outcome.title,
            "status": outcome.status,
            "points": outcome.earned,
            "possible": outcome.points,
            "expected": outcome.expected,
            "got": outcome.got,
            "idea": outcome.idea,
            "hidden": outcome.guard,
        }
        for outcome in report.outcomes
    ]
    return {"exercise": report.exercise, "points": report.earned, "possible": report.points, "checks": checks}


def _inert(text: str) -> str:
    """Text that no spreadsheet takes for a formula, on one line."""
    text = " ".join(text.split())
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
