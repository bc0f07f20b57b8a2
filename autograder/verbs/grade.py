"""Grade a folder of submissions, on all cores, each learner's code in a sandbox of its own.

  python -m autograder grade ~/Downloads/submissions
  python -m autograder grade submissions --out course-autumn --workers 4
  python -m autograder grade submissions --results results.json      for machines

The folder holds a folder or a zip per student, nbgrader's submitted/STUDENT/m13/, or files named
STUDENT_LESSON.ipynb. Results: results.csv, results.json, feedback/STUDENT/m13/*.html and nbgrader's
gradebook.db. Stopped in the middle? The same command goes on where it was: what was graded from the
same files by the same checks is not graded again, unless you say --force. Points and comments that a
person gave in the formgrader stay.

Each submission ends as one of: graded, graded with repairs, needs a person, could not be graded.

Exit code: 0 all graded; 1 at least one submission needs a person or could not be graded; 2 the command was
mistyped; 3 nothing was graded or grading was stopped, and a sentence says why.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from autograder.course import Problem, home_course

OK, NOT_ALL, STOPPED = 0, 1, 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of this verb."""
    parser.add_argument("submissions", type=Path, metavar="SUBMISSIONS", help="the folder that holds them")
    parser.add_argument("--out", type=Path, default=Path("course"), metavar="DIR", help="where results go (default: course)")
    parser.add_argument("--workers", type=_count, default=0, metavar="N", help="processes at work (default: one more than cores)")
    parser.add_argument("--force", action="store_true", help="grade again what was graded before")
    parser.add_argument("--results", type=Path, metavar="FILE", help="write the results as JSON to this file too")
    parser.add_argument("--cell-seconds", type=float, metavar="S", help="seconds one cell may take (default: 20)")
    parser.add_argument("--no-sandbox", dest="sandbox", action="store_false", help="run learners' code as you; only for work you trust")


def _count(word: str) -> int:
    if not word.isdigit() or not 1 <= int(word) <= 64:
        raise argparse.ArgumentTypeError(f"{word!r} is no number from 1 to 64")
    return int(word)


def run(options: argparse.Namespace) -> int:
    """Grade everything; returns the exit code."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # one process per core is enough
    try:
        return _grade(options)
    except Problem as problem:
        print(problem, file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopped. What was graded is kept; the same command goes on from there.", file=sys.stderr)
    return STOPPED


def _grade(options: argparse.Namespace) -> int:
    from autograder.grading.batch import get_ready
    from autograder.grading.intake import find_submissions
    from autograder.grading.rooms import NO_SANDBOX, rooms

    course = home_course()
    submissions = find_submissions(options.submissions, [path.stem for path in course.lesson_files()])
    secret = (course.root, options.submissions, options.out)
    made = rooms(options.sandbox, secret, cell_seconds=options.cell_seconds)
    if not options.sandbox:
        print(NO_SANDBOX, file=sys.stderr)
    with made.warm_parent() as parent:  # warm when the gradebook is ready
        get_ready()
        made.try_out()
        results = _graded(options, course, submissions, made, parent.door)
    print(_summary(results, options.out, made.level))
    return NOT_ALL if any(result.state in _not_all() for result in results) else OK


def _graded(options: argparse.Namespace, course, submissions: list, made, door) -> list:
    """Grade into the folder, and write the tables of everything it holds."""
    from autograder.grading.batch import grade_all
    from autograder.grading.gradebook import GradingFolder
    from autograder.grading.lock import only_grader_in
    from autograder.grading.progress import Progress
    from autograder.grading.reports import write_csv, write_json

    options.out.mkdir(parents=True, exist_ok=True)
    in_place = options.submissions.resolve() in (options.out.resolve(), options.out.resolve() / "submitted")
    folder = GradingFolder(options.out, course)
    with only_grader_in(options.out):
        try:
            folder.open()
            masters = folder.masters()
            progress = Progress(len(submissions), sum(master.points for master in masters.values()))
            results = grade_all(folder, submissions, made, door, progress.tell, options.workers, options.force, in_place)
            progress.end()
            recorded = folder.results()
        finally:
            folder.close()
        write_csv(options.out / "results.csv", recorded, masters)
        write_json(options.out / "results.json", recorded)
    if options.results:
        write_json(options.results, results)
    return results


def _not_all() -> tuple:
    from autograder.grading.records import State

    return (State.NEEDS_PERSON, State.FAILED)


def _summary(results: list, place: Path, level: str) -> str:
    """How many ended in which state, how well learners' code was kept apart, and where to look."""
    from autograder.grading.records import State

    counts = [(state, sum(result.state is state for result in results)) for state in State]
    told = ", ".join(f"{count} {state}" for state, count in counts if count)
    return f"{told}. Sandbox: {level}.\nTable: {place / 'results.csv'}\nFeedback pages: {place / 'feedback'}"
