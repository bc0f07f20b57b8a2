"""A grader may be killed at any moment, and two may be started at once: the gradebook is the same in the end.

GRADER_KILLS=50 kills as often as that; the usual run kills a few times.
"""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from autograder.course import Problem
from autograder.grading.lock import NAME, only_grader_in
from tests.boxes import isolating
from tests.small_class import ROOT, small_class, what_is_in

KILLS = int(os.environ.get("GRADER_KILLS", "4"))
ENDS_SECONDS = 600


def grader(handed_in, out, *options):
    command = [sys.executable, "-m", "autograder", "grade", str(handed_in), "--out", str(out), *options]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run_to_the_end(handed_in, out, *options):
    process = grader(handed_in, out, *options)
    said, complained = process.communicate(timeout=ENDS_SECONDS)
    assert process.returncode == 0, said + complained
    return said


def kill_soon(process, dice):
    """Kill -9: now and then while it starts, else after a few results."""
    if dice.random() < 0.2:
        time.sleep(dice.uniform(0.5, 5))
    else:
        for _ in range(dice.randint(1, 2)):
            process.stdout.readline()
        time.sleep(dice.uniform(0, 0.3))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


@isolating
def test_the_gradebook_of_a_killed_grader_is_that_of_an_undisturbed_one(tmp_path):
    dice, kills, runs = random.Random(7), 0, 0
    small_class(tmp_path / "in", max(8, KILLS * 2))
    run_to_the_end(tmp_path / "in", tmp_path / "undisturbed", "--workers", "1")
    while kills < KILLS and runs < 3 * KILLS:
        runs += 1
        kills += kill_soon(grader(tmp_path / "in", tmp_path / "disturbed", "--workers", "2"), dice)
    assert kills == min(KILLS, runs) or runs == 3 * KILLS
    said = run_to_the_end(tmp_path / "in", tmp_path / "disturbed")
    assert "(as before)" in said, "a grader that goes on keeps what was done"
    assert what_is_in(tmp_path / "disturbed") == what_is_in(tmp_path / "undisturbed")


def test_a_second_grader_says_that_the_first_is_at_work(tmp_path):
    with only_grader_in(tmp_path):
        with pytest.raises(Problem, match=rf"Another grader \(process {os.getpid()}\) is at work"):
            with only_grader_in(tmp_path):
                pass


def test_the_lock_of_a_grader_that_is_gone_holds_nobody_up(tmp_path):
    (tmp_path / NAME).write_text("999999\n", encoding="ascii")
    with only_grader_in(tmp_path):
        assert (tmp_path / NAME).read_text(encoding="ascii") == f"{os.getpid()}\n"
    assert (tmp_path / NAME).read_text(encoding="ascii") == ""
