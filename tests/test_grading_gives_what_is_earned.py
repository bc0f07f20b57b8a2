"""Sample students are graded as a whole class, by the command an instructor types: points, words, and nothing hidden."""

import ast
import csv
import html
import inspect
import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder import hidden
from autograder.course import Course, with_own_programs_on_path
from localmodels.checks import exercises
from tests.handed_in import ROOT, STUDENTS, hand_in, student

CLASS = [student(folder) for folder in STUDENTS]
TAUGHT = [path.stem[:2] for path in Course(ROOT).lesson_files()]
EXERCISES = {name: one for name, one in exercises().items() if one.lesson in TAUGHT}
SOLVED = "solved"  # the instructor's own notebooks, handed in as a student would


@dataclass(frozen=True)
class Graded:
    """What one run of the command left behind."""

    folder: Path
    run: subprocess.CompletedProcess

    @property
    def rows(self):
        with open(self.folder / "results.csv", newline="", encoding="utf-8") as file:
            return {row["student"]: row for row in csv.DictReader(file)}

    def results(self, who):
        every = json.loads((self.folder / "results.json").read_text(encoding="utf-8"))
        return next(result for result in every if result["student"] == who)

    def feedback(self, who, exercise):
        """The text of the feedback page on one exercise."""
        (page,) = (self.folder / "feedback" / who / "m13").glob(f"{EXERCISES[exercise].lesson}_*.html")
        sections = re.split(r"<h2>(\w+): what you wrote</h2>", page.read_text(encoding="utf-8"))
        section = dict(zip(sections[1::2], sections[2::2]))[exercise]
        return html.unescape(re.sub(r"<[^>]+>|`", "", section))


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    base = tmp_path_factory.mktemp("class")
    for who in CLASS:
        hand_in(who, base / "handed-in")
    shutil.copytree(Course(ROOT).solutions, base / "handed-in" / SOLVED)
    command = [sys.executable, "-m", "autograder", "grade", str(base / "handed-in"), "--out", str(base / "out")]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1500)
    return Graded(base / "out", run)


def test_the_command_says_how_each_submission_ended(graded):
    assert graded.run.returncode == 0, graded.run.stdout + graded.run.stderr
    assert graded.run.stderr == ""
    for name in (SOLVED, *(who.name for who in CLASS)):
        assert f" {name}: " in graded.run.stdout
    assert f"[{len(CLASS) + 1}/{len(CLASS) + 1}] " in graded.run.stdout


def test_solved_notebooks_get_all_points_in_every_exercise(graded):
    row = graded.rows[SOLVED]
    assert {name: float(row[f"{one.lesson}/{name}"]) for name, one in EXERCISES.items()} == {
        name: one.points for name, one in EXERCISES.items()
    }


def test_untouched_notebooks_get_nothing_in_any_graded_cell(graded):
    found = graded.results("untouched")["notebooks"]
    cells = {one["exercise"]: one["points"] for reports in found.values() for one in reports}
    assert cells == dict.fromkeys(EXERCISES, 0)


@pytest.mark.parametrize("who", CLASS, ids=lambda who: who.name)
def test_each_student_gets_these_points(graded, who):
    row = graded.rows[who.name]
    earned = {name: float(row[f"{one.lesson}/{name}"]) for name, one in EXERCISES.items()}
    assert earned == {**dict.fromkeys(EXERCISES, 0), **who.points}, who.story
    assert row["state"] == who.state
    assert float(row["total"]) == sum(who.points.values())


@pytest.mark.parametrize(("who", "exercise"), [(who, name) for who in CLASS for name in who.says], ids=lambda one: getattr(one, "name", one))
def test_feedback_says_which_idea_led_there(graded, who, exercise):
    page = graded.feedback(who.name, exercise)
    for words in who.says[exercise]:
        assert words.replace("`", "") in page


def test_nbgraders_gradebook_holds_the_same_points(graded):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{graded.folder / 'gradebook.db'}") as gradebook:
        for who in CLASS:
            assert gradebook.find_submission("m13", who.name).score == sum(who.points.values()), who.name


def hidden_words(with_titles):
    """Names, own texts and (if asked) titles of the hidden checks; short words belong to everybody."""
    visible = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "localmodels").rglob("*.py"))
    said = set()
    for name in EXERCISES:
        for _, check in hidden.hidden_checks(name):
            said |= {check.name, *_texts_in(check.judge)} | ({check.title} if with_titles else set())
            said -= set() if with_titles else {check.title}
    return {text for text in said if len(text) >= 15 and text not in visible}


def _texts_in(judge):
    tree = ast.parse(inspect.getsource(judge))
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_of_hidden_checks_nothing_is_left_behind_but_titles(graded):
    words = hidden_words(with_titles=False)
    assert len(words) > 20
    for path in (path for path in graded.folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        for text in words:
            assert text.encode("utf-8") not in content, f"{path.name} holds {text!r}"


def test_who_fails_no_hidden_check_reads_no_title_of_one(graded):
    words = hidden_words(with_titles=True)
    for who in ("perfect_requests", "misread_the_api", "untouched"):
        for path in (graded.folder / "feedback" / who).rglob("*.html"):
            page = path.read_text(encoding="utf-8")
            assert not [text for text in words if html.escape(text) in page or text in page]


def test_grading_again_changes_nothing(graded):
    """The second run is nbgrader's own command, on a submission that ours has graded."""
    before = graded.results("learned_the_examples")
    command = [sys.executable, "-m", "nbgrader", "autograde", "m13", "--student", "learned_the_examples", "--force"]
    run = subprocess.run(command, cwd=graded.folder, env=with_own_programs_on_path(), capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, run.stderr
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{graded.folder / 'gradebook.db'}") as gradebook:
        books = gradebook.find_submission("m13", "learned_the_examples").notebooks
        found = {f"{book.name}/{grade.name}": grade.auto_score for book in books for grade in book.grades}
    expected = {
        f"{book}/check-{report['exercise']}": report["points"] for book, reports in before["notebooks"].items() for report in reports
    }
    assert {name: found[name] for name in expected} == expected
