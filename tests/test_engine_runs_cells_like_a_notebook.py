"""Cells in a box behave as in a notebook: outputs, magics, programs, threads; and no cell holds up the rest."""

import time

import pytest

from autograder.engine import Nursery
from autograder.engine.outputs import CUT, well_formed
from localmodels.checks.core import Wrong
from tests.boxes import isolating, judged, one_check, policy, printed, told

pytestmark = isolating


@pytest.fixture(scope="module")
def nursery():
    with Nursery(policy()) as warm:
        yield warm


CELLS = {
    "a value": ("x = 2\nx + 1", "{'text/plain': '3'}"),
    "magic lines": ("%time y = 1\nprint('timed')", "timed"),
    "a magic cell": ("%%capture out\nprint('kept')", ""),
    "a cell of another language": ("%%bash\necho from bash", "from bash\n"),
    "a file written and imported": ("open('helper.py', 'w').write('n = 7')\nimport helper\nprint(helper.n)", "7\n"),
    "a program": ("!echo hello {1 + 1}", "hello 2\n"),
    "a program's output": ("names = !printf 'a\\nb'\nprint(names)", "['a', 'b']\n"),
    "a program that fails": ("!false\nprint(_exit_code)", "1\n"),
    "await": ("import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    return 'waited'\nprint(await f())", "waited\n"),
    "asyncio.run": ("import asyncio\nasync def f(): return 'ran'\nprint(asyncio.run(f()))", "ran\n"),
    "a subprocess": ("import subprocess, sys\nprint(subprocess.run([sys.executable, '-c', 'print(5)'], capture_output=True, text=True).stdout)", "5\n\n"),
    "what programs print": ("import os\nos.system('echo loose')\nNone", "loose\n"),
    "a thread pool": ("from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor() as p: print(list(p.map(abs, [-1, -2])))", "[1, 2]\n"),
    "processes": ("import multiprocessing as m\nwith m.get_context('fork').Pool(2) as p: print(p.map(abs, [-1, -2]))", "[1, 2]\n"),
    "a queue between processes": ("import multiprocessing as m\nc = m.get_context('fork')\nq = c.Queue()\np = c.Process(target=q.put, args=(3,))\np.start(); print(q.get(timeout=30)); p.join()", "3\n"),
    "numbers": ("import numpy as np\nprint(np.eye(2).sum())", "2.0\n"),
    "random numbers": ("import random, tempfile, uuid\nprint(random.random() < 1, len(str(uuid.uuid4())), bool(tempfile.mkdtemp()))", "True 36 True\n"),
    "an exit": ("exit()\nprint('still here')", "still here\n"),
    "standard error": ("import sys\nprint('e', file=sys.stderr)", "e\n"),
    "its own name": ("print(__name__)", "__main__\n"),
    "a function's source": ("def f(): return 1", ""),
    "widgets": ("import ipywidgets\nw = ipywidgets.IntSlider(3)\nw.value = 4\nprint(w.value)", "4\n"),
}  # fmt: skip


@pytest.mark.parametrize("source, expected", CELLS.values(), ids=CELLS)
def test_works_as_in_a_notebook(nursery, source, expected):
    said = printed(nursery, source)
    assert said == expected or (expected == "timed" and said.endswith("timed\n"))


def outputs(nursery, *cells):
    result = judged(nursery, *cells)
    assert not result.lost
    return [result.outputs[index] for index in range(len(cells))]


def test_outputs_come_in_the_order_of_their_making(nursery):
    source = "from IPython.display import HTML, display\nprint('one')\ndisplay(HTML('<b>two</b>'))\nprint('three')\n'four'"
    (found,) = outputs(nursery, source)
    assert [output["output_type"] for output in found] == ["stream", "display_data", "stream", "execute_result"]
    assert found[1]["data"]["text/html"] == "<b>two</b>" and found[3]["execution_count"] == 1


def test_a_picture_is_kept_as_text(nursery):
    (found,) = outputs(nursery, "from IPython.display import Image\nImage(data=b'\\x89PNG\\r\\n\\x1a\\n....', format='png')")
    assert found[0]["data"]["image/png"].startswith("iVBOR")


def test_an_error_is_shown_with_its_line_and_the_next_cell_runs(nursery):
    first, second = outputs(nursery, "def f(x):\n    return 1 / x\nf(0)", "print('next')")
    assert first[0]["ename"] == "ZeroDivisionError" and any("return 1 / x" in line for line in first[0]["traceback"])
    assert second[0]["text"] == "next\n"


def test_a_cell_that_is_no_python_is_an_error(nursery):
    (found,) = outputs(nursery, "def (:")
    assert found[0]["ename"] == "SyntaxError"


@pytest.mark.parametrize("name", ["input", "getpass.getpass"])
def test_a_question_to_the_keyboard_is_answered_with_a_sentence(nursery, name):
    (found,) = outputs(nursery, f"import getpass\n{name}('Your name?')")
    assert found[0]["ename"] == "EOFError" and "nobody" in found[0]["evalue"]


def test_reading_the_keyboard_does_not_wait(nursery):
    assert printed(nursery, "import sys\nprint(repr(sys.stdin.read()))") == "''\n"


