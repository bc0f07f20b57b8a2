"""A check ends as earned, not yet or could not be checked, and the report says so in text and in HTML."""

import asyncio

import numpy as np
import pytest

from localmodels.checks.core import Exercise, Status, Wrong, make_check, run
from localmodels.checks.learner import NotebookLearner
from localmodels.checks.plain import LearnerError, Opaque, to_plain
from localmodels.checks.render import as_html, as_text, hint_text


class NoOllama:
    def clear(self):
        pass


def double_exercise():
    exercise = Exercise("double", lesson="99", hints=["Think of addition.", "Add the number to itself.", "return n + n"])

    @exercise.check(points=2)
    def doubles(learner, ollama):
        """doubles a number"""
        answer = learner.double(4)
        if answer != 8:
            raise Wrong("double(4) is 8.", got=answer, idea="Squaring is not doubling.", see="weights")

    @exercise.check(points=1)
    def takes_text(learner, ollama):
        """doubles text as well"""
        if learner.double("ab") != "abab":
            raise Wrong("double('ab') is 'abab'.")

    return exercise


def report_of(function, guards=()):
    names = {} if function is None else {"double": function}
    return run(double_exercise(), NotebookLearner(names), NoOllama(), guards)


def test_a_right_answer_earns_every_point():
    report = report_of(lambda n: n + n)
    assert (report.earned, report.points) == (3, 3)
    assert "✓ passed: doubles a number (2)" in as_text(report)


def test_a_wrong_answer_keeps_what_it_earned_and_says_which_idea_misled():
    report = report_of(lambda n: n * n if isinstance(n, int) else n + n)
    text, html = as_text(report), as_html(report)
    assert report.earned == 1
    for sentence in ("double(4) is 8.", "16", "Squaring is not doubling."):
        assert sentence in text and sentence in html
    assert 'href="../../glossary.md#weights"' in html


def test_a_missing_function_is_told_once():
    report = report_of(None)
    assert report.earned == 0
    assert as_text(report).count("not written yet") == 1


def test_an_untouched_stub_is_told_once_too():
    def double(n):
        raise NotImplementedError

    report = report_of(double)
    assert report.earned == 0
    assert as_text(report).count("not written yet") == 1


def test_a_function_written_for_some_inputs_only_is_judged_check_by_check():
    def double(n):
        if isinstance(n, str):
            raise NotImplementedError
        return n + n

    report = report_of(double)
    assert report.earned == 2
    assert "double is not written yet." in as_text(report)


def test_words_in_backticks_stand_as_code():
    html = as_html(report_of(lambda n: "`<b>`"))
    assert "<code>&lt;b&gt;</code>" in html


def test_an_error_in_the_learners_code_names_the_error_and_the_line():
    source = "def double(n):\n    return n['x']\n"
    import linecache

    linecache.cache["<cell 1>"] = (len(source), None, source.splitlines(True), "<cell 1>")
    names = {}
    exec(compile(source, "<cell 1>", "exec"), names)
    text = as_text(report_of(names["double"]))
    assert "Your code raised TypeError" in text and "`return n['x']`" in text


def test_sys_exit_in_an_answer_does_not_stop_the_other_checks():
    def double(n):
        if n == 4:
            raise SystemExit
        return n + n

    assert report_of(double).earned == 1


def test_a_stumbling_check_gives_no_points_and_says_that_it_could_not_judge():
    exercise = Exercise("double", lesson="99")

    @exercise.check(points=1)
    def stumbles(learner, ollama):
        """stumbles"""
        learner.double(1)["no such thing"]

    report = run(exercise, NotebookLearner({"double": lambda n: n}), NoOllama())
    assert report.earned == 0 and report.outcomes[0].status is Status.UNJUDGED


def test_a_failing_guard_takes_the_points_and_shows_its_title_only():
    def other_numbers(learner, ollama):
        """works for other numbers"""
        if learner.double(-37) != -74:
            raise Wrong("double(-37) is -74.", got="secret input -37")

    def hard_coded(n):
        return 8 if n == 4 else "abab"

    guard = [("doubles", make_check(other_numbers, 0))]
    report = report_of(hard_coded, guard)
    page = as_text(report) + as_html(report)
    assert report.earned == 1
    assert "works for other numbers" in page
    assert "37" not in page
    assert report_of(lambda n: n + n, guard).earned == 3


def test_whatever_a_learner_writes_is_escaped_in_html():
    html = as_html(report_of(lambda n: "<script>alert(1)</script>"))
    assert "<script>" not in html and "&lt;script&gt;" in html


