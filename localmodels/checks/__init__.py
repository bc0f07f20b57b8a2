"""`check("ask")` and `hint("ask")`: what the notebooks call.

An exercise lives in `lesson_NN.py` beside this file. Nothing leaves the machine during a check: calls to
Ollama's port reach a scripted server, so a check never waits for a model and never depends on its mood.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
import sys
from dataclasses import dataclass

from localmodels.checks.core import Exercise, Report, run
from localmodels.checks.learner import NotebookLearner
from localmodels.checks.redirect import redirected
from localmodels.checks.render import as_html, as_text, headline, hint_text, number

CALL_SECONDS = 10.0  # the most one call of a learner's function may take during a check
_hints_seen: dict[str, int] = {}


@dataclass(frozen=True)
class Points:
    """What a check earned. Its repr is the bare number, which is how nbgrader reads partial credit."""

    earned: float
    possible: float

    def __repr__(self):
        return number(self.earned)

    def __float__(self):
        return float(self.earned)

    def _repr_html_(self):
        return f"<span>{number(self.earned)} of {number(self.possible)} points</span>"


class PlainlyTold(Exception):
    """An exception that a notebook shows as its sentence: a traceback through our code helps nobody."""

    def _render_traceback_(self):
        return [str(self)]


class NothingEarned(PlainlyTold):
    """Raised by `check` at 0 points, so that nbgrader and a run of the whole notebook see a failed cell."""


class NoSuchExercise(PlainlyTold, KeyError):
    """`check` or `hint` was asked for something that is no exercise."""

    __str__ = Exception.__str__  # KeyError would quote the sentence


def exercises() -> dict[str, Exercise]:
    """All exercises by name, in the order of the lessons."""
    found: dict[str, Exercise] = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__) if info.name.startswith("lesson_")):
        for thing in vars(importlib.import_module(f"{__name__}.{module}")).values():
            if isinstance(thing, Exercise):
                found[thing.name] = thing
    return found


def exercise(name: str) -> Exercise:
    """The exercise of that name, or NoSuchExercise with the nearest ones. A function counts as its name."""
    known = exercises()
    name = getattr(name, "__name__", name)
    if name in known:
        return known[name]
    if not isinstance(name, str):
        raise NoSuchExercise('Put the name of an exercise in quotes: check("ask").')
    near = difflib.get_close_matches(name.strip().lower(), known, n=3) or list(known)
    raise NoSuchExercise(f"There is no exercise {name!r}. Did you mean {' or '.join(near)}?")


def check(name: str = "") -> Points:
    """Check an exercise with the functions of this notebook and show what was found.

    Returns the points earned; raises NothingEarned at 0.
    """
    chosen = exercise(name)
    if _last_definition_failed(chosen):
        print("The last run of that cell ended in an error. What follows is about the version before it.")
    report = judge(chosen, NotebookLearner(_notebook_namespace(), CALL_SECONDS))
    _show(as_text(report), as_html(report))
    if not report.earned:
        raise NothingEarned(f"No points yet. {headline(report)}")
    return Points(report.earned, report.points)


def judge(chosen: Exercise, learner, guards=()) -> Report:
    """Run an exercise's checks against a scripted Ollama that stands in for the real one meanwhile."""
    from localmodels import facts
    from localmodels.server.scripted import ScriptedOllama

    with ScriptedOllama(models=[facts.value("models.default"), facts.value("models.small")]) as ollama:
        with redirected(_ollama_ports(), lambda: ollama.port):
            return run(chosen, learner, ollama, guards)


def hint(name: str = "") -> None:
    """Show the next hint for an exercise: a nudge, then a plan, then almost the code."""
    chosen = exercise(name)
    level = min(_hints_seen.get(chosen.name, 0) + 1, len(chosen.hints))
    _hints_seen[chosen.name] = level
    print(hint_text(chosen, level))


def _last_definition_failed(chosen: Exercise) -> bool:
    """Whether the cell run just before this one defines the exercise's function and ended in an error."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    cells = shell.user_ns.get("In", []) if shell else []
    if len(cells) < 2 or shell.last_execution_succeeded:
        return False
    return any(f"def {function}(" in cells[-2] for function in chosen.needs)


def _notebook_namespace() -> dict:
    """The names the learner has bound: the notebook's, or the main program's outside one."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return shell.user_ns if shell else vars(sys.modules["__main__"])


def _ollama_ports() -> set[int]:
    """Ollama's usual port, and the one that connect() found instead if that was taken."""
    from localmodels import facts

    connection = sys.modules.get("localmodels.connection")
    return {facts.value("ollama.port"), getattr(connection, "port_in_use", None) or facts.value("ollama.port")}


def _show(text: str, html: str) -> None:
    if "IPython" in sys.modules and sys.modules["IPython"].get_ipython():
        from IPython.display import display

        display({"text/plain": text, "text/html": html}, raw=True)
    else:
        print(text)
