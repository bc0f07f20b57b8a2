"""Slips that can happen in any exercise: dots left in, `raise` left in, another name, other arguments, print for return."""

import ast
import re
import socket
from urllib.parse import urlsplit

import pytest
import requests

from localmodels import facts
from localmodels.checks import exercises, slips
from localmodels.checks.core import Exercise, Status, run
from localmodels.checks.learner import NotebookLearner
from localmodels.checks.plain import LearnerError
from localmodels.checks.redirect import redirected
from localmodels.checks.render import as_text
from localmodels.memory import GB, GiB, OVERHEAD_BYTES
from localmodels.server.scripted import ScriptedOllama
from tests.answers_in_cells import run_cell
from tests.lessons import SOURCES, read

EXERCISES = exercises()
TOOLS = {"requests": requests, "socket": socket, "urlsplit": urlsplit, "GB": GB, "GiB": GiB, "OVERHEAD_BYTES": OVERHEAD_BYTES,
         "OLLAMA": facts.value("ollama.url"), "MODEL": facts.value("models.default")}  # fmt: skip
SOLVED = {cell.metadata["answer"]: cell.source for path in SOURCES for cell in read(path).cells if cell.metadata.get("answer")}
DOTS = "Three dots `...` are still in your code"
RAISE_LEFT = "Your code is there, but the line `raise NotImplementedError(...)` still stops it. Delete that line."
PRINTED = "You printed the value. print shows it to people; return hands it to whoever called the function."


@pytest.fixture(scope="module")
def ollama():
    with ScriptedOllama(models=[facts.value("models.default"), facts.value("models.small")]) as server:
        with redirected({facts.value("ollama.port")}, lambda: server.port):
            yield server


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")


def stub(name, *lines):
    """The cell as a learner finds it, with lines of their own at its end."""
    given = SOLVED[name].partition("    ### BEGIN SOLUTION")[0]
    return given + "    # YOUR CODE HERE\n" + '    raise NotImplementedError("not written yet")\n' + "".join(f"    {line}\n" for line in lines)


def edited(name, *lines):
    """The cell with its last two lines replaced."""
    return SOLVED[name].partition("    ### BEGIN SOLUTION")[0] + "".join(f"    {line}\n" for line in lines)


def judged(name, *cells, ollama):
    """The report on one exercise, all others solved; `cells` are run in their order."""
    names = dict(TOOLS)
    for other, source in SOLVED.items():
        if other != name:
            run_cell(source, names)
    for cell in cells:
        run_cell(cell, names)
    return run(EXERCISES[name], NotebookLearner(names), ollama)


ADD_UP = "needed = weights_bytes(model['parameters'], model['bits_per_weight']) + {} + OVERHEAD_BYTES"
TRY = ("try:", "    return ask(prompt, model, url)", "except requests.exceptions.ConnectionError:", "    return ...")
LARGEST = ("best = None", "for model in models:", "    if fits({}):", "        if best is None or model['parameters'] > best['parameters']:",
           "            best = model", "return best and best['name']")  # fmt: skip

LEFT_DOTS = [
    ("stays_here", ['return host in ("...", "...")'], ', at the line `return host in ("...", "...")`. They stand for something'),
    ("speaker", ['return message["..."]'], ', at the line `return message["..."]`.'),
    ("first_reply", ['if "error" in reply:', '    return "Error: " + reply["..."]', 'return reply["message"]["content"]'], 'reply["..."]`.'),
    ("build_request", ['return {"model": model, "messages": [{"role": "user", "content": ...}], "stream": False}'], "at the line"),
    ("build_request", ["return ..."], "at the line `return ...`"),
    ("ask", ["reply.raise_for_status()", 'return reply.json()["..."]["..."]'], 'at the line `return reply.json()["..."]["..."]`'),
    ("ask_or_explain", TRY, "at the line `return ...`"),
    ("chat_turn", ['body = {"model": ..., "messages": history, "stream": False}', 'requests.post(f"{url}/api/chat", json=body)'],
     'at the line `body = {"model": ..., "messages": history, "stream": False}`'),
    ("chat_turn", ['r = requests.post(f"{url}/api/chat", json={"model": model, "messages": history, "stream": False}, timeout=9)', "return history + [...]"],
     "at the line `return history + [...]`"),
    ("weights_bytes", ["return bits / ..."], "at the line `return bits / ...`"),
    ("bits_per_weight", ["bits = block_bytes * ...", "return bits / ..."], "at the line `bits = block_bytes * ...`"),
    ("kv_cache_bytes", ['return 2 * model["layers"] * model["..."] * context'], 'model["..."] * context`'),
    ("fits", [ADD_UP.format("..."), "return needed <= free_gib * GiB"], "+ ... + OVERHEAD_BYTES`"),
    ("largest_model_that_fits", [line.format("...") for line in LARGEST], "at the line `if fits(...):`"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "lines", "place"), LEFT_DOTS, ids=[f"{row[0]}-{row[2][:30]}" for row in LEFT_DOTS])
