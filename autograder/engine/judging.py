"""One submitted notebook, judged: first all of the learner's cells in a box, then every check from outside it.

The result is a function of the arguments: outputs for each learner cell, a Report for each graded place.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from autograder.engine.asserting import AssertCell, judge_assert_cell
from autograder.engine.boxed import Boxed, Corner
from autograder.engine.channel import Broken
from autograder.engine.nursery import Nursery
from autograder.engine.places import ANSWERS, Place, no_answer
from autograder.engine.remote import NoAnswer
from autograder.engine.values import printable
from localmodels import facts
from localmodels.checks.core import Check, Exercise, Outcome, Report, Status, confirm, run_visible
from localmodels.server.scripted import ScriptedOllama

LONGEST_TEXT = 4000  # characters
Cell = str | Exercise | AssertCell
Guards = Callable[[str], Iterable[tuple[str, Check]]]
Clock = Callable[[], float]

logging.getLogger("tornado").addHandler(logging.NullHandler())  # what a learner sends to the mock is no news for a terminal
logging.getLogger("tornado").propagate = False


@dataclass
class Judged:
    """What came of a notebook.

    outputs      for each learner cell that ran, by its place in the list: notebook outputs.
    reports      for each graded place: what its checks found.
    lost         why cells were not run to the end, empty if they were.
    level        how well the learner's process was kept apart.
    seconds      wall time of everything.
    peak_memory  most memory seen of all its processes, bytes; an upper bound.
    """

    outputs: dict[int, list[dict]] = field(default_factory=dict)
    reports: dict[int, Report] = field(default_factory=dict)
    lost: str = ""
    level: str = ""
    seconds: float = 0.0
    peak_memory: int = 0


def judge_notebook(nursery: Nursery, cells: Sequence[Cell], guards: Guards) -> Judged:
    """Run and judge a notebook in a new box.

    cells   in order: a learner's cell as its source, or the exercise or test that is graded at this place.
    guards  gives the hidden checks of an exercise by its name, as pairs (name of the visible check, Check).
    Raises Refused when no box can be made; what the learner's code does raises nothing.
    """
    started, judged = time.monotonic(), Judged(level=nursery.policy.level)
    with _box(nursery, cells, judged, nursery.policy.limits.total_seconds) as judge:
        reports = judge.reports(guards)
        silent = judge.silent(reports)
    if silent or any(_alone(cell, guards) for cell in cells):
        _Again(nursery, cells, guards, judged).judge(reports, silent)
    judged.reports = {index: tidy(report) for index, report in sorted(reports.items())}
    judged.seconds = time.monotonic() - started
    return judged


@contextlib.contextmanager
def _box(nursery: Nursery, cells: Sequence[Cell], judged: Judged, seconds: float) -> Iterator["_Judge"]:
    """A box in which the cells have run, with the judge of the graded places among them.

    judged   takes what came of the cells.
    seconds  for all cells, and again for all checks.
    """
    models = [facts.value("models.default"), facts.value("models.small")]
    with contextlib.closing(nursery.birth()) as boxed:
        with ScriptedOllama(models=models, listener=boxed.mock) as ollama:
            corners = _run_cells(boxed, cells, judged, _clock(seconds))
            boxed.end_of_cells()
            yield _Judge(nursery, boxed, ollama, cells, corners, judged.lost, _clock(seconds))
    judged.peak_memory = boxed.watch.peak


def _run_cells(boxed: Boxed, cells: Sequence[Cell], judged: Judged, left: Clock) -> dict[int, Corner]:
    """Run the learner's cells; a snapshot for each graded place that was reached."""
    limits, corners = boxed.policy.limits, {}
    for index, cell in enumerate(cells):
        try:
            if not isinstance(cell, str):
                corners[index] = boxed.snapshot()
            elif left() <= 0:
                raise Broken(f"all cells together took longer than {limits.total_seconds:g} seconds")
            else:
                judged.outputs[index] = boxed.run_cell(cell, min(limits.cell_seconds, left()))
        except Broken as error:
            judged.lost = f"cell {index + 1} was the last that ran: {error}"
            break
    return corners


def _clock(seconds: float) -> Clock:
    """A function that tells the seconds left from now on."""
    end = time.monotonic() + seconds
    return lambda: end - time.monotonic()


