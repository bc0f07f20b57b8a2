"""The files of a build: made in memory, then written, or compared with what is there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import nbformat

from autograder.building.run import run_lesson
from autograder.building.source import Lesson, read_lesson
from autograder.building.strip import student_versions
from autograder.course import Course, Problem
from localmodels.checks.core import Exercise


def build(
    course: Course,
    lessons: Iterable[Path],
    exercises: Mapping[str, Exercise],
    execute: bool = True,
    tell: Callable[[str], None] = print,
) -> dict[Path, bytes]:
    """All generated files of these lessons, by path relative to the course. Nothing is written.

    Without `execute` only the students' notebooks and the figures are made.
    """
    solved: dict[str, str] = {}
    for path in lessons:
        lesson = read_lesson(path, exercises)
        if execute:
            tell(f"running {lesson.name} ({len(lesson.notebook.cells)} cells)")
            run_lesson(lesson, course)
        solved[lesson.name] = as_text(lesson.notebook)
    released = student_versions(solved)
    made = _figures(course, course.notebooks) | _named(course, course.notebooks, released)
    if execute:
        made |= _figures(course, course.solutions) | _named(course, course.solutions, solved)
    return made


def as_text(notebook: nbformat.NotebookNode) -> str:
    """A notebook as the text of its file, keys sorted, one newline at the end."""
    return nbformat.writes(notebook, version=4) + "\n"


def write(course: Course, made: Mapping[Path, bytes], whole: bool) -> None:
    """Write the files. After a build of all lessons (`whole`), remove generated files nothing makes any more."""
    for path, content in made.items():
        target = course.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_bytes() != content:
            target.write_bytes(content)
    for path in _left_over(course, made) if whole else ():
        (course.root / path).unlink()


def differences(course: Course, made: Mapping[Path, bytes], whole: bool) -> list[str]:
    """One sentence per file that is not what a fresh build gives."""
    found = []
    for path, content in made.items():
        target = course.root / path
        if not target.exists():
            found.append(f"{path} is missing.")
        elif target.read_bytes() != content:
            found.append(f"{path} differs{_first_difference(target.read_bytes(), content)}.")
    return found + [f"{path} is made by no lesson." for path in (_left_over(course, made) if whole else ())]


def _named(course: Course, folder: Path, notebooks: Mapping[str, str]) -> dict[Path, bytes]:
    place = folder.relative_to(course.root)
    return {place / f"{name}.ipynb": text.encode("utf-8") for name, text in notebooks.items()}


def _figures(course: Course, folder: Path) -> dict[Path, bytes]:
    place = folder.relative_to(course.root) / "figures"
    found = sorted(course.figures.glob("*")) if course.figures.is_dir() else []
    return {place / path.name: path.read_bytes() for path in found if path.is_file()}


def _left_over(course: Course, made: Mapping[Path, bytes]) -> list[Path]:
    """Files in the generated folders that this whole build did not make."""
    folders = {path.parts[0] for path in made}
    there = [path for folder in (course.solutions, course.notebooks) for path in [*folder.glob("*.ipynb"), *folder.glob("figures/*")]]
    relative = [path.relative_to(course.root) for path in there]
    return sorted(path for path in relative if path.parts[0] in folders and path not in made)


def _first_difference(old: bytes, new: bytes) -> str:
    """Where two notebooks part: ', first in the output of cell ask'. Empty for other files."""
    try:
        before, after = (json.loads(text)["cells"] for text in (old, new))
    except (ValueError, KeyError, TypeError):
        return ""
    for one, other in zip(before, after):
        for part in ("id", "source", "outputs", "metadata"):
            if one.get(part) != other.get(part):
                return f", first in the {part} of cell {other.get('id')}"
    return "" if len(before) == len(after) else f": {len(before)} cells, a fresh build has {len(after)}"


def chosen_lessons(course: Course, names: Iterable[str]) -> list[Path]:
    """The lessons an instructor named, by path or by the start of the name; all without names."""
    known = course.lesson_files()
    chosen = []
    for name in names:
        stem = Path(name).stem
        found = [path for path in known if path.stem == stem or path.stem.startswith(stem)]
        if len(found) != 1:
            raise Problem(f"{name!r} names no single lesson. There are: {', '.join(path.stem for path in known)}.")
        chosen += found
    return chosen or known
