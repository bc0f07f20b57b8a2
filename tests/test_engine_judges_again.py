"""What later cells or other checks have spoiled is judged once more, in a box where only the cells before it have run."""

import pytest

from autograder.engine import Nursery
from localmodels.checks.core import Wrong, make_check
from tests.boxes import isolating, judged, one_check, policy, told

pytestmark = isolating


@pytest.fixture(scope="module")
def nursery():
    with Nursery(policy(call_seconds=5.0, cell_seconds=4.0), warm=False) as warm:
        yield warm


def returns(wanted):
    def judge(learner, ollama):
        """returns what is wanted"""
        if (got := learner.f()) != wanted:
            raise Wrong("what is wanted", got)

    return judge


def earned(result):
    return [report.earned for _, report in sorted(result.reports.items())]


END_ALL = "import os, signal\nos.kill(-1, signal.SIGKILL)"
FORKS = "import os, time\nwhile True:\n    try: os.fork()\n    except OSError: time.sleep(0.01)"


@pytest.mark.parametrize("spoils", [END_ALL, FORKS], ids=["ends everything", "forks without end"])
def test_a_later_cell_cannot_spoil_an_earlier_answer(nursery, spoils):
    result = judged(nursery, "def f(): return 1", one_check(returns(1), name="first"), spoils, one_check(returns(1), name="second"))
    assert earned(result)[0] == 1, told(result.reports[1])


def test_outputs_are_those_of_the_first_run(nursery):
    result = judged(nursery, "print('once')\ndef f(): return 1", one_check(returns(1)), END_ALL)
    assert [output["text"] for output in result.outputs[0]] == ["once\n"] and earned(result) == [1]


def test_an_answer_that_ends_its_own_box_earns_nothing_and_costs_nobody_else(nursery):
    source = "import os, signal\ndef f():\n    os.kill(-1, signal.SIGKILL)\n    os._exit(0)"
    result = judged(nursery, "def f(): return 1", one_check(returns(1), name="good"), source, one_check(returns(1), name="bad"))
    assert earned(result) == [1, 0]
    assert "no answer" in told(result.reports[3])


def test_an_answer_that_never_comes_is_not_waited_for_twice(nursery):
    """Its paused copy is well: nothing of it is judged again."""
    calls = []

    def waits(learner, ollama):
        """waits"""
        calls.append(1)
        learner.f()

    assert earned(judged(nursery, "def f():\n    while True: pass", one_check(waits))) == [0]
    assert len(calls) == 1


def tells(learner, ollama):
    """takes the secret word"""
    learner.f("secret")


def knows(learner, ollama):
    """knows the secret word, which nobody can honestly"""
    if "secret" not in (learner.f("") or ""):
        raise Wrong("the word")


def accepts(learner, ollama):
    """takes a word"""
    learner.f("visible")


IN_A_FILE = "def f(word):\n    with open('heard', 'a+') as file:\n        file.write(word)\n        file.seek(0)\n        return file.read()"
IN_MEMORY = "heard = []\ndef f(word):\n    heard.append(word)\n    return ''.join(heard)"


def test_hidden_checks_share_no_memory(nursery):
    guards = [("accepts", make_check(tells, 0)), ("accepts", make_check(knows, 0))]
    result = judged(nursery, IN_MEMORY, one_check(accepts), guards=guards)
    assert told(result.reports[1]) == "knows the secret word, which nobody can honestly"


@pytest.mark.parametrize(("first", "second"), [(True, True), (True, False), (False, True)])
def test_a_check_that_must_be_alone_shares_nothing_with_others(nursery, first, second):
    guards = [("accepts", make_check(tells, 0, alone=first)), ("accepts", make_check(knows, 0, alone=second))]
    result = judged(nursery, IN_A_FILE, one_check(accepts), guards=guards)
    assert earned(result) == [0]


def test_a_check_alone_confirms_honest_work(nursery):
    result = judged(nursery, "def f(word): return len(word)", one_check(accepts), guards=[("accepts", make_check(tells, 0, alone=True))])
    assert earned(result) == [1]


def test_cells_before_a_check_alone_run_once_more_and_later_ones_do_not(nursery):
    def sees(learner, ollama):
        """sees what the cells before it have left"""
        if (got := learner.f("")) != "before":
            raise Wrong("before", got)

    source = "state = 'before'\ndef f(word): return state"
    result = judged(nursery, source, one_check(accepts), "state = 'after'", guards=[("accepts", make_check(sees, 0, alone=True))])
    assert earned(result) == [1]
