"""A lesson's text becomes a notebook with nbgrader's metadata; each mistake in it is told with file and line."""

import pytest

from autograder.building.source import read_lesson
from autograder.course import Problem
from tests.toy_course import LESSON, toy_course, toy_exercises


def lesson_of(folder, text=LESSON):
    course = toy_course(folder, text)
    return read_lesson(course.lesson_files()[0], toy_exercises())


def test_markers_become_nbgrader_cells_with_points_from_the_exercise(tmp_path):
    answer, check = lesson_of(tmp_path).notebook.cells[2:]
    assert answer.metadata.nbgrader == {
        "schema_version": 3, "grade_id": "double", "grade": False, "solution": True, "locked": False, "task": False,
    }
    assert check.metadata.nbgrader == {
        "schema_version": 3, "grade_id": "check-double", "grade": True, "solution": False, "locked": True, "task": False, "points": 3,
    }


def test_facts_are_filled_in(tmp_path):
    assert "Ollama listens on 11434." in lesson_of(tmp_path).notebook.cells[0].source


def test_cells_have_ids_that_stay_the_same(tmp_path):
    assert [cell.id for cell in lesson_of(tmp_path).notebook.cells] == ["99-001", "99-002", "double", "check-double"]


def test_nothing_of_the_text_layout_reaches_the_notebook(tmp_path):
    notebook = lesson_of(tmp_path).notebook
    assert set(notebook.metadata) == {"kernelspec", "language_info", "title"}
    assert all(set(cell.metadata) <= {"nbgrader", "tags", "jupyter"} for cell in notebook.cells)


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ('check("double")\n', 'check("double"); print(1)\n', 21, 'must be exactly check("double")'),
        ('answer="double"', 'anser="double"', 13, "not 'anser'"),
        ('answer="double"', 'answer="treble"', 13, "no Exercise named 'treble'"),
        ("    ### END SOLUTION\n", "", 13, "needs '### BEGIN SOLUTION'"),
        ("    ### BEGIN SOLUTION", "    ### BEGIN SOLUTION\n    ### BEGIN SOLUTION", 13, "must take turns"),
        ("    ### BEGIN SOLUTION", "### BEGIN SOLUTION", 13, "inside a function"),
        ("{{ ollama.port }}", "{{ ollama.prot }}", 5, "did you mean ollama.port"),
        ('print("before")', "### BEGIN SOLUTION\n1\n### END SOLUTION", 10, "would reach students"),
        ("# title: Toys", "# title: Toys\n# author: me", 2, "the header has one line"),
        ("# ---\n# title: Toys\n# ---\n", "", 1, "starts with a header"),
        ("# title: Toys", "# title: [", 2, "cannot be read as YAML"),
        ('print("before")', ')(', 11, "Python cannot read this cell"),
        ('# %% check="double"', '# %% [markdown] check="double"\n#', 21, "are code cells"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(tmp_path, old, new, line, says):
    assert LESSON.count(old) >= 1
    with pytest.raises(Problem) as told:
        lesson_of(tmp_path, LESSON.replace(old, new, 1))
    assert str(told.value).startswith(f"lessons/99_toys.py:{line}: ")
    assert says in str(told.value)


def test_an_exercise_without_its_cell_is_told(tmp_path):
    with pytest.raises(Problem, match='no cell with check="double"'):
        lesson_of(tmp_path, LESSON[: LESSON.index("# %% check")])


def test_a_check_above_its_answer_is_told(tmp_path):
    head, answer = LESSON[: LESSON.index("# %% answer")], LESSON[LESSON.index("# %% answer") : LESSON.index("# %% check")]
    check = '# %% check="double"\ncheck("double")\n\n'
    with pytest.raises(Problem, match="the check of 'double' stands above its answer"):
        lesson_of(tmp_path, head + check + answer)


def test_a_lesson_in_another_encoding_is_told_so(tmp_path):
    course = toy_course(tmp_path, LESSON)
    course.lesson_files()[0].write_bytes(LESSON.encode("utf-16"))
    with pytest.raises(Problem, match="not UTF-8. Save the file as UTF-8"):
        read_lesson(course.lesson_files()[0], toy_exercises())


def test_a_marker_of_the_wrong_kind_is_told(tmp_path):
    with pytest.raises(Problem, match="Tags are a list"):
        lesson_of(tmp_path, LESSON.replace('# %%\nprint("before")', '# %% tags="x"\nprint("before")'))


def test_a_byte_order_mark_does_no_harm(tmp_path):
    course = toy_course(tmp_path, LESSON)
    course.lesson_files()[0].write_text(LESSON, encoding="utf-8-sig")
    assert read_lesson(course.lesson_files()[0], toy_exercises()).notebook.metadata.title == "Toys"
