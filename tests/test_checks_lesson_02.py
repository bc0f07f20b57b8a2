"""Lesson 02: right answers of any style earn everything, typical wrong ones are told the idea behind them."""

import ast
import re
import ssl

import pytest
import requests

from autograder.hidden import hidden_checks
from localmodels import facts
from localmodels.checks import exercises
from localmodels.checks.core import Status, run
from localmodels.checks.learner import NotebookLearner
from localmodels.checks.redirect import redirected
from localmodels.checks.render import as_text
from localmodels.server.scripted import ScriptedOllama
from tests.answers_in_cells import run_cell
from tests.answers_lesson_02 import ASK, ONE_TEXT, REQUEST, RIGHT, WRONG
from tests.lessons import ROOT, read

EXERCISES = {name: exercise for name, exercise in exercises().items() if exercise.lesson == "02"}
PORT = facts.value("ollama.port")
TLS = ssl.create_default_context()
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # from inside client libraries
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # students do not close what they open
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def ollama():
    with ScriptedOllama(models=[facts.value("models.default"), facts.value("models.small")]) as server:
        with redirected({PORT}, lambda: server.port):
            yield server


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")


@pytest.fixture(autouse=True)
def certificates_are_read_once(monkeypatch):
    """Every httpx client reads all certificates anew, a tenth of a second each time; here nothing is encrypted."""
    monkeypatch.setattr(ssl, "create_default_context", lambda *args, **kwargs: TLS)


def reference():
    """The solutions that stand in the lesson, by exercise."""
    cells = read(ROOT / "lessons" / "02_call_a_local_model.py").cells
    return {cell.metadata["answer"]: cell.source for cell in cells if cell.metadata.get("answer")}


def judged(name, source, ollama, hidden=True):
    """The report on `source`, in a notebook where build_request and ask are right."""
    names = {"requests": requests, "OLLAMA": facts.value("ollama.url"), "MODEL": facts.value("models.default")}
    for code in (REQUEST, ASK, source):
        run_cell(code, names)
    guards = hidden_checks(name) if hidden else ()
    return run(EXERCISES[name], NotebookLearner(names), ollama, guards)


@pytest.mark.parametrize("name", EXERCISES)
def test_the_lessons_own_solution_earns_everything(name, ollama):
    report = judged(name, reference()[name], ollama)
    assert report.earned == report.points, as_text(report)


@pytest.mark.parametrize("name, style", RIGHT)
def test_another_right_style_earns_everything(name, style, ollama):
    report = judged(name, RIGHT[name, style], ollama)
    assert report.earned == report.points, as_text(report)


@pytest.mark.parametrize("name, slip", WRONG)
def test_a_typical_wrong_answer_is_told_the_idea_behind_it(name, slip, ollama):
    source, message, failing = WRONG[name, slip]
    report = judged(name, source, ollama, hidden=False)
    outcome = next(outcome for outcome in report.outcomes if outcome.name == failing)
    assert outcome.status is Status.NOT_YET and not outcome.earned, as_text(report)
    assert message in f"{outcome.got} {outcome.idea}", as_text(report)
    assert all(outcome.status is not Status.UNJUDGED for outcome in report.outcomes), as_text(report)


@pytest.mark.parametrize("name", EXERCISES)
def test_an_untouched_answer_earns_nothing(name, ollama):
    stub = re.sub(r"(?s)### BEGIN SOLUTION.*### END SOLUTION", "raise NotImplementedError()", reference()[name])
    report = judged(name, stub, ollama)
    assert report.earned == 0
    assert "is not written yet" in as_text(report)


HARD_CODED = {
    "build_request": 'def build_request(prompt, model, system=None):\n    m = [{"role": "user", "content": prompt if prompt == "Hi!" else "What is a weight?"}]\n    return {"model": model, "messages": ([{"role": "system", "content": "Answer like a pirate."}] if system else []) + m, "stream": False}',
    "ask": ASK.replace('["content"]', '["content"] and ("Paris." if "France" in prompt else "Smørrebrød")'),
    "ask_or_explain": 'def ask_or_explain(prompt, model=MODEL, url=OLLAMA):\n    return "A pile of numbers."',
}  # fmt: skip


