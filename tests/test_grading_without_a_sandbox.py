"""Grading without a sandbox is possible on request, gives the same points, and is written down wherever results are.

The superuser tests this as an ordinary user: boxes that are none can only be given to a user whose Python all can read.
"""

import json
import os
import sys

import pytest

from autograder.cli import main
from tests.boxes import as_stranger, as_superuser
from tests.small_class import FULL, LESSON, hand_in, notebook

as_ordinary_user = pytest.mark.skipif(os.geteuid() == 0, reason="the superuser runs this file again as an ordinary user")


@as_superuser
def test_these_tests_pass_as_an_ordinary_user():
    done = as_stranger(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", __file__)
    assert done.returncode == 0 and " passed" in done.stdout, done.stdout + done.stderr


@as_ordinary_user
def test_without_a_sandbox_every_record_says_so(tmp_path, capsys):
    hand_in(tmp_path / "in", "anna", notebook())
    assert main(["grade", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--no-sandbox", "--results", str(tmp_path / "r.json")]) == 0
    said = capsys.readouterr()
    assert "learners' code sees what your user sees" in said.err
    assert "Sandbox: C: not isolated." in said.out
    (result,) = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert (result["sandbox"], result["points"]) == ("C: not isolated", FULL)
    assert "C: not isolated" in (tmp_path / "out" / "results.csv").read_text(encoding="utf-8")
    assert "Graded without a sandbox." in (tmp_path / "out" / "feedback" / "anna" / "m13" / f"{LESSON}.html").read_text(encoding="utf-8")
    assert "C: not isolated" in (tmp_path / "out" / "autograded" / "anna" / "m13" / f"{LESSON}.ipynb").read_text(encoding="utf-8")