class _Judge:
    """Judges the graded places of one box, each from its corner."""

    def __init__(
        self, nursery: Nursery, boxed: Boxed, ollama: ScriptedOllama, cells: Sequence[Cell], corners: dict[int, Corner], lost: str, left: Clock
    ):
        self._nursery, self._boxed, self._ollama, self._lost, self._left = nursery, boxed, ollama, lost, left
        self._limits = boxed.policy.limits
        self._graded = {index: cell for index, cell in enumerate(cells) if not isinstance(cell, str)}
        self._places = {index: Place(self._graded[index], corner, ollama, self._seconds) for index, corner in corners.items()}

    def reports(self, guards: Guards) -> dict[int, Report]:
        """All visible checks of the notebook, then all hidden ones: what hidden inputs leave behind is shown nowhere."""
        last = {index for index, cell in self._graded.items() if isinstance(cell, AssertCell) and cell.hidden}
        reports = {}
        for index in [*(index for index in self._graded if index not in last), *sorted(last)]:
            reports[index] = self._visible(self._graded[index], self._places.get(index))
        for index, place in self._places.items():
            if isinstance(place.cell, Exercise):
                together = [(name, guard) for name, guard in guards(place.cell.name) if not guard.alone]
                reports[index] = self.confirmed(index, reports[index], together)
        return reports

    def confirmed(self, index: int, report: Report, guards: Iterable[tuple[str, Check]]) -> Report:
        """The report of a place after these hidden checks."""
        place = self._places.get(index)
        if place is None:
            return nothing(self._graded[index], f"It could not be tried: {self._lost}.")
        try:
            return confirm(report, place.learner, self._ollama, [(name, place.hidden(guard)) for name, guard in guards])
        finally:
            place.rest()

    def silent(self, reports: dict[int, Report]) -> list[int]:
        """Places that were reached and lack points, and whose paused copy may have been ended by what came after it."""
        ended = bool(self._boxed.reason(""))
        return [index for index, place in self._places.items() if (ended or place.gone) and reports[index].earned < reports[index].points]

    def _seconds(self) -> float:
        """How long the next call may take."""
        return max(0.0, min(self._limits.call_seconds, self._left()))

    def _visible(self, cell: Exercise | AssertCell, place: Place | None) -> Report:
        if place is None:
            return nothing(cell, f"It could not be tried: {self._lost}.")
        if isinstance(cell, AssertCell):
            seconds = max(0.0, min(self._limits.cell_seconds, self._left()))
            return judge_assert_cell(cell, place.corner, self._nursery.examiner, seconds, self._seconds())
        try:
            place.learner.fresh()
            return run_visible(replace(cell, checks=[place.visible(check) for check in cell.checks]), place.learner, self._ollama)
        except NoAnswer as error:
            return nothing(cell, no_answer(str(error)))
        finally:
            place.rest()


class _Again:
    """Judges places in boxes of their own, in which the cells before them have run once more and nothing else has.

    For a place that later cells or other checks have made silent, and for each hidden check that must not share a box.
    All of it together may take as long as a notebook's cells may; the last box gets what is left of that.
    """

    def __init__(self, nursery: Nursery, cells: Sequence[Cell], guards: Guards, judged: Judged):
        self._nursery, self._cells, self._guards, self._judged = nursery, cells, guards, judged
        self._left = _clock(nursery.policy.limits.total_seconds)

    def judge(self, reports: dict[int, Report], silent: Iterable[int]) -> None:
        """Replace the reports of what is judged again."""
        for index in silent:
            if self._left() > 0:
                with self._box_up_to(index) as (place, judge):
                    reports[index] = judge.reports(self._guards)[place]
        for index, cell in enumerate(self._cells):
            for visible, guard in _alone(cell, self._guards):
                reports[index] = self._confirmed(index, reports[index], visible, guard)

    def _confirmed(self, index: int, report: Report, visible: str, guard: Check) -> Report:
        if not any(outcome.name == visible and outcome.status is Status.EARNED for outcome in report.outcomes):
            return report
        if self._left() <= 0:
            return nothing(self._cells[index], "It could not be tried: what was tried before took all the time there is.")
        with self._box_up_to(index) as (place, judge):
            return judge.confirmed(place, report, [(visible, guard)])

    @contextlib.contextmanager
    def _box_up_to(self, index: int) -> Iterator[tuple[int, "_Judge"]]:
        """A box for one place: the place's number there, and its judge."""
        cells = [*(cell for cell in self._cells[:index] if isinstance(cell, str)), self._cells[index]]
        run = Judged()
        with _box(self._nursery, cells, run, self._left()) as judge:
            yield len(cells) - 1, judge
        self._judged.peak_memory = max(self._judged.peak_memory, run.peak_memory)


def _alone(cell: Cell, guards: Guards) -> list[tuple[str, Check]]:
    """The hidden checks of a cell that must not share a box."""
    return [(name, guard) for name, guard in guards(cell.name) if guard.alone] if isinstance(cell, Exercise) else []


def tidy(report: Report) -> Report:
    """The report with texts short enough for a page and harmless in a terminal: parts of them are the learner's."""
    fields = ("expected", "got", "idea", "guard")
    outcomes = (replace(one, **{name: printable(getattr(one, name), LONGEST_TEXT) for name in fields}) for one in report.outcomes)
    return replace(report, outcomes=tuple(outcomes))


def nothing(exercise: Exercise | AssertCell, sentence: str) -> Report:
    """A report without points, with the same reason for every check."""
    if isinstance(exercise, AssertCell):
        return exercise.report(0.0, sentence)
    outcomes = (Outcome(check.name, check.title, check.points, Status.NOT_YET, ANSWERS, sentence) for check in exercise.checks)
    return Report(exercise.name, exercise.lesson, tuple(outcomes))
