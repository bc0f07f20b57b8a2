"""Judging: checks run outside the learner's process, each from the state after its exercise, and silence earns nothing."""

import pytest

from autograder.engine import Nursery
from localmodels.checks.core import Exercise, Status, Wrong, make_check
from localmodels.checks.plain import LearnerError, NotWritten, Opaque
from tests.boxes import isolating, judged, one_check, policy, told

pytestmark = isolating


@pytest.fixture(scope="module")
def nursery():
    with Nursery(policy()) as warm:
        yield warm


@pytest.fixture(scope="module")
def impatient():
    with Nursery(policy(call_seconds=2.0, cell_seconds=5.0), warm=False) as warm:
        yield warm


def exercise(*judges, name="toy", functions=("f",)):
    made = Exercise(name, lesson="99", functions=functions)
    for number, judge in enumerate(judges):
        judge.__name__, judge.__doc__ = f"check{number}", f"promise {number}"
        made.check(points=1)(judge)
    return made


def returns(expected):
    """A check that f() returns this."""

    def judge(learner, ollama):
        answer = learner.f()
        if type(answer) is not type(expected) or answer != expected:
            raise Wrong(f"f() returns {expected!r}.", answer)

    return judge


def raises(learner, ollama):
    """raises"""
    try:
        learner.f()
    except LearnerError:
        return
    raise Wrong("f() raises.")


def earned(result):
    return [report.earned for report in result.reports.values()]


def test_an_honest_answer_earns_its_points(nursery):
    result = judged(nursery, "def f(): return [1, 'a', (2,)]", exercise(returns([1, "a", (2,)])))
    assert earned(result) == [1] and result.level == "A: isolated" and result.peak_memory > 0


def test_a_wrong_answer_earns_none_and_is_shown(nursery):
    result = judged(nursery, "def f(): return 3", exercise(returns(4)))
    assert earned(result) == [0] and told(result.reports[1]) == "3"


def test_a_missing_function_is_missing(nursery):
    report = judged(nursery, "x = 1", exercise(returns(4))).reports[1]
    assert report.missing == ("f",) and report.earned == 0


def test_a_later_cell_cannot_spoil_an_earlier_answer(nursery):
    spoil, break_all = "def f(): return 'spoiled'", "import builtins\nbuiltins.len = None"
    later = exercise(returns("spoiled"), name="later")
    result = judged(nursery, "def f(): return len('abc')", exercise(returns(3)), spoil, later, break_all)
    assert earned(result) == [1, 1]


def test_one_check_cannot_spoil_the_next(nursery):
    source = "calls = 0\ndef f():\n    global calls\n    calls += 1\n    return calls"
    assert earned(judged(nursery, source, exercise(returns(1), returns(1), returns(1)))) == [3]


def test_a_check_that_breaks_the_process_does_not_take_the_next_ones_points(nursery):
    def breaks(learner, ollama):
        learner.g()

    source = "import builtins, os\ndef f(): return len('abc')\ndef g(): builtins.len = None"
    assert earned(judged(nursery, source, exercise(returns(3), breaks, returns(3), breaks, returns(3)))) == [3]


