"""The nbgrader side of a grading folder: its gradebook, and stock nbgrader's steps on one submission at a time."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

from traitlets.config import Config

from autograder.building.strip import nbgrader_settings
from autograder.course import ASSIGNMENT, Course, Problem, with_own_programs_on_path
from autograder.grading.records import REPORT_KIND, report_from_dict
from autograder.grading.repair import REPAIRS
from localmodels.checks.core import Report

_CONFIG = """\
# Settings for nbgrader's own commands in this folder: nbgrader formgrader, nbgrader export, ...
from pathlib import Path

import autograder

load_subconfig(str(Path(autograder.__file__).parent / "nbgrader_config.py"))  # noqa: F821
c.CourseDirectory.source_directory = {source!r}  # noqa: F821
"""


class GradingFolder:
    """submitted/, autograded/, feedback/ and gradebook.db below one folder, in nbgrader's layout."""

    def __init__(self, root: Path, course: Course, overrides: Config | None = None):
        """`overrides` are nbgrader settings that win over the course's, for example shorter time limits."""
        self.root = root.resolve()
        self.overrides = overrides or Config()
        self.course = course
        os.environ["PATH"] = with_own_programs_on_path()["PATH"]  # nbgrader starts `alembic` by name

    def open(self) -> None:
        """Make the folder and enter the course's exercises into its gradebook; an existing one is kept."""
        self.root.mkdir(parents=True, exist_ok=True)
        config = _CONFIG.format(source=str(self.course.solutions.parent.resolve()))
        (self.root / "nbgrader_config.py").write_text(config, encoding="utf-8")
        self._bring_glossary()
        from nbgrader.converters import GenerateAssignment

        settings = self._settings()
        settings.CourseDirectory.release_directory = "released"
        settings.GenerateAssignment.force = True
        said = self._run(GenerateAssignment, settings, ".")
        if said is not None:
            raise Problem(
                f"The gradebook in {self.root} does not fit these notebooks; was it made from an older version? "
                f"Grade into a new folder with --out.\n{said}"
            )

    def _bring_glossary(self) -> None:
        """Feedback links to ../../glossary.md, as the notebooks do."""
        glossary = self.course.root / "glossary.md"
        if glossary.exists():
            (self.root / "feedback").mkdir(exist_ok=True)
            shutil.copyfile(glossary, self.root / "feedback" / "glossary.md")

    def put(self, student: str, notebooks: dict[str, str]) -> None:
        """Place a student's notebooks where nbgrader looks for them, instead of an earlier submission."""
        place = self.root / "submitted" / student / ASSIGNMENT
        _remove(place)
        place.mkdir(parents=True)
        for name, text in notebooks.items():
            (place / f"{name}.ipynb").write_text(text, encoding="utf-8")

    def autograde(self, student: str) -> str | None:
        """Stock `nbgrader autograde` for one student; None, or what went wrong."""
        from nbgrader.converters import Autograde

        settings = self._settings()
        settings.Autograde.force = True
        return self._run(Autograde, settings, student)

    def feedback(self, student: str) -> str | None:
        """Stock `nbgrader generate_feedback` for one student; None, or what went wrong."""
        from nbgrader.converters import GenerateFeedback

        settings = self._settings()
        settings.GenerateFeedback.force = True
        return self._run(GenerateFeedback, settings, student)

    def forget(self, student: str) -> None:
        """Remove the points of an earlier grading of this student, so that none survives a failed one."""
        from nbgrader.api import Gradebook, MissingEntry

        for step in ("autograded", "feedback"):
            _remove(self.root / step / student / ASSIGNMENT)
        with Gradebook(self.db_url) as gradebook, contextlib.suppress(MissingEntry):
            gradebook.remove_submission(ASSIGNMENT, student)

    def reports(self, student: str) -> tuple[dict[str, list[Report]], list[str]]:
        """What the judge found in each notebook of a student, and the repairs that were made."""
        found, repairs = {}, []
        for path in sorted((self.root / "autograded" / student / ASSIGNMENT).glob("*.ipynb")):
            notebook = json.loads(path.read_text(encoding="utf-8"))
            found[path.stem] = list(_reports_in(notebook))
            repairs += [f"{path.stem}: {repair}" for repair in notebook["metadata"].get(REPAIRS, [])]
        return found, repairs

    @property
    def db_url(self) -> str:
        return f"sqlite:///{self.root / 'gradebook.db'}"

    def points(self, student: str) -> dict[str, float]:
        """Points by 'notebook/grade_id', as nbgrader's gradebook has them (a person's points win)."""
        from nbgrader.api import Gradebook, MissingEntry

        with Gradebook(self.db_url) as gradebook:
            try:
                submission = gradebook.find_submission(ASSIGNMENT, student)
            except MissingEntry:
                return {}
            return {f"{book.name}/{grade.name}": grade.score for book in submission.notebooks for grade in book.grades}

    def _settings(self) -> Config:
        settings = nbgrader_settings()
        settings.CourseDirectory.root = str(self.root)
        settings.CourseDirectory.source_directory = str(self.course.solutions.parent.resolve())
        settings.CourseDirectory.db_url = self.db_url
        settings.CourseDirectory.assignment_id = ASSIGNMENT
        settings.merge(self.overrides)
        return settings

    def _run(self, converter: type, settings: Config, student: str) -> str | None:
        """Run one of nbgrader's converters; None if it went well, else the last lines it logged."""
        from nbgrader.coursedir import CourseDirectory

        settings.CourseDirectory.student_id = student
        with _quiet() as (log, said):
            try:
                converter(coursedir=CourseDirectory(config=settings, log=log), config=settings, log=log).start()
            except Exception as error:  # whatever it is, it ends this submission and no other
                last = said.getvalue().strip().splitlines()[-3:]
                return "\n".join([*last, f"{type(error).__name__}: {error}"])
        return None


@contextlib.contextmanager
def _quiet() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A logger whose words are kept instead of shown."""
    said = io.StringIO()
    log = logging.Logger("nbgrader", logging.ERROR)
    log.addHandler(logging.StreamHandler(said))
    with warnings.catch_warnings(), contextlib.redirect_stderr(said):
        warnings.simplefilter("ignore")
        yield log, said


def _reports_in(notebook: dict) -> Iterator[Report]:
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if REPORT_KIND in output.get("data", {}):
                yield report_from_dict(output["data"][REPORT_KIND])


def _remove(folder: Path) -> None:
    """Remove a folder, read-only files included (nbgrader makes them so)."""
    for path in folder.rglob("*") if folder.exists() else ():
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() else 0o644)
    shutil.rmtree(folder, ignore_errors=True)
