"""Finds submissions in a folder, whatever shape it came in. Files are only listed here; `handed_in` reads them.

    submitted/STUDENT/m13/*.ipynb      nbgrader's own layout
    STUDENT/*.ipynb, STUDENT/m13/...   a folder per student
    STUDENT.zip                        a zip per student
    STUDENT_02_call_a_local_model.ipynb, as a learning platform exports them
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.course import ASSIGNMENT, Problem

DEEPEST, MOST_FILES = 8, 2000  # of a student's folder; beyond them nothing is looked at
LONGEST_FILE_NAME = 255  # characters; as much as a file on disk can have
LONGEST_NAME = 80  # characters of a student's name, so that paths stay short enough everywhere
_UNSAFE = re.compile(r"[^\w.@+-]+")
_OTHER_ARCHIVES = {".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar"}
_SKIPPED = {"__MACOSX", ".ipynb_checkpoints"}


@dataclass(frozen=True)
class Submission:
    """What one student handed in, as found: nothing of it was opened yet.

    notebooks  files that look like notebooks by their names.
    archive    the zip that holds them, if it is one.
    beside     names of other files, which are not used.
    problems   sentences on what was passed over.
    """

    student: str
    notebooks: tuple[Path, ...] = ()
    archive: Path | None = None
    beside: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    timestamp: Path | None = None


def find_submissions(folder: Path, lessons: Iterable[str]) -> list[Submission]:
    """All submissions in `folder`, ordered by student. A Problem if there is none."""
    if not folder.is_dir():
        raise Problem(f"There is no folder {folder}. Give the folder that holds the submissions.")
    if (folder / "submitted").is_dir():
        folder = folder / "submitted"
    found = [*_per_student(folder), *_loose(folder, list(lessons))]
    if not any(one.notebooks or one.archive or one.problems for one in found):
        raise Problem(f"There are no notebooks in {folder}. Expected STUDENT/*.ipynb, STUDENT.zip or STUDENT_LESSON.ipynb.")
    return _with_names_of_their_own(found)


def _per_student(folder: Path) -> Iterator[Submission]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name in _SKIPPED:
            continue
        if path.is_symlink():
            if path.is_dir():
                yield Submission(path.name, problems=("the folder is a link and was not followed",))
        elif path.is_dir():
            yield _in_folder(path)
        elif path.suffix.lower() == ".zip":
            yield Submission(path.stem, archive=path)
        elif path.suffix.lower() in _OTHER_ARCHIVES:
            yield Submission(path.name.split(".")[0], problems=(f"{plain(path.name)} cannot be opened here; unpack it into a folder of its own",))


def _in_folder(path: Path) -> Submission:
    place = path / ASSIGNMENT if (path / ASSIGNMENT).is_dir() and not (path / ASSIGNMENT).is_symlink() else path
    files, problems = [], []
    for file in _walk(place, problems):
        files.append(file)
        if len(files) > MOST_FILES:
            problems.append(f"there are more than {MOST_FILES} files; the rest was not looked at")
            break
    notebooks = [file for file in files if file.suffix.lower() == ".ipynb"]
    if place != path:  # beside nbgrader's folder of the assignment; other folders are other assignments
        notebooks += [file for file in sorted(path.glob("[!.]*.ipynb")) if not file.is_dir()]
    stamp = place / "timestamp.txt"
    beside = tuple(plain(file.name) for file in files if file not in notebooks and file != stamp)
    return Submission(path.name, tuple(notebooks), None, beside, tuple(problems), stamp if stamp in files else None)


def _walk(folder: Path, problems: list[str], depth: int = 1) -> Iterator[Path]:
    """Everything below a folder that is no folder, in order. Links to folders are not followed."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        problems.append(f"the folder {plain(folder.name)} could not be opened")
        return
    for entry in entries:
        if entry.name in _SKIPPED or entry.name.startswith("."):
            continue
        if entry.is_symlink() and _may_be_a_folder(entry):
            problems.append(f"{plain(entry.name)} is a link and was not followed")
        elif not entry.is_dir(follow_symlinks=False):
            yield Path(entry.path)
        elif depth < DEEPEST:
            yield from _walk(Path(entry.path), problems, depth + 1)


def _may_be_a_folder(link: os.DirEntry) -> bool:
    """Whether a link leads to a folder, or to nothing that can be looked at, such as itself."""
    try:
        return link.is_dir()
    except OSError:
        return True


def plain(name: str) -> str:
    """A file's name as people can read it: names may hold anything, also what steers a terminal; in a zip they may be long."""
    name = name if len(name) <= LONGEST_FILE_NAME else f"{name[:LONGEST_FILE_NAME - 9]}...{name[-6:]}"
    return "".join(letter if letter.isprintable() else "?" for letter in name.encode("utf-8", "replace").decode("utf-8"))


def _loose(folder: Path, lessons: list[str]) -> Iterator[Submission]:
    """Notebooks that lie there without a folder: one submission for each student."""
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() == ".ipynb" and not path.name.startswith(".") and not path.is_dir():
            found.setdefault(_author(path.stem, lessons), []).append(path)
    for student, files in found.items():
        yield Submission(student, tuple(files))


def _author(stem: str, lessons: list[str]) -> str:
    """`anna_02_call_a_local_model` is anna's."""
    lesson = next((lesson for lesson in lessons if lesson in stem), None)
    return stem.split(lesson)[0].strip("_- ") if lesson else stem


def _with_names_of_their_own(found: list[Submission]) -> list[Submission]:
    """The submissions by student. Names become safe for files; two students never become one."""
    named: dict[str, Submission] = {}
    for one in sorted(found, key=lambda one: safe_name(one.student) != one.student):  # nobody takes the name that another one has
        name = first = safe_name(one.student)
        number = 2
        while name.casefold() in named:
            name, number = f"{first}-{number}", number + 1
        named[name.casefold()] = Submission(name, one.notebooks, one.archive, one.beside, one.problems, one.timestamp)
    return sorted(named.values(), key=lambda one: one.student)


def safe_name(name: str) -> str:
    """A student's name as a folder may be called, in any script: no blanks, nothing that a shell or a path understands."""
    name = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode("utf-8"))
    return _UNSAFE.sub("-", name).strip("-.+@")[:LONGEST_NAME].strip("-.") or "student"
