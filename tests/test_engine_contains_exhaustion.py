"""Whatever a learner's code uses up, it is its own share: the grader goes on, earlier answers count, nothing is left."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.engine import Nursery
from autograder.engine.watching import descendants
from localmodels.checks.core import Wrong
from tests.boxes import ROOT, isolating, judged, one_check, policy, printed

pytestmark = isolating
MEMORY = 300  # MB for all of a box in these tests
MIB = 2**20


@pytest.fixture(scope="module")
def nursery():
    tight = policy(tree_memory=MEMORY * MIB, processes=60, cell_seconds=20.0, cpu_seconds=30)
    with Nursery(tight, warm=False) as cold:
        yield cold


@pytest.fixture(scope="module")
def hasty():
    with Nursery(policy(processes=60, cell_seconds=4.0), warm=False) as cold:
        yield cold


def answers(learner, ollama):
    """answers"""
    if learner.f() != 1:
        raise Wrong("1")


def survives(nursery, source, *, reason=""):
    """Judge a notebook that answers, then misbehaves; returns the result after looking at what must hold."""
    result = judged(nursery, "def f(): return 1", one_check(answers), source, "print('next')")
    assert result.reports[1].earned == 1, (result.lost, result.outputs)
    assert reason in result.lost
    assert nobody_left(nursery)
    return result


def nobody_left(nursery) -> bool:
    """Whether the warm process has no living descendants."""
    below = [pid for pid, _ in descendants(nursery._process.pid)][1:]
    return not [pid for pid in below if "zombie" not in Path(f"/proc/{pid}/status").read_text().split("State:")[1][:20]]


MEMORY_BOMBS = {
    "one process": "x = []\nwhile True: x.append(bytearray(8_000_000))",
    "pages that are touched slowly": "x = bytearray(3_000_000_000)",
    "arrays": "import numpy\nx = [numpy.ones(1_000_000) for _ in range(1000)]",
    "a child": "import os, time\nif os.fork() == 0:\n    x = []\n    while True: x.append(bytearray(8_000_000))\ntime.sleep(6)",
    "many children": "import os, time\nfor _ in range(12):\n    if os.fork() == 0:\n        x = bytearray(100_000_000); time.sleep(60)\ntime.sleep(6)",
    "a child of a thread": "import os, threading, time\ndef bomb():\n    if os.fork() == 0:\n        x = []\n        while True: x.append(bytearray(8_000_000))\n    time.sleep(6)\nt = threading.Thread(target=bomb); t.start(); t.join()",
    "a shared mapping": "import mmap\nx = []\nfor n in range(100): x.append(mmap.mmap(-1, 50_000_000)); x[-1].write(b'x' * 50_000_000)",
    "a copy of what a fork shares": "import os, time\nx = bytearray(120_000_000)\nfor _ in range(8):\n    if os.fork() == 0:\n        for n in range(0, len(x), 4096): x[n] = 1\n        time.sleep(60)\ntime.sleep(8)",
}


@pytest.mark.parametrize("bomb", MEMORY_BOMBS.values(), ids=MEMORY_BOMBS)
def test_memory_is_bounded(nursery, bomb):
    result = judged(nursery, bomb)
    assert result.peak_memory < 4 * MEMORY * MIB
    assert nobody_left(nursery)


def test_a_cell_that_takes_too_much_memory_leaves_earlier_answers(nursery):
    survives(nursery, MEMORY_BOMBS["one process"], reason=f"more memory than it may, {MEMORY} MB")


def test_an_absurd_request_for_memory_is_an_error_of_its_cell(nursery):
    result = survives(nursery, "x = bytearray(10 ** 12)")
    assert result.outputs[2][0]["ename"] == "MemoryError" and result.outputs[3][0]["text"] == "next\n"


PROCESS_BOMBS = {
    "forks": "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
    "forks that leave their group": "import os\nwhile True:\n    try:\n        if os.fork() == 0: os.setsid()\n    except OSError: pass",
    "threads": "import threading, time\ntry:\n    while True: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\nexcept RuntimeError: print('no more')",
    "children that stay": "import subprocess\nfor _ in range(10): subprocess.Popen(['sleep', '1000'], start_new_session=True)",
    "children that ignore signals": "import os, signal, time\nfor s in range(1, 65):\n    try: signal.signal(s, signal.SIG_IGN)\n    except (OSError, ValueError): pass\nif os.fork() == 0:\n    os.setsid()\n    while True: time.sleep(1)",
}


@pytest.mark.parametrize("bomb", PROCESS_BOMBS.values(), ids=PROCESS_BOMBS)
def test_processes_are_bounded_and_none_is_left(hasty, bomb):
    result = judged(hasty, "def f(): return 1", one_check(answers), bomb)
    assert result.seconds < 120
    assert nobody_left(hasty)


FILLS = {
    "a file": "with open('big', 'wb') as f:\n    while True: f.write(bytes(1_000_000))",
    "many files": "n = 0\nwhile True:\n    open(f'/tmp/{n}', 'w').close(); n += 1",
    "many folders": "import os\nn = 0\nwhile True: os.mkdir(f'd{n}'); n += 1",
    "shared memory": "with open('/dev/shm/x', 'wb') as f:\n    while True: f.write(bytes(1_000_000))",
    "a file with a hole": "with open('hole', 'wb') as f: f.truncate(10 ** 13)",
    "file after file": "n = 0\nwhile True:\n    with open(f'/tmp/{n}', 'wb') as f: f.write(bytes(5_000_000))\n    n += 1",
    "open files": "x = [open('/dev/null') for _ in range(10 ** 6)]",
    "deep folders": "import os\nwhile True: os.mkdir('d'); os.chdir('d')",
}


@pytest.mark.parametrize("fill", FILLS.values(), ids=FILLS)
def test_a_full_disk_is_an_error_of_its_cell(nursery, fill):
    result = survives(nursery, fill)
    assert result.outputs[2][-1]["ename"] == "OSError" and result.outputs[3][0]["text"] == "next\n"


def test_sockets_are_bounded(nursery):
    result = judged(nursery, "import socket, time\nx = []\nimport os\nfor _ in range(6):\n    if os.fork() == 0:\n        x = [socket.socketpair() for _ in range(100)]\n        time.sleep(60)\ntime.sleep(60)")
    assert "more sockets than it may" in result.lost


def test_processor_time_of_all_together_is_bounded():
    busy = "import os\nfor _ in range(6): os.fork()\nwhile True: pass"
    with Nursery(policy(cpu_seconds=4, cell_seconds=120.0), warm=False) as cold:
        started = time.monotonic()
        result = judged(cold, busy)
        assert result.lost and time.monotonic() - started < 100
        assert nobody_left(cold)


def test_output_floods_are_bounded(nursery):
    flood = "import os, threading\nblock = b'x' * 65536\ndef go():\n    while True: os.write(1, block)\nfor _ in range(4): threading.Thread(target=go, daemon=True).start()\nimport time; time.sleep(2)"
    result = survives(nursery, flood)
    assert sum(len(output.get("text", "")) for output in result.outputs[2]) < 250_000


GRADER = """
from tests.boxes import policy, judged
from autograder.engine import Nursery
cell = "import subprocess, sys, time\\nsubprocess.Popen(['sleep', '1000'], start_new_session=True)\\ntime.sleep(1000)"
with Nursery(policy(cell_seconds=500.0), warm=False) as own:
    judged(own, cell)
"""


def test_nothing_survives_the_judge_who_is_killed():
    """A grader that dies takes its boxes with it."""
    grader = subprocess.Popen([sys.executable, "-c", GRADER], cwd=ROOT)
    below = wait_for(lambda: found if len(found := [pid for pid, _ in descendants(grader.pid)]) >= 6 else [])
    grader.kill()
    grader.wait()
    assert len(below) >= 6 and wait_for(lambda: not [pid for pid in below[1:] if alive(pid)])


def alive(pid: int) -> bool:
    try:
        return "zombie" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def wait_for(action, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not (found := action()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def test_the_grader_keeps_no_descriptor_and_no_process_per_submission(nursery):
    def held():
        return len(os.listdir("/proc/self/fd"))

    printed(nursery, "1")
    before = held()
    for _ in range(5):
        judged(nursery, "def f(): return 1", one_check(answers))
    assert held() == before


def test_a_warm_process_that_was_ended_is_started_again():
    with Nursery(policy(), warm=False) as own:
        printed(own, "1")
        own._process.kill()
        assert own._process.has_ended(5)
        assert printed(own, "print('again')") == "again\n"
