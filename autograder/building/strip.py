"""From solved notebooks to what students open: nbgrader's own `generate_assignment`, on a throw-away copy."""

from __future__ import annotations

import contextlib
import io
import logging
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path

from traitlets.config import Config, PyFileConfigLoader

from autograder.course import ASSIGNMENT, Course, Problem


def nbgrader_settings() -> Config:
    """The course's nbgrader settings, as nbgrader itself would load them."""
    return PyFileConfigLoader("nbgrader_config.py", path=str(Path(__file__).parent.parent)).load_config()


def student_versions(solved: Mapping[str, str]) -> dict[str, str]:
    """Released notebooks by name, from solved notebooks by name; both as the text of their files."""
    with tempfile.TemporaryDirectory(prefix="release-") as folder:
        course = Course(Path(folder).resolve())
        course.solutions.mkdir(parents=True)
        for name, text in solved.items():
            (course.solutions / f"{name}.ipynb").write_text(text, encoding="utf-8")
        _generate(course)
        return {name: (course.notebooks / f"{name}.ipynb").read_text(encoding="utf-8") for name in solved}


def _generate(course: Course) -> None:
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory

    settings = nbgrader_settings()
    settings.SaveCells.enabled = False  # the gradebook is filled when grading starts
    settings.GenerateAssignment.no_database = True
    folders = CourseDirectory(config=settings, root=str(course.root), assignment_id=ASSIGNMENT)
    said = io.StringIO()
    log = logging.Logger("release", logging.ERROR)
    log.addHandler(logging.StreamHandler(said))
    with contextlib.redirect_stderr(said), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            GenerateAssignment(coursedir=folders, config=settings, log=log).start()
        except NbGraderException:
            raise Problem(f"nbgrader could not make the students' notebooks:\n{said.getvalue()}") from None
