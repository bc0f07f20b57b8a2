"""Make the notebooks from the lessons.

  python -m autograder build                                     all lessons, run and written
  python -m autograder build lessons/02_call_a_local_model.py    one lesson
  python -m autograder build --no-execute                        only what students open, in seconds
  python -m autograder build --check                             write nothing, say what is out of date
"""

from __future__ import annotations

import argparse

from autograder.building.files import build, chosen_lessons, differences, write
from autograder.course import home_course
from localmodels.checks import exercises


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of this verb."""
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="lesson files; all if none is named")
    parser.add_argument("--no-execute", dest="execute", action="store_false", help="only notebooks/, without running anything")
    parser.add_argument("--check", action="store_true", help="compare with what is there; exit code 1 if it differs")


def run(options: argparse.Namespace) -> int:
    """Build, then write or compare; returns the exit code."""
    course = home_course()
    made = build(course, chosen_lessons(course, options.lessons), exercises(), options.execute)
    whole = not options.lessons
    if not options.check:
        write(course, made, whole)
        print(f"{len(made)} files are up to date in {course.root}")
        return 0
    wrong = differences(course, made, whole)
    print("\n".join(wrong) or f"All {len(made)} files are what a fresh build gives.")
    if wrong:
        print("Run: python -m autograder build")
    return 1 if wrong else 0
