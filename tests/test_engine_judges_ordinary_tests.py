"""Cells of asserts that an instructor wrote are judged too, from the judge's side."""

import pytest

from autograder.engine import AssertCell, Nursery
from tests.boxes import isolating, judged, policy

pytestmark = isolating
LEARNER = """
import numpy
limit = 5
def double(x):
    if x < 0:
        raise ValueError('negative')
    return 2 * x
def ends(): __import__('os')._exit(0)
def ring(): raise KeyError('k')
def own():
    class Own(Exception): pass
    raise Own('mine')
def array(): return numpy.arange(3)
def count():
    yield from range(3)
def unwritten(): raise NotImplementedError
class Equal:
    def __eq__(self, other): return True
def equal(): return Equal()
math = None
"""
NAMES = ("double", "limit", "ends", "ring", "own", "array", "count", "unwritten", "equal", "missing")


@pytest.fixture(scope="module")
def nursery():
    with Nursery(policy(cell_seconds=15.0), warm=False) as cold:
        yield cold


def result(nursery, source, **given):
    report = judged(nursery, LEARNER, AssertCell("test-1", source, NAMES, 4.0, **given)).reports[1]
    assert report.points == 4.0
    return report.earned, report.outcomes[-1].got, report.outcomes[-1].guard


PASSING = {
    "calls": "assert double(3) == 6 and double(x=2.5) == 5.0",
    "values": "assert limit == 5",
    "errors that are asked for": "try:\n    double(-1)\nexcept ValueError as error:\n    assert str(error) == 'negative'\nelse:\n    raise AssertionError",
    "errors of the learner's own": "try:\n    own()\nexcept RuntimeError as error:\n    assert 'Own' in str(error)",
    "errors with a key": "try:\n    ring()\nexcept KeyError: pass",
    "arrays": "import numpy as np\nassert (array() == np.arange(3)).all()",
    "generators": "assert list(count()) == [0, 1, 2]",
    "several lines and a loop": "for n in range(5):\n    assert double(n) == n + n",
    "not written": "try:\n    unwritten()\nexcept NotImplementedError: pass",
}


@pytest.mark.parametrize("source", PASSING.values(), ids=PASSING)
def test_a_test_that_raises_nothing_gives_all_points(nursery, source):
    assert result(nursery, source) == (4.0, "", "")


FAILING = {
    "assert double(3) == 7, 'three doubled is six'": "three doubled is six",
    "assert double(3) == 7": "An assertion does not hold: assert double(3) == 7",
    "double(-1)": "ValueError: negative",
    "unwritten()": "NotImplementedError",
    "missing()": "NameError: name 'missing' is not defined",
    "ends()": "Your code gave no answer: its process has ended.",
    "try:\n    ends()\nexcept Exception: pass": "Your code gave no answer: its process has ended.",
    "assert equal() == 3": "An assertion does not hold",
    "exit(0)": "SystemExit",
    "import os; os._exit(0)": "Your code gave no answer",
    "def (": "SyntaxError",
}


@pytest.mark.parametrize("source, message", FAILING.items(), ids=FAILING)
def test_a_test_that_fails_gives_none_and_tells_why(nursery, source, message):
    earned, told, _ = result(nursery, source)
    assert earned == 0 and message in told


def test_a_hidden_test_tells_nothing(nursery):
    assert result(nursery, "assert double(21) == 43, 'secret 43'", hidden=True) == (0.0, "", "a hidden test")


def test_names_are_the_tests_own_unless_the_solution_binds_them(nursery):
    assert result(nursery, "import math\nassert math.sqrt(limit * 5) == 5") == (4.0, "", "")
    assert result(nursery, "assert helper(double(1)) == 3", setup=("def helper(x): return x + 1", "boom(")) == (4.0, "", "")


def test_a_number_at_the_end_is_the_points(nursery):
    assert result(nursery, "2.5") == (2.5, "The test gave a part of the points.", "")
    assert result(nursery, "99")[0] == 4.0 and result(nursery, "-1")[0] == 0.0
    earned, told, _ = result(nursery, "float('nan')")
    assert earned == 0 and "no number of points" in told


def test_a_test_without_an_end_is_ended(nursery):
    with Nursery(policy(cell_seconds=1.0), warm=False) as hasty:
        earned, told, _ = result(hasty, "while True: pass")
    assert earned == 0 and "too long" in told


def test_a_place_that_was_not_reached_says_so(nursery):
    report = judged(nursery, "import os; os._exit(1)", AssertCell("t", "assert True", (), 1.0)).reports[1]
    assert report.earned == 0 and "could not be tried" in report.outcomes[0].got


def test_tests_start_from_the_state_at_their_place(nursery):
    cells = ["x = 1", AssertCell("a", "assert x == 1", ("x",), 1.0), "x = 2", AssertCell("b", "assert x == 2", ("x",), 1.0)]
    assert [report.earned for report in judged(nursery, *cells).reports.values()] == [1.0, 1.0]
