"""What grading finds, as plain records: everything that is reported is made from these."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from enum import StrEnum

from localmodels.checks.core import Outcome, Report, Status

REPORT_KIND = "application/vnd.localmodels.report+json"  # carries a Report in a graded cell's output


class State(StrEnum):
    """How grading a submission ended, from best to worst. Every submission ends in one of these."""

    GRADED = "graded"
    REPAIRED = "graded with repairs"
    NEEDS_PERSON = "needs a person"
    FAILED = "could not be graded"


@dataclass
class Result:
    """One submission's outcome. `reports` maps a notebook's name to the reports of its exercises."""

    student: str
    state: State
    reason: str = ""
    seconds: float = 0.0
    reports: dict[str, list[Report]] = field(default_factory=dict)

    @property
    def earned(self) -> float:
        return sum(report.earned for reports in self.reports.values() for report in reports)


def report_as_dict(report: Report) -> dict:
    """A report as JSON-ready data."""
    return dataclasses.asdict(report)


def report_from_dict(data: dict) -> Report:
    """The way back from `report_as_dict`."""
    outcomes = tuple(Outcome(**{**outcome, "status": Status(outcome["status"])}) for outcome in data["outcomes"])
    return Report(data["exercise"], data["lesson"], outcomes, tuple(data.get("missing", ())))
