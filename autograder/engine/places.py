"""A graded place that a learner's cells have reached, and how its checks are judged from there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from autograder.engine.asserting import AssertCell
from autograder.engine.boxed import Corner
from autograder.engine.channel import Broken
from autograder.engine.remote import Conversation, RemoteLearner
from localmodels.checks.core import Check, Exercise, Wrong
from localmodels.server.scripted import ScriptedOllama

ANSWERS = "Your code gives an answer."


class Place:
    """Checks start from the paused copy of the learner's process that was left here.

    Each hidden check is judged by a new copy of that copy. Visible checks, whose inputs are no secret, may share one as
    long as they earn their points; one that does not is judged again by a new copy, so that no check can spoil another.
    """

    def __init__(self, cell: Exercise | AssertCell, corner: Corner, ollama: ScriptedOllama, seconds: Callable[[], float]):
        self.cell, self.corner, self._ollama = cell, corner, ollama
        self._conversation = Conversation(seconds)
        self._is_used = True  # whether the current copy has served a check, or is no good for another reason
        self.gone = False  # whether the paused copy did not answer when a new copy was wanted
        self.learner = RemoteLearner(self._conversation, self._before_check)

    def visible(self, check: Check) -> Check:
        """The check as it is judged here: in a copy that earlier ones may have used, and again in a new one if it fails."""

        def judge(learner: RemoteLearner, ollama) -> None:
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

        return self._at_rest_if_failed(check, judge)

    def hidden(self, check: Check) -> Check:
        """The check as it is judged here: in a new copy that no check has used."""

        def judge(learner: RemoteLearner, ollama) -> None:
            if self._is_used:
                self._renew()
            self._is_used = True
            self._attempt(check, ollama)

        return self._at_rest_if_failed(check, judge)

    def rest(self) -> None:
        """No more checks for now."""
        self._conversation.begin(None)
        self.corner.rest()

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
            self.gone = True
            self._conversation.begin(None, str(error))

    def _at_rest_if_failed(self, check: Check, judge: Callable) -> Check:
        def judge_and_rest(learner: RemoteLearner, ollama) -> None:
            try:
                judge(learner, ollama)
            except Exception:
                self.rest()
                raise

        return replace(check, judge=judge_and_rest)

    def _attempt(self, check: Check, ollama) -> None:
        """Run the check; no answer is a failure, whatever the check makes of it."""
        try:
            check.judge(self.learner, ollama)
        except Exception:
            if not self._conversation.lost:
                raise
        if self._conversation.lost:
            raise Wrong(ANSWERS, no_answer(self._conversation.lost))


def no_answer(reason: str) -> str:
    """The sentence a student reads in place of a result."""
    return f"Your code gave no answer: {reason}."