@pytest.mark.parametrize("name", HARD_CODED)
def test_an_answer_made_for_the_visible_examples_loses_points_to_a_hidden_check(name, ollama):
    visible, hidden = (judged(name, HARD_CODED[name], ollama, hidden=hidden) for hidden in (False, True))
    assert hidden.earned < visible.earned
    assert any(outcome.guard for outcome in hidden.outcomes)


def test_the_points_of_the_lesson():
    assert sum(exercise.points for exercise in EXERCISES.values()) == 24


def test_every_check_has_a_hidden_partner_or_is_complete_by_itself():
    alone = {
        (name, check.name)
        for name, exercise in EXERCISES.items()
        for check in exercise.checks
        if check.name not in {visible for visible, _ in hidden_checks(name)}
    }
    assert alone == {("installed_models", "asks_anew"), ("installed_models", "admits_that_nobody_answers")}


PRETENDS = """
def ask(prompt, model=MODEL, url=OLLAMA, system=None, timeout=120):
    if timeout < LEAST:
        raise TimeoutError("timed out")
    reply = requests.post(f"{url}/api/chat", json=build_request(prompt, model, system))
    reply.raise_for_status()
    return reply.json()["message"]["content"]
"""


@pytest.mark.parametrize("least", ("1", "2"))
def test_a_timeout_that_is_only_pretended_earns_nothing(least, ollama):
    report = judged("ask", PRETENDS.replace("LEAST", least), ollama)
    lost = [outcome.name for outcome in report.outcomes if not outcome.earned]
    assert lost == ["gives_up_in_time"], as_text(report)


def test_one_text_for_every_problem_earns_nothing(ollama):
    report = judged("ask_or_explain", ONE_TEXT, ollama)
    assert report.earned == 0, as_text(report)


def test_a_full_list_from_a_silent_server_is_not_called_empty(ollama):
    source, _, failing = WRONG["installed_models", "global tags, nobody there"]
    report = judged("installed_models", source, ollama)
    assert "An empty list" not in next(outcome.idea for outcome in report.outcomes if outcome.name == failing)


@pytest.mark.parametrize("name", EXERCISES)
def test_the_last_hint_is_code_that_can_be_copied(name):
    code = EXERCISES[name].hints[2]
    tree = ast.parse("def copied():\n" + "\n".join(f"    {line}" for line in code.splitlines()))
    bodies = [node for node in ast.walk(tree) if isinstance(node, (ast.If, ast.Try, ast.ExceptHandler, ast.With, ast.For))]
    assert all(node.body[0].lineno > node.lineno for node in bodies), "a block starts on a line of its own"


@pytest.mark.parametrize("name", EXERCISES)
def test_what_requests_returns_is_called_response_in_every_hint(name):
    code = EXERCISES[name].hints[2]
    assert "reply" not in code, "`response` is what requests returns, `data` the dictionary in it"
    assert "requests." not in code or "exceptions" in code or "response = requests." in code
    assert ".json()" not in code or "data = response.json()" in code


def test_the_first_hint_for_ask_counts_the_steps_that_the_lesson_shows():
    assert "Three steps of the worked example are left" in EXERCISES["ask"].hints[0]
    assert "Worked example: one call in four steps" in (ROOT / "lessons" / "02_call_a_local_model.py").read_text(encoding="utf-8")


def test_a_wrong_method_is_never_called_streaming(ollama):
    source, _, _ = WRONG["installed_models", "POST, names read"]
    assert "Streaming" not in as_text(judged("installed_models", source, ollama, hidden=False))


def test_each_exercise_states_its_points_and_minutes_as_all_lessons_do():
    text = (ROOT / "lessons" / "02_call_a_local_model.py").read_text(encoding="utf-8")
    for name, exercise in EXERCISES.items():
        assert re.search(rf"`{name}`\n#\n# \*Difficulty \d of 5, \d minutes, {exercise.points:g} points\.\*", text), name


def test_no_cell_of_the_lesson_takes_something_away_that_another_cell_needs():
    cells = read(ROOT / "lessons" / "02_call_a_local_model.py").codes
    assert not [cell for cell in cells if re.search(r"(?m)^\s*del ", cell)], "run twice, it would fail"