def test_dots_left_in_the_code_are_named_with_their_line(name, lines, place, ollama):
    report = judged(name, edited(name, *lines), ollama=ollama)
    idea = next(outcome.idea for outcome in report.outcomes if outcome.status is Status.NOT_YET)
    assert idea.startswith(DOTS) and place in idea and idea.endswith("They stand for something you have to fill in."), as_text(report)
    assert "ellipsis object" not in as_text(report)


def test_dots_in_a_comment_a_text_or_a_signature_are_no_gap(ollama):
    lines = ("# first ... then ...", 'print("loading ...")', 'return "Error: " + reply["error"] + "..."')
    report = judged("first_reply", "def first_reply(reply: dict[str, ...]):\n" + "".join(f"    {line}\n" for line in lines), ollama=ollama)
    assert DOTS not in as_text(report)


def test_dots_are_found_where_nobody_knows_the_source(ollama):
    names = dict(TOOLS)
    exec('def speaker(reply):\n    return ...\ndef first_reply(reply):\n    return reply["..."]', names)
    for name, got in (("speaker", "Got: ..."), ("first_reply", "KeyError: '...'")):
        text = as_text(run(EXERCISES[name], NotebookLearner(names), ollama))
        assert DOTS in text and got in text


@pytest.mark.parametrize("name", EXERCISES)
def test_code_below_the_raise_is_told_to_delete_it(name, ollama):
    report = judged(name, stub(name, "x = 1", "return x"), ollama=ollama)
    assert not report.missing and report.earned == 0
    assert RAISE_LEFT in as_text(report) and "not written yet" not in as_text(report)


def test_code_above_the_raise_without_a_return_is_told_to_delete_it(ollama):
    cell = stub("weights_bytes").replace("# YOUR CODE HERE", "# YOUR CODE HERE\n    size = bits / 8")
    assert RAISE_LEFT in as_text(judged("weights_bytes", cell, ollama=ollama))


@pytest.mark.parametrize("name", EXERCISES)
def test_an_untouched_cell_is_called_not_written_and_nothing_more(name, ollama):
    text = as_text(judged(name, stub(name), ollama=ollama))
    assert text.startswith(f"{name} is not written yet.") and len(text.splitlines()) == 2


@pytest.mark.parametrize("found", ["stays_heer", "Stays_Here", "stay_here", "stayshere"])
@pytest.mark.parametrize("stub_was_run", [True, False])
def test_a_misspelt_name_is_told_both_names(found, stub_was_run, ollama):
    cells = [stub("stays_here")] if stub_was_run else []
    report = judged("stays_here", *cells, SOLVED["stays_here"].replace("stays_here", found), ollama=ollama)
    assert f"You defined `{found}`. The check looks for `stays_here`: same name, letter for letter." in as_text(report)
    assert "not written yet" not in as_text(report) and report.earned == 0


def test_other_exercises_and_imported_functions_are_no_misspelling(ollama):
    for name in EXERCISES:
        assert "You defined" not in as_text(judged(name, ollama=ollama)), name


VALUES = [("'Hi!'", "a text"), ("print('Hi!')", "None"), ("3", "a number"), ("{}", "a dictionary"), ("[]", "a list"), ("True", "True or False"), ("...", "`...`")]


@pytest.mark.parametrize(("value", "kind"), VALUES)
def test_a_value_in_place_of_a_function_is_told_to_keep_its_def_line(value, kind, ollama):
    text = as_text(judged("first_reply", f"first_reply = {value}", ollama=ollama))
    assert f"`first_reply` is {kind} now, not a function." in text
    assert "Keep the line `def first_reply(reply):` and put your code under it." in text
    assert "not written yet" not in text


