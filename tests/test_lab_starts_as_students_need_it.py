"""The settings with which students start JupyterLab: everywhere the same, and without nbgrader's menus."""

from localmodels.lab_config import NBGRADER, NEWS, without_distractions
from tests.lessons import ROOT

STUDENTS = "--config=localmodels/lab_config.py"


def test_every_way_to_start_is_the_students_one():
    for name in ("Makefile", "README.md", "autograder/templates/students.md"):
        lines = [line for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if "jupyter lab " in line]
        assert lines and all(STUDENTS in line.replace("\\", "/") for line in lines), name


def test_nbgrader_and_the_news_are_switched_off_and_nothing_else():
    off = {"disabledExtensions": ["x", NBGRADER, NEWS], "a": 1}
    assert without_distractions(None, {"disabledExtensions": ["x"], "a": 1}) == off
    assert without_distractions(None, {}) == {"disabledExtensions": [NBGRADER, NEWS]}