def test_a_module_beside_the_notebook_does_not_take_the_place_of_a_real_one(nursery):
    first, second = outputs(nursery, "open('statistics.py', 'w').write('mean = 1'); None", "import statistics\nprint(statistics.mean([1, 3]))")
    assert second[0]["text"] == "2\n"


@pytest.fixture(scope="module")
def impatient():
    with Nursery(policy(cell_seconds=1.0), warm=False) as warm:
        yield warm


LOOPS = {
    "a loop": "while True: pass",
    "a sleep": "import time; time.sleep(1000)",
    "a wait for a program": "!sleep 1000",
    "a wait for itself": "import threading; threading.Event().wait()",
    "a loop that passes over errors": "while True:\n    try: x = 1\n    except Exception: pass",
    "an endless await": "import asyncio\nawait asyncio.Event().wait()",
    "a loop that prints": "while True: print('x' * 1000)",
}


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)
def test_an_endless_cell_is_interrupted_and_the_next_one_runs(impatient, loop):
    first, second = outputs(impatient, loop, "print('next')")
    assert "stopped after 1 seconds" in first[-1]["evalue"]
    assert second[-1]["text"] == "next\n"


def test_a_cell_that_ignores_interruptions_ends_the_notebook_with_the_reason(impatient):
    started = time.monotonic()
    result = judged(impatient, "print('before')", "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass", "print('after')")
    assert result.lost == "cell 2 was the last that ran: it ran on after its time was up" and list(result.outputs) == [0]
    assert time.monotonic() - started < 60


def test_all_cells_together_have_a_limit():
    with Nursery(policy(total_seconds=2.0, cell_seconds=1.0), warm=False) as warm:
        result = judged(warm, *["import time; time.sleep(0.9)"] * 8)
    assert "all cells together took longer than 2 seconds" in result.lost and len(result.outputs) < 8


ENDINGS = {
    "import os; os._exit(3)": "it ended itself with exit code 3",
    "import os; os.kill(os.getpid(), 9)": "its process has ended",
    "import ctypes; ctypes.string_at(0)": "SIGSEGV",
    "import os; os.abort()": "SIGABRT",
    "import os, signal; os.kill(os.getpid(), signal.SIGTERM)": "SIGTERM",
}


@pytest.mark.parametrize("source, reason", ENDINGS.items(), ids=ENDINGS)
def test_a_process_that_ends_itself_is_told_apart(impatient, source, reason):
    assert reason in judged(impatient, source, "1").lost


def test_a_process_that_stops_itself_is_ended(impatient):
    assert "its time was up" in judged(impatient, "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)").lost


def test_long_outputs_are_cut(nursery):
    (found,) = outputs(nursery, "for i in range(100000): print('x' * 100)")
    assert len(found) == 1 and len(found[0]["text"]) < 250_000 and found[0]["text"].endswith(CUT)
    (found,) = outputs(nursery, "import sys\nsys.stdout.write('y' * 10_000_000)\nNone")
    assert len(found[0]["text"]) < 250_000
    (found,) = outputs(nursery, "import os\nfor i in range(1000): os.write(1, b'z' * 10000)")
    assert len(found[0]["text"]) < 250_000 and found[0]["text"].endswith(CUT)
    (found,) = outputs(nursery, "for i in range(10000): display(i)")
    assert len(found) <= 100


def test_the_same_cells_give_the_same_outputs(nursery):
    source = "import random, numpy\nprint(random.random(), numpy.random.rand(), hash('a'), {'b', 'a', 'c'})"
    assert printed(nursery, source) == printed(nursery, source)


FORGED = [
    {"output_type": "stream", "name": "stdin", "text": "x"},
    {"output_type": "stream", "name": "stdout", "text": ["x"]},
    {"output_type": "display_data", "data": {"application/x-python": "x", "text/plain": 3}},
    {"output_type": "execute_result", "data": "x"},
    {"output_type": "update_display_data", "data": {"text/plain": "x"}},
    {"data": 1}, "text", None, 7, [[]],
]  # fmt: skip


def test_outputs_of_no_known_form_are_dropped():
    assert well_formed(FORGED, b"", 1000) == []
    assert well_formed({"output_type": "stream"}, b"", 1000) == []


def test_what_is_kept_of_an_output_is_built_anew():
    told = [{"output_type": "execute_result", "data": {"text/plain": "a\ud800", "x": "y"}, "metadata": {"nbgrader": 1}, "execution_count": -5, "points": 10},
            {"output_type": "error", "ename": "E" * 1000, "evalue": 3, "traceback": ["line", 4]}]  # fmt: skip
    result, error = well_formed(told, b"\xff", 10_000)[:2]
    assert result == {"output_type": "execute_result", "data": {"text/plain": "a\ufffd"}, "metadata": {}, "execution_count": None}
    assert error == {"output_type": "error", "ename": "E" * 80, "evalue": "", "traceback": ["line", ""]}


def test_a_pool_of_threads_that_a_cell_has_used_works_in_checks_too(nursery):
    source = """
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(2)
list(pool.map(abs, [-1, -2, -3]))
def f(): return list(pool.map(abs, [-4, -5, -6]))
"""

    def calls(learner, ollama):
        """works in threads"""
        if (got := learner.f()) != [4, 5, 6]:
            raise Wrong("4, 5, 6", got)

    result = judged(nursery, source, one_check(calls))
    assert result.reports[1].earned == 1, told(result.reports[1])