ARGUMENTS = [
    ("stays_here", "def stays_here():\n    return True", "Keep the `def` line as it was, `def stays_here(url):`. The check calls it with these parameters."),
    ("stays_here", "def stays_here(url, host):\n    return True", "Keep the `def` line as it was, `def stays_here(url):`."),
    ("build_request", "def build_request(prompt):\n    return {}", "Keep the `def` line as it was, `def build_request(prompt, model, system=None):`."),
    ("chat_turn", "def chat_turn(prompt):\n    return []", "Keep the `def` line as it was, `def chat_turn(history, prompt,"),
    ("ask_or_explain", "def ask_or_explain(prompt):\n    return ask(prompt)", "Keep the `def` line as it was"),
    ("fits", edited("fits", ADD_UP.format("kv_cache_bytes(model)"), "return needed <= free_gib * GiB"), "`kv_cache_bytes` needs `context` too; you passed fewer values."),
    ("fits", edited("fits", ADD_UP.format("kv_cache_bytes()"), "return needed <= free_gib * GiB"), "`kv_cache_bytes` needs `model` and `context` too"),
    ("fits", edited("fits", "return weights_bytes(model['parameters'], 4, 5) < 3"), "`weights_bytes` takes 2 positional arguments; you passed 3."),
    ("fits", edited("fits", "return weights_bytes(model['parameters'], bits=4) < 3"), "`weights_bytes` has no parameter `bits`. Compare the spelling."),
    ("largest_model_that_fits", edited("largest_model_that_fits", *(line.format("model, context") for line in LARGEST)), "`fits` needs `free_gib` too"),
]


@pytest.mark.parametrize(("name", "cell", "sentence"), ARGUMENTS, ids=[f"{row[0]}-{row[2][:40]}" for row in ARGUMENTS])
def test_arguments_that_do_not_go_with_the_def_line_are_explained(name, cell, sentence, ollama):
    assert sentence in as_text(judged(name, cell, ollama=ollama))


def test_arguments_are_explained_without_a_known_def_line():
    error = LearnerError("TypeError", "f() takes 1 positional argument but 2 were given")
    assert slips.why_arguments(error, "f", "") == "Keep the `def` line as it was. The check calls it with these parameters."
    assert slips.why_arguments(LearnerError("TypeError", "Card() takes no arguments"), "f", "") == ""


@pytest.mark.parametrize("name", EXERCISES)
def test_print_in_place_of_return_is_told_in_the_same_words_everywhere(name, ollama):
    text = as_text(judged(name, re.sub(r"(?m)^( +)return (.*)$", r"\1print(\2)", SOLVED[name]), ollama=ollama))
    assert PRINTED in text and "Got: nothing (None); it printed " in text


def test_a_debugging_print_is_not_blamed_for_what_append_returns(ollama):
    cell = edited("build_request", "m = []", "print(m)", "return m.append(prompt)")
    assert PRINTED not in as_text(judged("build_request", cell, ollama=ollama))


def test_an_exercise_that_builds_on_an_unwritten_one_is_not_called_unwritten(ollama):
    text = as_text(judged("ask_or_explain", stub("ask"), SOLVED["ask_or_explain"], ollama=ollama))
    assert "Got: ask is not written yet." in text
    assert "ask_or_explain builds on ask. Write that one first; its exercise is further up." in text


def test_all_untouched_each_is_called_not_written_and_nothing_else(ollama):
    for name in ("fits", "largest_model_that_fits", "ask_or_explain"):
        text = as_text(judged(name, *(stub(other) for other in SOLVED), ollama=ollama))
        assert text.startswith(f"{name} is not written yet.") and len(text.splitlines()) == 2


@pytest.mark.parametrize("name", EXERCISES)
def test_the_signature_of_an_exercise_is_the_one_in_its_lesson(name):
    arguments = ast.parse(SOLVED[name]).body[0].args
    assert EXERCISES[name].signature == f"{name}({ast.unparse(arguments)})"


def test_an_object_that_refuses_to_be_looked_at_has_no_source(ollama):
    exercise = Exercise("speaker", lesson="99", signature="speaker(reply)")

    @exercise.check(points=1)
    def fails(learner, server):
        """fails"""
        assert learner.source("speaker") == ""
        learner.speaker({})

    class Strange:
        def __call__(self, reply):
            raise KeyError("...")

        @property
        def __wrapped__(self):
            raise SystemError("looked at")

    assert DOTS in as_text(run(exercise, NotebookLearner({"speaker": Strange()}), ollama))
