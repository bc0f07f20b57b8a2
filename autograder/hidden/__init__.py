"""Hidden checks: they confirm a visible check with other inputs, and never leave the instructor's machine.

They live in `lesson_NN.py` beside this file, in the same form as visible checks:

    @guards(ask, "sends_the_prompt")
    def sends_any_prompt(learner, ollama):
        \"\"\"sends a prompt it has not seen before\"\"\"
        ...

A guard runs only where its visible check passed. If it fails, the visible check's points are lost and the
student reads the guard's title, nothing else. Guards of one notebook are judged in copies of one process, in one box:
none of them may give away what another one asks for, unless it is registered with alone=True.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable

from localmodels.checks.core import Check, Exercise, make_check

_guards: dict[str, list[tuple[str, Check]]] = {}


def guards(exercise: Exercise, visible: str, alone: bool = False) -> Callable:
    """Register a hidden check that guards the visible check of that name. ValueError if there is none.

    alone  True if knowing the inputs of this check would help to answer another hidden one, or the other way round: then it
           is judged in a box of its own, which costs as much as running the notebook once more.
    """
    names = [check.name for check in exercise.checks]
    if visible not in names:
        raise ValueError(f"{exercise.name} has no visible check {visible!r}; it has {', '.join(names)}.")

    def register(judge):
        _guards.setdefault(exercise.name, []).append((visible, make_check(judge, 0, alone)))
        return judge

    return register


def hidden_checks(exercise_name: str) -> list[tuple[str, Check]]:
    """Pairs (visible check's name, hidden Check) of an exercise, in the order they are written."""
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}")
    return list(_guards.get(exercise_name, ()))
