"""The committed notebooks are what a build gives today: executed again, byte for byte."""

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.course import Course
from localmodels import facts

ROOT = Path(__file__).parent.parent
LESSONS = [path.stem for path in Course(ROOT).lesson_files()]


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_fresh_build_gives_the_committed_bytes(lesson):
    command = [sys.executable, "-m", "autograder", "build", "--check", lesson]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "are what a fresh build gives" in run.stdout


def test_nothing_lies_beside_them_that_no_lesson_makes():
    course = Course(ROOT)
    for folder in (course.notebooks, course.solutions):
        assert sorted(path.stem for path in folder.glob("*.ipynb")) == LESSONS
        assert {path.name for path in folder.iterdir() if path.suffix != ".ipynb"} <= {"figures", ".ipynb_checkpoints"}


def test_the_page_about_the_solutions_names_the_contract_and_the_model_of_today():
    page = (ROOT / "solutions" / "README.md").read_text(encoding="utf-8")
    assert f"version {facts.value('ollama.version')} " in page
    assert f"ollama pull {facts.value('models.default')}\n" in page
