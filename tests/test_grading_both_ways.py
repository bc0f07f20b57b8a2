"""`python -m autograder grade` and stock `nbgrader autograde` give the same scores, cell by cell, on all sample submissions;
and on honest ones so does a plain run of the visible checks in a Jupyter kernel, without any of our grading.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from autograder.course import Course, with_own_programs_on_path
from autograder.grading.batch import grade_all
from autograder.grading.gradebook import GradingFolder
from autograder.grading.intake import find_submissions
from autograder.grading.rooms import Rooms
from autograder.workbench import kernel_environment, silent_ollama
from tests.boxes import can_isolate
from tests.handed_in import ROOT, STUDENTS, hand_in, student

COURSE = Course(ROOT)
CLASS = [student(folder) for folder in STUDENTS]
GUARDED = ("learned_the_examples", "mixed_up_units")  # they lose points to hidden checks, which a plain run does not have
SOME = ("perfect_requests", "half_done", "misread_the_api")
HONEST = [who for who in CLASS if who.name not in GUARDED and (who.name in SOME or os.environ.get("GRADER_ALL_HONEST"))]
STOCK = """\
c = get_config()
c.CourseDirectory.course_id = "local-models"
c.CourseDirectory.source_directory = {source!r}
c.Execute.timeout = 120
"""


def rows(folder):
    """(student, notebook, cell) -> (automatic points, whether a person must look), and comments, as nbgrader tells them."""
    from nbgrader.api import Gradebook

    found = {}
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        for submission in gradebook.assignment_submissions("m13"):
            for book in submission.notebooks:
                for grade in book.grades:
                    found[submission.student_id, book.name, grade.name] = (grade.auto_score, grade.needs_manual_grade)
                for comment in book.comments:
                    found[submission.student_id, book.name, f"comment on {comment.name}"] = comment.auto_comment
    return found


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    base = tmp_path_factory.mktemp("ours")
    for who in CLASS:
        hand_in(who, base / "in")
    folder = GradingFolder(base / "out", COURSE)
    folder.open()
    grade_all(folder, find_submissions(base / "in", [path.stem for path in COURSE.lesson_files()]), Rooms(can_isolate()))
    folder.close()
    return base


def nbgrader(*words, cwd, env=None):
    run = subprocess.run([sys.executable, "-m", "nbgrader", *words], cwd=cwd, env=env or with_own_programs_on_path(), capture_output=True, text=True, timeout=1500)
    assert run.returncode == 0, run.stderr[-3000:]
    return run.stderr


def laid_out(base: Path, students) -> None:
    """Submissions as nbgrader collects them."""
    for who in students:
        hand_in(who, base / "handed-in")
        shutil.move(base / "handed-in" / who.name, base / "submitted" / who.name / "m13")


def test_nbgraders_own_command_gives_the_same_scores(ours, tmp_path):
    folder = GradingFolder(tmp_path, COURSE)
    folder.open()
    folder.close()
    laid_out(tmp_path, CLASS)
    nbgrader("autograde", "m13", *([] if can_isolate() else ["--ExecuteAndJudge.sandbox=False"]), cwd=tmp_path)
    theirs, mine = rows(tmp_path), rows(ours / "out")
    assert len(mine) > 200 and theirs == mine


def test_honest_work_gets_what_its_visible_checks_say(ours, tmp_path):
    (tmp_path / "nbgrader_config.py").write_text(STOCK.format(source=str(COURSE.solutions.parent)), encoding="utf-8")
    laid_out(tmp_path, HONEST)
    with silent_ollama() as port:
        environment = kernel_environment(tmp_path / "home", port)
        nbgrader("generate_assignment", "m13", cwd=tmp_path)
        nbgrader("autograde", "m13", cwd=tmp_path, env=environment)
    theirs = {key: points for key, points in rows(tmp_path).items() if isinstance(points, tuple)}  # their stub is another
    mine = rows(ours / "out")
    assert len(theirs) == len(HONEST) * 13
    assert theirs == {key: mine[key] for key in theirs}


def test_nbgraders_own_feedback_is_the_same_page(ours):
    out = ours / "out"
    name = "half_done/m13/02_call_a_local_model.html"
    page = (out / "feedback" / name).read_text(encoding="utf-8")
    nbgrader("generate_feedback", "m13", "--student", "half_done", "--force", cwd=out)
    theirs = (out / "feedback" / name).read_text(encoding="utf-8")
    assert theirs.strip() == str(BeautifulSoup(page, "html.parser")).strip()  # nbconvert reads each page once more