def test_a_failing_check_is_judged_in_a_process_that_served_no_other(nursery):
    source = "import os\nseen = []\ndef f():\n    seen.append(1)\n    return os.getpid() * 1000 + len(seen)"
    calls = []

    def fails(learner, ollama):
        calls.append(learner.f())
        raise Wrong("x")

    def passes(learner, ollama):
        calls.append(learner.f())

    judged(nursery, source, exercise(passes, passes, fails, fails, passes))
    assert [number % 1000 for number in calls] == [1, 2, 3, 1, 1, 1]
    assert len({number // 1000 for number in calls}) == 4


def test_within_one_check_calls_build_on_each_other(nursery):
    def counts(learner, ollama):
        if [learner.f(), learner.f()] != [1, 2] or learner.value("calls") != 2:
            raise Wrong("counts")

    source = "calls = 0\ndef f():\n    global calls\n    calls += 1\n    return calls"
    assert earned(judged(nursery, source, exercise(counts))) == [1]


def test_an_error_of_the_learner_tells_name_message_and_line(nursery):
    result = judged(nursery, "def f():\n    return {}['key']", exercise(returns(1)))
    assert told(result.reports[1]) == "Your code raised KeyError: 'key', at the line `return {}['key']`."


def test_an_error_can_be_what_is_asked_for(nursery):
    result = judged(nursery, "def f(): raise ValueError('no')", exercise(raises))
    assert earned(result) == [1]


def test_not_implemented_is_not_written(nursery):
    def unwritten(learner, ollama):
        try:
            learner.f()
        except NotWritten:
            return
        raise Wrong("not written")

    assert earned(judged(nursery, "def f(): raise NotImplementedError", exercise(unwritten))) == [1]


SILENCES = {
    "an exit": ("import os\ndef f(): os._exit(0)", "its process has ended"),
    "a crash": ("import ctypes\ndef f(): ctypes.string_at(0)", "its process has ended"),
    "a loop": ("def f():\n    while True: pass", "it took too long"),
    "a stop": ("import os, signal\ndef f(): os.kill(os.getpid(), signal.SIGSTOP)", "it took too long"),
    "a kill of everything": ("import os\ndef f(): os.kill(-1, 9); os._exit(0)", "its process has ended"),
    "a kill of its parent": ("import os\ndef f(): os.kill(os.getppid(), 9); os._exit(0)", "its process has ended"),
    "closed descriptors": ("import os\ndef f(): os.closerange(0, 100)", "its process has ended"),
    "garbage on every descriptor": ("import os\ndef f():\n    for n in range(3, 100):\n        try: os.write(n, b'\\0\\0\\0\\5junk!')\n        except OSError: pass", "cannot be read"),
    "zeros on every descriptor": ("import os\ndef f():\n    for n in range(3, 100):\n        try: os.write(n, bytes(100))\n        except OSError: pass", "cannot be read"),
    "an answer of its own": ("import os, json\ndef f():\n    data = json.dumps({'id': '0' * 16, 'ok': 1}).encode()\n    for n in range(3, 100):\n        try: os.write(n, len(data).to_bytes(4, 'big') + data)\n        except OSError: pass", "belongs to no question"),
}  # fmt: skip


@pytest.mark.parametrize("source, reason", SILENCES.values(), ids=SILENCES)
def test_silence_earns_nothing_not_even_where_an_error_is_asked_for(impatient, source, reason):
    fine = "def g(): return 1"
    result = judged(impatient, fine, source, exercise(raises, returns(None)), "def f(): return 7", exercise(returns(7), name="other"))
    report = result.reports[2]
    assert report.earned == 0 and reason in told(report) and told(report).startswith("Your code gave no answer")
    if "everything" not in source and "kill(-1" not in source:
        assert result.reports[4].earned == 1


def test_a_check_that_swallows_the_silence_earns_nothing_either(impatient):
    def swallows(learner, ollama):
        try:
            learner.f()
        except Exception:
            return

    assert earned(judged(impatient, "import os\ndef f(): os._exit(0)", exercise(swallows))) == [0]


def test_a_crash_in_a_later_cell_leaves_the_earlier_answers(impatient):
    crash = "import ctypes; ctypes.string_at(0)"
    result = judged(impatient, "def f(): return 1", exercise(returns(1)), crash, "def f(): return 2", exercise(returns(2), name="late"))
    assert earned(result) == [1, 0] and "SIGSEGV" in result.lost and "It could not be tried: cell 3" in told(result.reports[4])


def test_a_check_that_stumbles_is_told_apart_from_a_wrong_answer(nursery):
    def stumbles(learner, ollama):
        return learner.f()["key"]

    report = judged(nursery, "def f(): return 3", exercise(stumbles)).reports[1]
    assert report.outcomes[0].status is Status.UNJUDGED and report.earned == 0


LIES = {
    "equal to everything": "class All:\n    def __eq__(s, o): return True\n    __hash__ = None\ndef f(): return All()",
    "a number that lies": "class Lie(int):\n    def __eq__(s, o): return True\n    def __int__(s): return 42\ndef f(): return Lie(1)",
    "a text that lies": "class Lie(str):\n    def __eq__(s, o): return True\n    def __str__(s): return '42'\ndef f(): return Lie('x')",
    "a list that lies": "class Lie(list):\n    def __eq__(s, o): return True\n    def __iter__(s): return iter([42])\ndef f(): return Lie([1])",
    "a class that lies": "class Lie:\n    __class__ = int\n    def __eq__(s, o): return True\ndef f(): return Lie()",
    "patched builtins": "import builtins\nbuiltins.type = lambda x: int\nbuiltins.isinstance = lambda *a: True\nclass A:\n    def __eq__(s, o): return True\ndef f(): return A()",
    "a printed result": "def f(): print(42)",
    "a displayed result": "import sys\ndef f(): sys.displayhook(42)",
    "a patched framework": "import localmodels.checks.core as c\nc.judge_one = c.run = c.run_visible = lambda *a, **k: 42\nc.Wrong = Exception\ndef f(): return 0",
    "a patched channel": "import autograder.engine.values as v\nv.encode = lambda x: {'i': '0x2b'}\ndef f(): return 0",
}


@pytest.mark.parametrize("source", LIES.values(), ids=LIES)
def test_lies_earn_nothing(nursery, source):
    assert earned(judged(nursery, source, exercise(returns(42)))) == [0]


def test_a_subclass_counts_as_what_it_extends(nursery):
    source = "class Own(dict): pass\ndef f(): return Own(a=1)"
    assert earned(judged(nursery, source, exercise(returns({"a": 1})))) == [1]


VALUES = {
    "a deep list": ("x = []\nfor _ in range(10000): x = [x]\ndef f(): return x", LearnerError),
    "a list that holds itself": ("x = []\nx.append(x)\ndef f(): return x", LearnerError),
    "a huge number": ("def f(): return 10 ** 10 ** 5", LearnerError),
    "a huge text": ("def f(): return 'x' * 50_000_000", LearnerError),
    "a very long list": ("def f(): return [0] * 5_000_000", LearnerError),
    "a function": ("def f(): return lambda: 1", Opaque("function")),
    "an object": ("def f(): return object()", Opaque("object")),
    "half a character": ("def f(): return '\\ud800'", "\ufffd"),
    "an array of objects": ("import numpy\ndef f(): return numpy.array([f])", Opaque("ndarray")),
    "not a number": ("def f(): return [float('inf'), 0.1]", [float("inf"), 0.1]),
}


@pytest.mark.parametrize("source, expected", VALUES.values(), ids=VALUES)
def test_odd_values_arrive_as_what_they_are(nursery, source, expected):
    seen = []

    def looks(learner, ollama):
        try:
            seen.append(learner.f())
        except LearnerError:
            seen.append(LearnerError)

    judged(nursery, source, exercise(looks))
    assert seen == [expected]


def test_a_generator_is_read_while_it_runs(nursery):
    def streams(learner, ollama):
        pieces = learner.f()
        first = next(pieces)
        if first != "a" or learner.value("made") != ["a"]:
            raise Wrong("one piece at a time", learner.value("made"))
        pieces.close()
        if learner.value("closed") is not True:
            raise Wrong("is closed")

    source = """
made, closed = [], False
def f():
    global closed
    try:
        for piece in "abc":
            made.append(piece)
            yield piece
    finally:
        closed = True
"""
    assert earned(judged(nursery, source, exercise(streams))) == [1]


def test_an_endless_generator_can_be_left(nursery):
    def takes_three(learner, ollama):
        stream = learner.f()
        if [next(stream) for _ in range(3)] != [0, 1, 2]:
            raise Wrong("counts")

    assert earned(judged(nursery, "import itertools\ndef f():\n    yield from itertools.count()", exercise(takes_three))) == [1]


def test_what_a_call_prints_and_does_to_its_arguments_is_seen(nursery):
    def looks(learner, ollama):
        result, after = learner.after("f", [1], extra={"a": 2})
        if (result, after, learner.printed) != (2, [[1, 9]], "hello\n"):
            raise Wrong("sees", (result, after, learner.printed))

    source = "def f(items, extra):\n    print('hello')\n    items.append(9)\n    return extra['a']"
    assert earned(judged(nursery, source, exercise(looks))) == [1]


def test_an_async_function_is_awaited(nursery):
    source = "import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    return 5"
    assert earned(judged(nursery, "await __import__('asyncio').sleep(0)", source, exercise(returns(5)))) == [1]


def test_hidden_checks_take_points_away_and_show_their_title_only(nursery):
    seen = {}

    def hidden(learner, ollama):
        """works for other numbers"""
        seen["answer"] = learner.f(77)
        raise Wrong("secret expectation 78", seen["answer"], idea="secret idea")

    def visible(learner, ollama):
        if learner.f(1) != 2:
            raise Wrong("2")

    result = judged(nursery, "def f(x): return 2", exercise(visible), guards=[("check0", make_check(hidden, 0))])
    outcome = result.reports[1].outcomes[0]
    assert outcome.earned == 0 and outcome.guard == "works for other numbers" and seen["answer"] == 2
    assert "secret" not in repr(result.reports) and "77" not in repr(result.reports)


def test_what_hidden_inputs_leave_behind_is_shown_nowhere(nursery):
    """A function that writes each input to a file and returns what others have written: the input of a guard stays unseen."""

    def hidden(learner, ollama):
        """works for other numbers"""
        learner.f("s3cret-input")
        raise Wrong("no")

    def visible(learner, ollama):
        answer = learner.f("visible")
        raise Wrong("something else", answer)

    def passes(learner, ollama):
        learner.f("visible")

    source = """
import os
def f(x):
    with open('/tmp/seen', 'a') as file: file.write(x)
    print(open('/tmp/seen').read())
    os.system('cat /tmp/seen')
    return open('/tmp/seen').read()
"""
    first, second = exercise(passes, name="first"), exercise(visible, name="second")
    result = judged(nursery, source, first, second, "print('cell')", guards=[("check0", make_check(hidden, 0))])
    assert result.reports[1].outcomes[0].guard and "visible" in told(result.reports[2])
    assert "s3cret" not in repr(result)
    assert "s3cret" not in repr(judged(nursery, "import os\nprint(os.listdir('/tmp'))"))


def test_the_lists_of_cells_may_hold_no_exercise_and_no_cell(nursery):
    assert judged(nursery).reports == {}
    assert earned(judged(nursery, exercise(returns(1)))) == [0]


def test_points_of_many_exercises_do_not_mix(nursery):
    cells = []
    for number in range(8):
        cells += [f"def f(): return {number}", exercise(returns(number), name=f"e{number}")]
    assert earned(judged(nursery, *cells)) == [1] * 8


def test_texts_of_the_learner_are_cut_and_steer_no_terminal(nursery):
    def shows(learner, ollama):
        raise Wrong("x", learner.f())

    result = judged(nursery, "def f(): return '\\x1b[31m\\u202eabc\\nnext\\x00' + 'y' * 1_000_000", exercise(shows))
    got = told(result.reports[1])
    assert got.startswith(" [31m abc\nnext y") and len(got) == 4000
    result = judged(nursery, "def f(): raise ValueError('\\x1b[31mred')", exercise(shows))
    assert "ValueError:  [31mred" in told(result.reports[1]).replace(": [", ":  [")


def test_a_cell_that_is_too_long_is_not_run_and_the_rest_is(nursery):
    result = judged(nursery, "x = '" + "a" * 10_000_000 + "'", "def f(): return 1", exercise(returns(1)))
    assert result.outputs[0][0]["ename"] == "TooLong" and earned(result) == [1]
