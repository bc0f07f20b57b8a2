"""Run from top to bottom by nbval: released notebooks fail in graded cells alone, solved ones nowhere, and nbval looks."""

import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.workbench import practice_environment

ROOT = Path(__file__).parent.parent
COURSE = Course(ROOT)
SANITISE = ["--nbval-sanitize-with", str(ROOT / "tests" / "nbval_sanitize.cfg")]
NOTEBOOKS = sorted(COURSE.notebooks.glob("*.ipynb"))


def nbval(notebook: Path, home: Path, *options: str) -> set[int]:
    """Numbers of the code cells of a notebook that fail under nbval, with a practice server of its own."""
    report = home / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, f"--junitxml={report}", str(notebook)]
    with practice_environment(home) as environment:
        environment = {name: value for name, value in environment.items() if not name.startswith("PYTEST")}
        subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, timeout=300)
    cases = list(ElementTree.parse(report).iter("testcase"))
    assert len(cases) == len(code_cells(notebook))
    return {int(case.get("name").split()[-1]) for case in cases if len(case)}


def code_cells(notebook: Path) -> list[dict]:
    return [cell for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]


def test_there_are_notebooks_to_run():
    assert [path.stem for path in NOTEBOOKS] == [path.stem for path in COURSE.lesson_files()]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_in_a_released_notebook_exactly_the_graded_cells_fail(notebook, tmp_path):
    graded = {
        number for number, cell in enumerate(code_cells(notebook)) if cell["metadata"].get("nbgrader", {}).get("grade")
    }
    assert graded
    assert nbval(notebook, tmp_path, "--nbval-lax") == graded


def test_a_stored_output_that_is_not_what_the_cell_gives_is_noticed(tmp_path):
    notebook = tmp_path / "m13" / "00_start_here.ipynb"
    shutil.copytree(COURSE.solutions, notebook.parent)
    text = notebook.read_text(encoding="utf-8")
    first = next(number for number, cell in enumerate(code_cells(notebook)) if cell["outputs"])
    assert text.count("answers at http") == 1
    notebook.write_text(text.replace("answers at http", "answered at http"), encoding="utf-8")
    assert nbval(notebook, tmp_path, "--nbval", *SANITISE) == {first}


def test_each_sanitising_rule_has_its_reason_and_there_are_few():
    text = (ROOT / "tests" / "nbval_sanitize.cfg").read_text(encoding="utf-8")
    reasons = [line for line in text.splitlines() if line.startswith("[")]
    assert len(reasons) == text.count("\nregex:") <= 5
    assert all(len(reason.split()) >= 6 for reason in reasons)


def test_the_environment_of_a_test_is_not_the_one_of_the_person_who_runs_it(tmp_path, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:1")
    monkeypatch.setenv("OLLAMA_HOST", "somewhere.example")
    with practice_environment(tmp_path) as environment:
        assert "HTTP_PROXY" not in environment and "OLLAMA_HOST" not in environment
        assert environment["LOCALMODELS_HOME"] != os.environ.get("LOCALMODELS_HOME")
