"""Grade a folder of submissions.

  python -m autograder grade ~/Downloads/submissions
  python -m autograder grade submissions --out course-autumn

The folder holds a folder or a zip per student, nbgrader's submitted/STUDENT/m13/, or files named
STUDENT_LESSON.ipynb. Results: results.csv, results.json, feedback/STUDENT/m13/*.html and nbgrader's
gradebook.db. Grading again replaces a student's earlier result.

Exit code: 0 all graded, 1 at least one submission needs a person or could not be graded.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from autograder.course import home_course
from autograder.grading.batch import grade_all
from autograder.grading.gradebook import GradingFolder
from autograder.grading.intake import find_submissions
from autograder.grading.records import Result, State
from autograder.grading.reports import write_csv, write_json
from localmodels.checks import exercises


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of this verb."""
    parser.add_argument("submissions", type=Path, metavar="SUBMISSIONS", help="the folder that holds them")
    parser.add_argument("--out", type=Path, default=Path("course"), metavar="DIR", help="where results go (default: course)")


def run(options: argparse.Namespace) -> int:
    """Grade everything; returns the exit code."""
    course = home_course()
    lessons = [path.stem for path in course.lesson_files()]
    submissions = find_submissions(options.submissions, lessons)
    folder = GradingFolder(options.out, course)
    folder.open()
    known = exercises()
    possible = sum(exercise.points for exercise in known.values())
    results = grade_all(folder, submissions, possible)
    write_csv(folder.root / "results.csv", results, known)
    write_json(folder.root / "results.json", results)
    print(summary(results, folder.root))
    return 1 if any(result.state in (State.NEEDS_PERSON, State.FAILED) for result in results) else 0


def summary(results: list[Result], place: Path) -> str:
    """How many ended in which state, and where to look."""
    counts = [(state, sum(result.state is state for result in results)) for state in State]
    told = ", ".join(f"{count} {state}" for state, count in counts if count)
    return f"{told}.\nTable: {place / 'results.csv'}\nFeedback pages: {place / 'feedback'}"
