"""Finds submissions in a folder, whatever shape it came in, and reads their notebooks.

    submitted/STUDENT/m13/*.ipynb      nbgrader's own layout
    STUDENT/*.ipynb, STUDENT/m13/...   a folder per student
    STUDENT.zip                        a zip per student
    STUDENT_02_call_a_local_model.ipynb, as a learning platform exports them
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from autograder.course import ASSIGNMENT, Problem

MAX_BYTES = 50_000_000  # of one notebook; a lesson with its outputs is well below one million
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass
class Submission:
    """What one student handed in. `notebooks` maps lesson names to notebook text that nbgrader can read."""

    student: str
    notebooks: dict[str, str] = field(default_factory=dict)
    repairs: list[str] = field(default_factory=list)  # sentences
    problems: list[str] = field(default_factory=list)  # sentences: what could not be read


def find_submissions(folder: Path, lessons: Iterable[str]) -> list[Submission]:
    """All submissions in `folder`, ordered by student. A Problem if there is none."""
    if not folder.is_dir():
        raise Problem(f"There is no folder {folder}. Give the folder that holds the submissions.")
    lessons = list(lessons)
    found: dict[str, Submission] = {}
    for student, name, content in _files(folder, lessons):
        submission = found.setdefault(student, Submission(student))
        if content is None:
            submission.problems.append(f"{name} could not be opened")
        else:
            _take(submission, name, content, lessons)
    if not found:
        raise Problem(f"There are no notebooks in {folder}. Expected STUDENT/*.ipynb, STUDENT.zip or STUDENT_LESSON.ipynb.")
    return [found[student] for student in sorted(found)]


def _files(folder: Path, lessons: list[str]) -> Iterator[tuple[str, str, bytes | None]]:
    """Student, file name and content of every notebook."""
    if (folder / "submitted").is_dir():
        folder = folder / "submitted"
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir():
            yield from _in_folder(path)
        elif path.suffix == ".zip":
            yield from _in_zip(path)
        elif path.suffix == ".ipynb":
            student, name = _split_loose(path.stem, lessons)
            yield student, name, _read(path)


def _in_folder(path: Path) -> Iterator[tuple[str, str, bytes | None]]:
    place = path / ASSIGNMENT if (path / ASSIGNMENT).is_dir() else path
    notebooks = [file for file in sorted(place.rglob("*.ipynb")) if ".ipynb_checkpoints" not in file.parts]
    if not notebooks:
        yield _student(path.name), "a notebook", None
    for file in notebooks:
        yield _student(path.name), file.name, _read(file)


def _in_zip(path: Path) -> Iterator[tuple[str, str, bytes | None]]:
    student = _student(path.stem)
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                name = entry.filename.rsplit("/", 1)[-1]
                if name.endswith(".ipynb") and ".ipynb_checkpoints" not in entry.filename and not name.startswith("._"):
                    yield student, name, archive.read(entry) if entry.file_size <= MAX_BYTES else None
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        yield student, path.name, None


def _read(path: Path) -> bytes | None:
    try:
        if not path.is_file() or path.is_symlink() or path.stat().st_size > MAX_BYTES:
            return None
        return path.read_bytes()
    except OSError:
        return None


def _student(name: str) -> str:
    return _UNSAFE.sub("-", name).strip("-.") or "student"


def _split_loose(stem: str, lessons: list[str]) -> tuple[str, str]:
    """`anna_02_call_a_local_model` is anna's 02_call_a_local_model."""
    for lesson in lessons:
        if lesson in stem:
            return _student(stem.split(lesson)[0].strip("_- ")), f"{lesson}.ipynb"
    return _student(stem), f"{stem}.ipynb"


def _take(submission: Submission, name: str, content: bytes, lessons: list[str]) -> None:
    """Add one file to a submission, with a sentence for each thing that had to be put right."""
    try:
        notebook = read_notebook(content)
    except ValueError as error:
        submission.problems.append(f"{name} {error}")
        return
    lesson = _lesson_of(Path(name).stem, notebook, lessons)
    if lesson is None:
        submission.repairs.append(f"{name} is no lesson of this course and was left out")
    elif lesson in submission.notebooks:
        submission.problems.append(f"there are two notebooks for {lesson}; {name} was left out")
    else:
        if Path(name).stem != lesson:
            submission.repairs.append(f"{name} was graded as {lesson}")
        submission.notebooks[lesson] = nbformat.writes(notebook, version=4)


def _lesson_of(stem: str, notebook, lessons: list[str]) -> str | None:
    """The lesson by file name, by its number at the start, or by the cell ids the build gave."""
    for lesson in lessons:
        if stem == lesson or lesson in stem or stem[:2] == lesson[:2]:
            return lesson
    ids = [str(cell.get("id", "")) for cell in notebook.cells]
    return next((lesson for lesson in lessons if any(name.startswith(f"{lesson[:2]}-") for name in ids)), None)


def read_notebook(content: bytes) -> nbformat.NotebookNode:
    """A notebook in today's format from a file's bytes. ValueError continues the sentence 'NAME ...'."""
    if not content.strip():
        raise ValueError("is empty")
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # old notebooks lack cell ids; they get some
            notebook = nbformat.reads(text, as_version=4)
            _, notebook = nbformat.validator.normalize(notebook)
            nbformat.validate(notebook)
    except UnicodeDecodeError:
        raise ValueError("is not text in UTF-8") from None
    except Exception as error:  # nbformat raises many kinds for a file that is no notebook
        raise ValueError(f"is not a notebook that can be read ({type(error).__name__})") from None
    return notebook
