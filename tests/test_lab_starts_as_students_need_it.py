"""The settings with which students start JupyterLab: everywhere the same, and without nbgrader's menus."""

from localmodels.lab_config import NBGRADER, without_nbgrader
from tests.lessons import ROOT

STUDENTS = "--config=localmodels/lab_config.py"


def test_every_way_to_start_is_the_students_one():
    for name in ("Makefile", "README.md", "autograder/templates/students.md"):
        lines = [line for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if "jupyter lab " in line]
        assert lines and all(STUDENTS in line.replace("\\", "/") for line in lines), name


def test_only_nbgrader_is_switched_off():
    assert without_nbgrader(None, {"disabledExtensions": ["x"], "a": 1}) == {"disabledExtensions": ["x", NBGRADER], "a": 1}
    assert without_nbgrader(None, {}) == {"disabledExtensions": [NBGRADER]}
