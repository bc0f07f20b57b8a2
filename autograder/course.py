"""Where things are in a course folder, and the one kind of error an instructor reads."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

ASSIGNMENT = "m13"  # nbgrader's name for the whole set of notebooks
LESSON_FILES = "[0-9][0-9]_*.py"


class Problem(Exception):
    """Something an instructor can put right; the message is a sentence that says how."""


@dataclass(frozen=True)
class Course:
    """The folders of a course. `root` is the repository, or a copy of it."""

    root: Path

    @property
    def lessons(self) -> Path:
        return self.root / "lessons"

    @property
    def figures(self) -> Path:
        return self.lessons / "figures"

    @property
    def solutions(self) -> Path:
        return self.root / "solutions" / ASSIGNMENT

    @property
    def notebooks(self) -> Path:
        return self.root / "notebooks" / ASSIGNMENT

    def lesson_files(self) -> list[Path]:
        """All lessons in order. A Problem if there is none."""
        found = sorted(path for path in self.lessons.glob(LESSON_FILES) if path.is_file())
        if not found:
            raise Problem(f"There are no lessons in {self.lessons}. Run this in the course's folder.")
        return found


def home_course() -> Course:
    """The course around the current folder, else the one this package was installed from."""
    for folder in (Path.cwd(), *Path.cwd().parents):
        if any((folder / "lessons").glob(LESSON_FILES)):
            return Course(folder)
    return Course(Path(__file__).resolve().parent.parent)


def with_own_programs_on_path(environment: dict[str, str] | None = None) -> dict[str, str]:
    """A copy of the environment in which `alembic` and `jupyter` of this Python are found first.

    nbgrader starts `alembic` by name, which fails when the virtual environment is not activated.
    """
    env = dict(os.environ if environment is None else environment)
    env["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), env.get("PATH", "")])
    return env
