"""Whatever is handed in, each submission ends in a named state with its reason, and the next one is graded."""

import json
import os
import time
import zipfile

import pytest

from autograder.cli import main
from autograder.course import Course, Problem
from autograder.engine import Limits
from autograder.grading.batch import grade_all
from autograder.grading.gradebook import GradingFolder
from autograder.grading.handed_in import read
from autograder.grading.intake import find_submissions
from autograder.grading.reading import Unreadable, read_notebook
from autograder.grading.records import State
from autograder.grading.rooms import Rooms
from tests.boxes import can_isolate
from tests.small_class import ANSWERS, COURSE, FULL, LESSON, cell_of, notebook

LESSONS = [path.stem for path in COURSE.lesson_files()]
SHORT = Rooms(can_isolate(), Limits(cell_seconds=8.0, call_seconds=8.0))


def copied(nb):
    """A check and an answer were copied and pasted, as JupyterLab does it: metadata and all."""
    for name in ("check-speaker", "speaker"):
        nb["cells"].insert(5, {**cell_of(nb, name), "id": f"copy-of-{name}"})
    return nb


def deleted(nb):
    nb["cells"] = [cell for cell in nb["cells"] if cell["id"] not in ("check-speaker", "00-001")]
    return nb


def retagged(nb):
    for cell in nb["cells"]:
        cell["metadata"]["tags"] = ["skip-execution"]
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"] |= {"points": 1000, "grade": False, "locked": False, "schema_version": 1}
    return nb


def without_metadata(nb):
    for cell in nb["cells"]:
        cell["metadata"] = {}
    return nb


def other_kernel(nb):
    nb["metadata"]["kernelspec"] = {"name": "my-venv", "display_name": "My venv", "language": "python"}
    return nb


OLD_FORMAT = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}}

# What is handed in, the points it gets, how it ends, and words of the reason.
CASES = {
    "all-right": (notebook(), FULL, State.GRADED, ""),
    "copied": (copied(notebook()), FULL, State.REPAIRED, "check-speaker was there twice"),
    "deleted": (deleted(notebook()), FULL, State.REPAIRED, "check-speaker was missing and was put back"),
    "kernel-ends": (notebook(speaker="import os\nos._exit(1)"), 1, State.GRADED, ""),
    "loops-in-a-cell": (notebook(speaker="while True:\n    pass"), FULL - 1, State.GRADED, ""),
    "loops-in-a-check": (notebook(speaker="def speaker(reply):\n    while True:\n        pass"), FULL - 1, State.GRADED, ""),
    "ends-in-a-check": (notebook(speaker="def speaker(reply):\n    import os\n    os._exit(0)"), FULL - 1, State.GRADED, ""),
    "exits": (notebook(speaker="raise SystemExit"), FULL - 1, State.GRADED, ""),
    "asks-for-input": (notebook(speaker='name = input("your name?")'), FULL - 1, State.GRADED, ""),
    "warns": (notebook(speaker="import warnings\nwarnings.warn('careful')\n" + ANSWERS["speaker"]), FULL, State.GRADED, ""),
    "retagged": (retagged(notebook()), FULL, State.REPAIRED, "the grading data of check-speaker were changed and were put back"),
    "lost-metadata": (without_metadata(notebook()), FULL, State.GRADED, ""),
    "other-kernel": (other_kernel(notebook()), FULL, State.GRADED, ""),
    "no-cells": ({**OLD_FORMAT, "cells": []}, 0, State.REPAIRED, "was put back"),
    "wrong-name": (notebook(), FULL, State.REPAIRED, "00_start_here (1).ipynb was graded as 00_start_here"),
    "not-json": ("Dear teacher, my notebook is attached.", 0, State.FAILED, "is not a notebook that can be read"),
    "empty-file": ("", 0, State.FAILED, "is empty"),
    "nothing": (None, 0, State.FAILED, "there is no notebook in the folder"),
    "half-readable": (notebook(), FULL, State.NEEDS_PERSON, "02_call_a_local_model.ipynb is not a notebook"),
}


