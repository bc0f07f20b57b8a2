"""The lessons' own submissions, judged by the engine: points and messages are those that are written down."""

import json

import pytest

from autograder.engine import Nursery, judge_notebook
from autograder.hidden import hidden_checks
from localmodels.checks import exercises
from localmodels.checks.render import as_text
from tests.boxes import isolating, policy
from tests.handed_in import STUDENTS, hand_in, student

pytestmark = isolating


@pytest.fixture(scope="module")
def nursery():
    with Nursery(policy()) as warm:
        yield warm


def cells_of(path) -> list:
    """The code cells of a notebook, with exercises where their graded cells stand."""
    known, cells = exercises(), []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            marks = cell["metadata"].get("nbgrader", {})
            name = marks.get("grade_id", "").removeprefix("check-")
            cells.append(known[name] if marks.get("grade") and name in known else "".join(cell["source"]))
    return cells


@pytest.mark.parametrize("folder", STUDENTS, ids=lambda folder: folder.name)
def test_a_sample_student_gets_the_points_and_words_that_are_written_down(nursery, folder, tmp_path):
    who = student(folder)
    hand_in(who, tmp_path)
    reports, shown = {}, ""
    for path in sorted((tmp_path / who.name).glob("*.ipynb")):
        judged = judge_notebook(nursery, cells_of(path), hidden_checks)
        assert not judged.lost
        reports |= {report.exercise: report for report in judged.reports.values()}
        shown += repr(judged.outputs)
    assert {name: report.earned for name, report in reports.items() if report.earned} == {name: points for name, points in who.points.items() if points}
    for name, sentences in who.says.items():
        for sentence in sentences:
            assert sentence in as_text(reports[name]) or sentence in shown, name
