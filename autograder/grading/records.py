"""What grading finds, as plain records: everything that is reported is made from these."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

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
    """One submission's outcome. `reports` maps a notebook's name to the reports of its graded places.

    repairs   what was put right before grading, a sentence each; problems: what a person must look at.
    remarks   what else the instructor should know, such as a cell that ended the process.
    sandbox   how well the learner's code was kept apart; empty if none was run.
    seconds   wall time; peak_memory: most memory of the learner's processes, bytes.
    final     False if the fault was the grader's own: then the next run tries again.
    """

    student: str
    state: State
    repairs: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    sandbox: str = ""
    seconds: float = 0.0
    peak_memory: int = 0
    reports: dict[str, list[Report]] = field(default_factory=dict)
    final: bool = True

    @property
    def earned(self) -> float:
        return sum(report.earned for reports in self.reports.values() for report in reports)

    @property
    def reason(self) -> str:
        """Everything there is to say about the state, in one line."""
        return " ".join("; ".join([*self.problems, *self.repairs, *self.remarks]).split())


def failed(student: str, why: str, final: bool = True) -> Result:
    """The result of a submission of which nothing could be graded."""
    return Result(student, State.FAILED, problems=[why], final=final)


def report_as_dict(report: Report) -> dict:
    """A report as JSON-ready data."""
    return dataclasses.asdict(report)


def report_from_dict(data: dict) -> Report:
    """The way back from `report_as_dict`."""
    outcomes = tuple(Outcome(**{**outcome, "status": Status(outcome["status"])}) for outcome in data["outcomes"])
    return Report(data["exercise"], data["lesson"], outcomes, tuple(data.get("missing", ())))


def result_as_dict(result: Result) -> dict[str, Any]:
    """A result as JSON-ready data."""
    return dataclasses.asdict(result)


def result_from_dict(data: dict[str, Any]) -> Result:
    """The way back from `result_as_dict`."""
    reports = {name: [report_from_dict(report) for report in reports] for name, reports in data["reports"].items()}
    return Result(**{**data, "state": State(data["state"]), "reports": reports})
