"""A grading folder in nbgrader's layout: submitted/, autograded/, feedback/ and gradebook.db, all written from here.

A submission's points and its full result go into the database in one transaction, after its files: a grader that is
killed leaves each submission either as it was or completely graded.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import logging
import os
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy import text
from traitlets.config import Config

from autograder.building.strip import nbgrader_settings
from autograder.course import ASSIGNMENT, Course, Problem, with_own_programs_on_path
from autograder.grading.books import Books
from autograder.grading.marking import ByHand, Marked
from autograder.grading.masters import Master, read_masters
from autograder.grading.records import Result, result_as_dict, result_from_dict

_CONFIG = """\
# Settings for nbgrader's own commands in this folder: nbgrader formgrader, nbgrader export, ...
from pathlib import Path

import autograder

load_subconfig(str(Path(autograder.__file__).parent / "nbgrader_config.py"))  # noqa: F821
c.CourseDirectory.source_directory = {source!r}  # noqa: F821
"""
_TABLES = (
    "CREATE TABLE IF NOT EXISTS localmodels_results (student VARCHAR(128) PRIMARY KEY, fingerprint TEXT NOT NULL, result TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS localmodels_facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
)


class GradingFolder:
    """One folder of results. `open` comes first, `close` last; between them this process alone writes to it."""

    def __init__(self, root: Path, course: Course):
        self.root, self.course = root.resolve(), course
        self._gradebook: Gradebook | None = None
        os.environ["PATH"] = with_own_programs_on_path()["PATH"]  # nbgrader starts `alembic` by name

    def open(self) -> None:
        """Make the folder and enter the course's exercises into its gradebook; what is there already is kept."""
        self.root.mkdir(parents=True, exist_ok=True)
        config = _CONFIG.format(source=str(self.course.solutions.parent.resolve()))
        (self.root / "nbgrader_config.py").write_text(config, encoding="utf-8")
        self._bring_glossary()
        source = self._source_hash()
        if self._entered() != source:
            self._enter_exercises()
        self._gradebook = self._opened()
        self._execute("INSERT OR REPLACE INTO localmodels_facts VALUES ('source', :source)", source=source)
        self._gradebook.db.commit()
        self._books = Books(self._gradebook)

    def close(self) -> None:
        """Let go of the database."""
        if self._gradebook:
            self._gradebook.close()
            self._gradebook = None

    def masters(self) -> dict[str, Master]:
        """The instructor's notebooks, by lesson."""
        return read_masters(self._gradebook, self.course.solutions.parent)

    def fingerprints(self) -> dict[str, str]:
        """By student, what the recorded result was made from; empty if it must be made again."""
        return dict(self._execute("SELECT student, fingerprint FROM localmodels_results").all())

    def results(self) -> list[Result]:
        """All recorded results, ordered by student."""
        rows = self._execute("SELECT result FROM localmodels_results ORDER BY student")
        return [result_from_dict(json.loads(row[0])) for row in rows]

    def by_hand(self) -> dict[str, ByHand]:
        """What people wrote into the gradebook, by student."""
        return self._books.by_hand()

    def write(self, marked: Marked, keep_submitted: bool = False) -> None:
        """Write one submission's files, then its points and result in one transaction.

        keep_submitted  True where submitted/ is what is being graded.
        """
        student = marked.result.student
        if not keep_submitted:
            self._write_files("submitted", student, marked.handed, ".ipynb", {"timestamp.txt": marked.timestamp})
        self._write_files("autograded", student, marked.graded, ".ipynb", {})
        self._write_files("feedback", student, marked.pages, ".html", {})
        try:
            self._books.enter(marked)
            self._execute(
                "INSERT OR REPLACE INTO localmodels_results VALUES (:student, :fingerprint, :result)",
                student=student,
                fingerprint=marked.fingerprint if marked.result.final else "",
                result=json.dumps(result_as_dict(marked.result), ensure_ascii=False),
            )
            self._gradebook.db.commit()
        except BaseException:
            self._gradebook.db.rollback()
            raise

    @property
    def db_url(self) -> str:
        return f"sqlite:///{self.root / 'gradebook.db'}"

    def points(self, student: str) -> dict[str, float]:
        """Points by 'notebook/grade_id', as nbgrader's gradebook has them (a person's points win)."""
        with Gradebook(self.db_url) as gradebook, contextlib.suppress(MissingEntry):
            submission = gradebook.find_submission(ASSIGNMENT, student)
            return {f"{book.name}/{grade.name}": grade.score for book in submission.notebooks for grade in book.grades}
        return {}

    def _execute(self, statement: str, **values):
        return self._gradebook.db.execute(text(statement), values)

    def _opened(self) -> Gradebook:
        gradebook = Gradebook(self.db_url, nbgrader_settings().CourseDirectory.course_id)
        for statement in _TABLES:
            gradebook.db.execute(text(statement))
        gradebook.db.commit()
        return gradebook

    def _source_hash(self) -> str:
        digest = hashlib.sha256()
        for path in sorted(self.course.solutions.glob("*.ipynb")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()

    def _entered(self) -> str:
        """The hash of the notebooks from which the gradebook was made; empty if there is none."""
        if not (self.root / "gradebook.db").exists():
            return ""
        with self._opened() as gradebook:
            found = gradebook.db.execute(text("SELECT value FROM localmodels_facts WHERE name = 'source'")).scalar()
        return found or ""

    def _enter_exercises(self) -> None:
        from nbgrader.converters import GenerateAssignment
        from nbgrader.coursedir import CourseDirectory

        settings = nbgrader_settings()
        settings.CourseDirectory.root = str(self.root)
        settings.CourseDirectory.source_directory = str(self.course.solutions.parent.resolve())
        settings.CourseDirectory.release_directory = "released"
        settings.CourseDirectory.db_url = self.db_url
        settings.CourseDirectory.assignment_id = ASSIGNMENT
        settings.CourseDirectory.student_id = "."
        settings.GenerateAssignment.force = True
        with _quiet() as (log, said):
            try:
                GenerateAssignment(coursedir=CourseDirectory(config=settings, log=log), config=settings, log=log).start()
            except Exception as error:
                last = "\n".join([*said.getvalue().strip().splitlines()[-3:], f"{type(error).__name__}: {error}"])
                raise Problem(
                    f"The gradebook in {self.root} does not fit these notebooks; was it made from an older version? "
                    f"Grade into a new folder with --out.\n{last}"
                ) from None

    def _bring_glossary(self) -> None:
        """Feedback links to ../../glossary.md, as the notebooks do."""
        glossary = self.course.root / "glossary.md"
        if glossary.exists():
            (self.root / "feedback").mkdir(exist_ok=True)
            shutil.copyfile(glossary, self.root / "feedback" / "glossary.md")

    def _write_files(self, step: str, student: str, files: dict[str, str], suffix: str, others: dict[str, str]) -> None:
        """Replace a student's folder of one step; none if there is nothing to write."""
        place = self.root / step / student / ASSIGNMENT
        _remove(place)
        for name, content in [*((f"{lesson}{suffix}", content) for lesson, content in files.items()), *others.items()]:
            if content:
                place.mkdir(parents=True, exist_ok=True)
                (place / name).write_text(content, encoding="utf-8")


@contextlib.contextmanager
def _quiet() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A logger whose words are kept instead of shown."""
    said = io.StringIO()
    log = logging.Logger("nbgrader", logging.ERROR)
    log.addHandler(logging.StreamHandler(said))
    with warnings.catch_warnings(), contextlib.redirect_stderr(said):
        warnings.simplefilter("ignore")
        yield log, said


def _remove(folder: Path) -> None:
    """Remove a folder, read-only files included (nbgrader makes them so)."""
    if folder.is_symlink():
        return folder.unlink()
    if folder.exists():
        for path in (folder, *folder.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() else 0o644)
        shutil.rmtree(folder)