def lay_out(folder):
    """Write all cases as submissions: folders, one zip, one loose file."""
    for name, (content, *_) in CASES.items():
        text = content if isinstance(content, str) else json.dumps(content)
        if name == "all-right":
            (folder / f"{name}_{LESSON}.ipynb").write_text(text, encoding="utf-8")
        elif name == "warns":
            with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
                archive.writestr(f"somewhere/{LESSON}.ipynb", text)
        else:
            (folder / name).mkdir()
            file = f"{LESSON} (1).ipynb" if name == "wrong-name" else f"{LESSON}.ipynb"
            if content is not None:
                (folder / name / file).write_text(text, encoding="utf-8")
    (folder / "half-readable" / "02_call_a_local_model.ipynb").write_text("{broken", encoding="utf-8")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    base = tmp_path_factory.mktemp("odd")
    (base / "in").mkdir()
    lay_out(base / "in")
    folder = GradingFolder(base / "out", COURSE)
    folder.open()
    found = grade_all(folder, find_submissions(base / "in", LESSONS), SHORT, workers=2)
    folder.close()
    return {result.student: result for result in found}


@pytest.mark.parametrize("name", CASES)
def test_it_ends_in_its_state_with_its_points_and_reason(results, name):
    _, points, state, reason = CASES[name]
    found = results[name]
    assert (found.state, found.earned) == (state, points), found.reason
    assert reason in found.reason


def test_a_check_that_does_not_end_says_so(results):
    told = [outcome.got for report in results["loops-in-a-check"].reports[LESSON] for outcome in report.outcomes]
    assert any("no answer" in got for got in told)


def test_points_lost_to_an_ended_process_are_explained(results):
    told = [outcome.got for report in results["kernel-ends"].reports[LESSON] for outcome in report.outcomes]
    assert any("It could not be tried" in got and "exit code 1" in got for got in told)


def test_a_folder_without_submissions_is_told(tmp_path, capsys):
    assert main(["grade", str(tmp_path), "--out", str(tmp_path / "out")]) == 3
    assert "There are no notebooks in" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_not_there_is_told(tmp_path, capsys):
    assert main(["grade", str(tmp_path / "nowhere")]) == 3
    assert capsys.readouterr().err.startswith("There is no folder")


def test_nbgraders_layout_is_found(tmp_path):
    place = tmp_path / "submitted" / "anna" / "m13"
    place.mkdir(parents=True)
    (place / f"{LESSON}.ipynb").write_text(json.dumps(notebook()), encoding="utf-8")
    (found,) = find_submissions(tmp_path, LESSONS)
    assert (found.student, [path.stem for path in found.notebooks]) == ("anna", [LESSON])


def test_names_of_students_cannot_leave_the_folder(tmp_path):
    with zipfile.ZipFile(tmp_path / "..evil name.zip", "w") as archive:
        archive.writestr(f"../../{LESSON}.ipynb", json.dumps(notebook()))
    (tmp_path / "..evil name.zip").rename(tmp_path / "a ..evil name.zip")
    (found,) = find_submissions(tmp_path, LESSONS)
    assert found.student == "a-..evil-name" and found.archive.name == "a ..evil name.zip"


def test_no_lessons_is_a_problem_with_a_way_out(tmp_path):
    with pytest.raises(Problem, match="There are no lessons in"):
        Course(tmp_path).lesson_files()


def test_a_link_to_itself_is_named_and_stops_nobody(tmp_path):
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "loop.ipynb").symlink_to("loop.ipynb")
    (tmp_path / "ben").mkdir()
    (tmp_path / "ben" / "00_start_here.ipynb").write_text("{}")
    ada, ben = find_submissions(tmp_path, ["00_start_here"])
    assert ada.problems == ("loop.ipynb is a link and was not followed",) and ben.notebooks