def test_every_exercise_has_a_title_for_each_check():
    with pytest.raises(ValueError, match="needs a docstring"):
        make_check(lambda learner, ollama: None, 1)


def test_hints_come_with_their_place_and_the_last_one_says_so():
    exercise = double_exercise()
    assert hint_text(exercise, 1).startswith("Hint 1 of 3: Think of addition.")
    assert "last hint" in hint_text(exercise, 3)


class Lying(str):
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0

    def __str__(self):
        return "lies"


class LyingInt(int):
    def __add__(self, other):
        return 999

    def __eq__(self, other):
        return True

    __hash__ = int.__hash__


def test_values_arrive_as_exact_builtin_types():
    for value, kind in [(Lying("abc"), str), (LyingInt(5), int), (np.float64(0.5), float), (np.int64(5), int), (True, bool)]:
        assert type(to_plain(value)) is kind
    assert (to_plain(Lying("abc")) == "lies") is False
    assert to_plain(LyingInt(5)) == 5 and to_plain({"a": [Lying("x")]}) == {"a": ["x"]}
    assert to_plain(object()) == Opaque("object")
    np.testing.assert_array_equal(to_plain(np.eye(2)), np.eye(2))


def test_a_value_that_contains_itself_is_refused_in_words():
    loop = []
    loop.append(loop)
    with pytest.raises(LearnerError, match="nested"):
        to_plain(loop)


def test_arguments_go_in_as_copies_and_after_shows_what_became_of_them():
    def chat_turn(history):
        history.append("spoiled")
        print("working")
        return len(history)

    learner = NotebookLearner({"chat_turn": chat_turn})
    mine = ["Hi"]
    assert learner.after("chat_turn", mine) == (2, [["Hi", "spoiled"]])
    assert mine == ["Hi"] and learner.printed == "working\n"


def test_generators_are_consumed_as_they_stream():
    made = []

    def counting():
        for number in range(3):
            made.append(number)
            yield number

    stream = NotebookLearner({"counting": counting}).counting()
    assert next(stream) == 0 and made == [0]
    assert list(stream) == [1, 2]


def test_a_generator_that_fails_says_so_where_it_fails():
    def broken():
        yield 1
        raise KeyError("message")

    stream = NotebookLearner({"broken": broken}).broken()
    assert next(stream) == 1
    with pytest.raises(LearnerError, match="KeyError"):
        next(stream)


def test_async_answers_work_inside_a_running_loop():
    async def slow(n):
        await asyncio.sleep(0)
        return n + 1

    async def notebook():
        return NotebookLearner({"slow": slow}).slow(1)

    assert asyncio.run(notebook()) == 2


def test_a_function_that_never_ends_is_stopped_and_told_so():
    def double(n):
        while True:
            pass

    report = run(double_exercise(), NotebookLearner({"double": double}, seconds=0.2), NoOllama())
    assert report.earned == 0
    assert "did not come back within 0.2 seconds" in as_text(report)


def test_a_wait_that_never_ends_is_stopped_too():
    import threading

    learner = NotebookLearner({"double": lambda n: threading.Event().wait()}, seconds=0.2)
    with pytest.raises(LearnerError, match="0.2 seconds"):
        learner.double(1)


def test_pressing_stop_is_not_taken_for_the_time_limit():
    def double(n):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        NotebookLearner({"double": double}, seconds=5).double(1)


def test_the_same_failure_is_told_once():
    text = as_text(report_of(lambda n: undefined_word))  # noqa: F821
    assert text.count("name 'undefined_word' is not defined") == 1 and "the same as above" in text
    assert "Python does not know `undefined_word` here." in text


def test_none_is_shown_as_a_value():
    assert "Got: nothing (None)" in as_text(report_of(lambda n: None))


def test_an_unknown_name_is_answered_with_the_nearest():
    from localmodels.checks import NoSuchExercise, exercise

    with pytest.raises(NoSuchExercise, match="^There is no exercise 'ASK'. Did you mean ask"):
        exercise("ASK")
    with pytest.raises(NoSuchExercise, match="in quotes"):
        exercise(5)


def test_code_in_a_hint_starts_on_its_own_line():
    exercise = Exercise("double", lesson="99", hints=["one", "two", "twice = n + n\nreturn twice"])
    assert "Hint 3 of 3:\ntwice = n + n\nreturn twice\n" in hint_text(exercise, 3)
