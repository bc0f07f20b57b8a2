"""From solved to released: nbgrader takes solutions out, locks cells, and does the same from its own command."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.building.files import as_text, build, chosen_lessons, differences, write
from autograder.building.source import read_lesson
from autograder.building.strip import student_versions
from autograder.course import Course, Problem, with_own_programs_on_path
from tests.toy_course import toy_course, toy_exercises

ROOT = Path(__file__).parent.parent


@pytest.fixture
def released(tmp_path):
    course = toy_course(tmp_path)
    lesson = read_lesson(course.lesson_files()[0], toy_exercises())
    return json.loads(student_versions({lesson.name: as_text(lesson.notebook)})[lesson.name])


def test_the_solution_is_replaced_by_a_stub(released):
    source = "".join(released["cells"][2]["source"])
    assert source == (
        'def double(x):\n    """Twice x."""\n    # YOUR CODE HERE\n    raise NotImplementedError("not written yet")'
    )


def test_graded_cells_are_locked_and_carry_a_checksum(released):
    check = released["cells"][3]
    assert (check["metadata"]["deletable"], check["metadata"]["editable"]) == (False, False)
    assert len(check["metadata"]["nbgrader"]["checksum"]) == 32


def test_a_build_is_written_once_and_then_found_unchanged(tmp_path):
    course = toy_course(tmp_path)
    made = build(course, course.lesson_files(), toy_exercises(), execute=False)
    assert differences(course, made, whole=True) == [f"{path} is missing." for path in made]
    write(course, made, whole=True)
    assert differences(course, made, whole=True) == []


def test_a_changed_cell_is_named(tmp_path):
    course = toy_course(tmp_path)
    made = build(course, course.lesson_files(), toy_exercises(), execute=False)
    write(course, made, whole=True)
    notebook = course.notebooks / "99_toys.ipynb"
    notebook.write_text(notebook.read_text(encoding="utf-8").replace("before", "after"), encoding="utf-8")
    (told,) = differences(course, made, whole=True)
    assert told == f"{notebook.relative_to(course.root)} differs, first in the source of cell 99-002."


def test_a_notebook_whose_lesson_is_gone_is_removed(tmp_path):
    course = toy_course(tmp_path)
    made = build(course, course.lesson_files(), toy_exercises(), execute=False)
    course.notebooks.mkdir(parents=True)
    (course.notebooks / "98_gone.ipynb").write_text("{}", encoding="utf-8")
    assert any("98_gone.ipynb is made by no lesson" in told for told in differences(course, made, whole=True))
    write(course, made, whole=True)
    assert [path.name for path in course.notebooks.glob("*.ipynb")] == ["99_toys.ipynb"]


def test_a_lesson_is_found_by_path_or_number_and_a_wrong_one_is_told(tmp_path):
    course = toy_course(tmp_path)
    assert chosen_lessons(course, ["lessons/99_toys.py"]) == chosen_lessons(course, ["99"]) == course.lesson_files()
    with pytest.raises(Problem, match="'42' names no single lesson. There are: 99_toys"):
        chosen_lessons(course, ["42"])


def test_nbgraders_own_command_makes_the_same_notebooks_from_the_committed_files(tmp_path):
    for name in ("solutions", "autograder"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "README.md"))
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "m13"]
    run = subprocess.run(command, cwd=tmp_path, env=with_own_programs_on_path(), capture_output=True, text=True, timeout=400)
    assert run.returncode == 0, run.stderr
    made, committed = Course(tmp_path).notebooks, Course(ROOT).notebooks
    names = sorted(path.relative_to(committed) for path in committed.rglob("*") if path.is_file())
    assert names and names == sorted(path.relative_to(made) for path in made.rglob("*") if path.is_file())
    for name in names:
        assert (made / name).read_bytes() == (committed / name).read_bytes(), name