def test_an_archive_that_cannot_be_opened_here_is_named(tmp_path):
    (tmp_path / "ada.tar.gz").write_bytes(b"x")
    (tmp_path / "ben").mkdir()
    (tmp_path / "ben" / "00_start_here.ipynb").write_text("{}")
    ada, _ = find_submissions(tmp_path, ["00_start_here"])
    assert ada.student == "ada" and "unpack it" in ada.problems[0]


def test_names_that_are_no_text_stop_nobody(tmp_path):
    """On Linux a name is bytes; a terminal would take some of them for commands."""
    folder = tmp_path / "in" / "odd-bytes"
    folder.mkdir(parents=True)
    (folder / f"{LESSON}.ipynb").write_text(json.dumps(notebook()), encoding="utf-8")
    try:
        os.symlink("/", os.fsencode(folder) + b"/\xff\x1b[31mred")
        (tmp_path / "in" / os.fsdecode(b"\xfe\x1b[2J.tar.gz")).write_bytes(b"")
    except (OSError, UnicodeError):
        pytest.skip("this file system has no such names")
    submissions = find_submissions(tmp_path / "in", LESSONS)
    place = GradingFolder(tmp_path / "out", COURSE)
    place.open()
    found = {result.student: result for result in grade_all(place, submissions, SHORT, workers=1)}
    assert found["odd-bytes"].earned == FULL and "?[31mred is a link" in found["odd-bytes"].reason
    assert all(result.reason.isprintable() for result in found.values())
    place.close()


def test_notebooks_beside_the_assignments_folder_count(tmp_path):
    """A student unpacked one notebook into m13/ and saved another one above it."""
    (tmp_path / "ada" / "m13").mkdir(parents=True)
    (tmp_path / "ada" / "m12").mkdir()
    for place in (f"m13/{LESSONS[1]}", LESSON, ".hidden", "m12/another"):
        (tmp_path / "ada" / f"{place}.ipynb").write_text("{}")
    (submission,) = find_submissions(tmp_path, LESSONS)
    assert sorted(path.stem for path in submission.notebooks) == [LESSON, LESSONS[1]]


def test_what_is_too_large_in_a_zip_is_not_unpacked(tmp_path, monkeypatch):
    """Four hundred bytes can unpack to 64 MB, thousands of times."""
    with zipfile.ZipFile(tmp_path / "ada.zip", "w", zipfile.ZIP_BZIP2) as archive:
        for number in range(100):
            archive.writestr(f"{number}.ipynb", b"\0" * 5000)
    monkeypatch.setattr("autograder.grading.handed_in.MOST_BYTES", 4000)
    monkeypatch.setattr(zipfile.ZipFile, "read", None)
    handed = read(*find_submissions(tmp_path, LESSONS), {})
    assert handed.problems[0] == "0.ipynb unpacks to more than a notebook can be"
    assert handed.problems[-1] == "there are 80 more files like these"


def test_many_large_files_are_not_read_into_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("autograder.grading.handed_in.MOST_TOGETHER", 10_000)
    (tmp_path / "ada").mkdir()
    for number in range(4):
        (tmp_path / "ada" / f"{number}.ipynb").write_text(json.dumps({"cells": [], "metadata": {"x": "x" * 4000}}))
    handed = read(*find_submissions(tmp_path, LESSONS), {})
    assert handed.problems == [f"{number}.ipynb was not read: there are too many large files" for number in (2, 3)]


@pytest.mark.parametrize("text", ['{"cells": [' + "{}," * 3_000_000 + "{}]}", '{"cells": [], "metadata": [' + "[]," * 7_000_000 + "[]]}"])
def test_millions_of_empty_things_are_refused_before_they_take_memory(text):
    started = time.process_time()
    with pytest.raises(Unreadable):
        read_notebook(text.encode())
    assert time.process_time() - started < 5


def test_nobody_takes_the_name_of_another_student(tmp_path):
    """A blank sorts before a hyphen and becomes one."""
    for name in ("a b", "a-b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{LESSON}.ipynb").write_text("{}")
    found = {one.student: one.notebooks[0].parent.name for one in find_submissions(tmp_path, LESSONS)}
    assert found == {"a-b": "a-b", "a-b-2": "a b"}
