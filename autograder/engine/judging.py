"""One submitted notebook, judged: first all of the learner's cells in a box, then every check from outside it.

The result is a function of the arguments: outputs for each learner cell, a Report for each graded place.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from autograder.engine.asserting import AssertCell, judge_assert_cell
from autograder.engine.boxed import Boxed, Corner
from autograder.engine.channel import Broken
from autograder.engine.nursery import Nursery
from autograder.engine.remote import Conversation, NoAnswer, RemoteLearner
from autograder.engine.values import printable
from localmodels import facts
from localmodels.checks.core import Check, Exercise, Outcome, Report, Status, Wrong, confirm, run_visible
from localmodels.server.scripted import ScriptedOllama

LONGEST_TEXT = 4000  # characters
ANSWERS = "Your code gives an answer."
Cell = str | Exercise | AssertCell
Guards = Callable[[str], Iterable[tuple[str, Check]]]

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


class Place:
    """A graded place that the cells have reached: checks start from the paused copy of the process there.

    A copy of the copy serves checks as long as they earn their points. One that does not is judged by a copy of its
    own, so that no check can spoil another one's; and the next check gets a new copy again.
    """

    def __init__(self, cell: Exercise | AssertCell, corner: Corner, ollama: ScriptedOllama, seconds: Callable[[], float]):
        self.cell, self.corner, self._ollama = cell, corner, ollama
        self._conversation = Conversation(seconds)
        self._is_used = True  # whether the current copy has served a check, or is no good for another reason
        self.learner = RemoteLearner(self._conversation, self._before_check)

    def _before_check(self) -> None:
        if not self._conversation.open:
            self._renew()
        self._ollama.hang_up()  # a late reply to one check must not reach the next

    def _renew(self) -> None:
        """Go on with a new copy of the copy; if there is none, the conversation is lost and says why."""
        self._is_used = False
        try:
            self._conversation.begin(self.corner.begin(self._conversation.seconds()))
        except Broken as error:
            self._conversation.begin(None, str(error))

    def rest(self) -> None:
        """No more checks for now."""
        self._conversation.begin(None)
        self.corner.rest()

    def strict(self, check: Check) -> Check:
        """The check, judged as said above, and failing with the reason whenever there was no answer."""

        def judge(learner: RemoteLearner, ollama) -> None:
            try:
                try:
                    self._attempt(check, ollama)
                except Exception:
                    if not self._is_used:
                        raise
                    self._renew()
                    ollama.hang_up()
                    ollama.clear()
                    self._attempt(check, ollama)
                self._is_used = True
            except Exception:
                self.rest()
                raise

        return replace(check, judge=judge)

    def _attempt(self, check: Check, ollama) -> None:
        """Run the check; no answer is a failure, whatever the check makes of it."""
        try:
            check.judge(self.learner, ollama)
        except Exception:
            if not self._conversation.lost:
                raise
        if self._conversation.lost:
            raise Wrong(ANSWERS, no_answer(self._conversation.lost))


def judge_notebook(nursery: Nursery, cells: Sequence[Cell], guards: Guards) -> Judged:
    """Run and judge a notebook in a new box.

    cells   in order: a learner's cell as its source, or the exercise or test that is graded at this place.
    guards  gives the hidden checks of an exercise by its name, as pairs (name of the visible check, Check).
    Raises Refused when no box can be made; what the learner's code does raises nothing.
    """
    started, judged = time.monotonic(), Judged(level=nursery.policy.level)
    models = [facts.value("models.default"), facts.value("models.small")]
    with contextlib.closing(nursery.birth()) as boxed:
        with ScriptedOllama(models=models, listener=boxed.mock) as ollama:
            corners = _run_cells(boxed, cells, judged)
            boxed.end_of_cells()
            _Judge(nursery, boxed, ollama, judged).judge(cells, corners, guards)
    judged.peak_memory = boxed.watch.peak
    judged.seconds = time.monotonic() - started
    return judged


def _run_cells(boxed: Boxed, cells: Sequence[Cell], judged: Judged) -> dict[int, Corner]:
    """Run the learner's cells; a snapshot for each graded place that was reached."""
    limits, corners = boxed.policy.limits, {}
    left = _clock(limits.total_seconds)
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


def _clock(seconds: float) -> Callable[[], float]:
    """A function that tells the seconds left from now on."""
    end = time.monotonic() + seconds
    return lambda: end - time.monotonic()


class _Judge:
    """Judges the graded places of one notebook, each from its corner."""

    def __init__(self, nursery: Nursery, boxed: Boxed, ollama: ScriptedOllama, judged: Judged):
        self._nursery, self._ollama, self._judged = nursery, ollama, judged
        self._limits = boxed.policy.limits
        self._left = _clock(self._limits.total_seconds)

    def judge(self, cells: Sequence[Cell], corners: dict[int, Corner], guards: Guards) -> None:
        """All visible checks of the notebook, then all hidden ones: what hidden inputs leave behind is shown nowhere."""
        graded = {index: cell for index, cell in enumerate(cells) if not isinstance(cell, str)}
        places = {index: Place(graded[index], corner, self._ollama, self._seconds) for index, corner in corners.items()}
        last = {index for index, cell in graded.items() if isinstance(cell, AssertCell) and cell.hidden}
        reports: dict[int, Report] = {}
        for index in [*(index for index in graded if index not in last), *sorted(last)]:
            reports[index] = self._visible(graded[index], places.get(index))
        for index, place in places.items():
            if isinstance(place.cell, Exercise):
                hidden = [(name, place.strict(guard)) for name, guard in guards(place.cell.name)]
                reports[index] = confirm(reports[index], place.learner, self._ollama, hidden)
                place.rest()
        self._judged.reports = {index: tidy(reports[index]) for index in graded}

    def _seconds(self) -> float:
        """How long the next call may take."""
        return max(0.0, min(self._limits.call_seconds, self._left()))

    def _visible(self, cell: Exercise | AssertCell, place: Place | None) -> Report:
        if place is None:
            return nothing(cell, f"It could not be tried: {self._judged.lost}.")
        if isinstance(cell, AssertCell):
            seconds = max(0.0, min(self._limits.cell_seconds, self._left()))
            return judge_assert_cell(cell, place.corner, self._nursery.examiner, seconds, self._seconds())
        try:
            place.learner.fresh()
            return run_visible(replace(cell, checks=[place.strict(check) for check in cell.checks]), place.learner, self._ollama)
        except NoAnswer as error:
            return nothing(cell, no_answer(str(error)))
        finally:
            place.rest()


def tidy(report: Report) -> Report:
    """The report with texts short enough for a page and harmless in a terminal: parts of them are the learner's."""
    fields = ("expected", "got", "idea", "guard")
    outcomes = (replace(one, **{name: printable(getattr(one, name), LONGEST_TEXT) for name in fields}) for one in report.outcomes)
    return replace(report, outcomes=tuple(outcomes))


def no_answer(reason: str) -> str:
    """The sentence a student reads in place of a result."""
    return f"Your code gave no answer: {reason}."


def nothing(exercise: Exercise | AssertCell, sentence: str) -> Report:
    """A report without points, with the same reason for every check."""
    if isinstance(exercise, AssertCell):
        return exercise.report(0.0, sentence)
    outcomes = (Outcome(check.name, check.title, check.points, Status.NOT_YET, ANSWERS, sentence) for check in exercise.checks)
    return Report(exercise.name, exercise.lesson, tuple(outcomes))
