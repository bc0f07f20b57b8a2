"""Reads one student's submission: which notebook is which lesson, what had to be put right, what could not be read."""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from autograder.grading.intake import Submission, plain
from autograder.grading.masters import Master
from autograder.grading.reading import MOST_BYTES, Unreadable, read_file, read_notebook

MOST_ENTRIES = 5000  # of a zip
MOST_TOGETHER = 4 * MOST_BYTES  # of all notebooks of a student
MOST_SENTENCES = 20  # of one kind; a zip can name thousands of files
LONGEST_STAMP = 100  # bytes of timestamp.txt


@dataclass
class HandedIn:
    """What a submission holds. `notebooks` by lesson, clean; the rest are sentences.

    digest     a hash of everything that was read: equal for equal submissions.
    timestamp  when it was handed in, as nbgrader's timestamp.txt says; empty if unknown.
    """

    notebooks: dict[str, dict[str, Any]] = field(default_factory=dict)
    repairs: dict[str, list[str]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    timestamp: str = ""
    digest: str = ""


def read(submission: Submission, masters: Mapping[str, Master]) -> HandedIn:
    """Read everything; what cannot be read becomes a sentence."""
    handed = HandedIn(problems=list(submission.problems))
    digest = hashlib.sha256()
    files = []
    for name, content in _contents(submission):
        digest.update(f"{name}\0{content if isinstance(content, str) else len(content)}\0".encode("utf-8", "replace"))
        digest.update(content if isinstance(content, bytes) else b"")
        files.append((name, content))
    handed.timestamp = _timestamp(submission)
    digest.update("\0".join([handed.timestamp, *handed.problems, *submission.beside]).encode("utf-8", "replace"))
    handed.digest = digest.hexdigest()
    for name, content in sorted(files, key=lambda file: (file[0].removesuffix(".ipynb") not in masters, file[0])):
        _take(handed, name, content, masters)
    if not files and not handed.problems:
        handed.problems.append("there is no notebook in the folder")
    modules = [name for name in submission.beside if name.endswith(".py")]
    if modules:
        handed.remarks.append(f"code beside the notebooks is not used: {', '.join(modules[:5])}")
    handed.problems, handed.left_out = _bounded(handed.problems), _bounded(handed.left_out)
    return handed


def _bounded(sentences: list[str]) -> list[str]:
    more = len(sentences) - MOST_SENTENCES
    return sentences if more <= 0 else [*sentences[:MOST_SENTENCES], f"there are {more} more files like these"]


def _contents(submission: Submission) -> Iterator[tuple[str, bytes | str]]:
    """Name and bytes of every notebook, or a text that says why there are none."""
    if submission.archive:
        yield from _in_zip(submission)
    left = MOST_TOGETHER
    for path in submission.notebooks:
        try:
            content = read_file(path, left)
            left -= len(content)
            yield plain(path.name), content
        except Unreadable as error:
            yield plain(path.name), str(error)


def _in_zip(submission: Submission) -> Iterator[tuple[str, bytes | str]]:
    name, left = plain(submission.archive.name), MOST_TOGETHER
    try:
        with zipfile.ZipFile(io.BytesIO(read_file(submission.archive))) as archive:
            entries = [entry for entry in archive.infolist()[:MOST_ENTRIES] if _is_notebook(entry.filename)]
            if not entries:
                yield name, "holds no notebook"
            for entry in entries:
                name = plain(entry.filename.rsplit("/", 1)[-1])
                if entry.file_size > min(MOST_BYTES, left):  # zipfile unpacks no more than what it says here
                    yield name, "unpacks to more than a notebook can be"
                    continue
                content = archive.read(entry)
                left -= len(content)
                yield name, content
    except Unreadable as error:
        yield name, str(error)
    except Exception:  # a broken archive fails in many ways
        yield name, "could not be unpacked"


def _is_notebook(path: str) -> bool:
    name = path.rsplit("/", 1)[-1]
    return name.lower().endswith(".ipynb") and not name.startswith(".") and "__MACOSX" not in path and ".ipynb_checkpoints" not in path


def _timestamp(submission: Submission) -> str:
    """The first line of timestamp.txt, if it looks like a time."""
    with contextlib.suppress(Unreadable, TypeError, UnicodeDecodeError):
        text = read_file(submission.timestamp)[:LONGEST_STAMP].decode("ascii").strip() if submission.timestamp else ""
        if re.match(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d", text):
            return text.splitlines()[0]
    return ""


def _take(handed: HandedIn, name: str, content: bytes | str, masters: Mapping[str, Master]) -> None:
    """Add one file, with a sentence for each thing that had to be put right."""
    if isinstance(content, str):
        handed.problems.append(f"{name} {content}")
        return
    try:
        notebook, repairs = read_notebook(content)
    except Unreadable as error:
        handed.problems.append(f"{name} {error}")
        return
    lesson = _lesson_of(name.rsplit(".", 1)[0], notebook, masters)
    if lesson is None:
        handed.left_out.append(f"{name} is no lesson of this course and was left out")
    elif lesson in handed.notebooks:
        if handed.notebooks[lesson]["cells"] != notebook["cells"]:
            handed.problems.append(f"there are two notebooks for {lesson}; {name} was left out")
    else:
        stem = name.rsplit(".", 1)[0]
        renamed = [] if stem == lesson or stem.endswith(f"_{lesson}") else [f"{name} was graded as {lesson}"]
        handed.notebooks[lesson], handed.repairs[lesson] = notebook, renamed + repairs


def _lesson_of(stem: str, notebook: dict[str, Any], masters: Mapping[str, Master]) -> str | None:
    """The lesson by its cells, where they tell; else by the file's name, or by the number it starts with."""
    alike = {lesson: _likeness(notebook, master) for lesson, master in masters.items()}
    best = max(alike, key=alike.get, default=None)
    named = [lesson for lesson in masters if lesson in stem] or [lesson for lesson in masters if stem[:2] == lesson[:2]]
    if named and (alike[named[0]] or not alike[best]):
        return named[0]
    return best if best and alike[best] else None


def _likeness(notebook: dict[str, Any], master: Master) -> int:
    """How many cells bear the lesson's names or hold its tests."""
    ids = {cell.name for cell in master.cells if cell.name}
    tests = {cell.source.strip() for cell in master.cells if cell.tested}
    count = 0
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        count += cell["id"] in ids or name in ids or cell["source"].strip() in tests
    return count
