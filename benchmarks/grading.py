"""How fast a class is graded: our engine against stock `nbgrader autograde` and `generate_feedback`, in the same run.

    python benchmarks/grading.py                 a few submissions, a few minutes
    python benchmarks/grading.py --full          a larger class, and growth from 10 to 1 000 submissions
    python benchmarks/grading.py --students 20 --lesson 00

Both sides grade the same solved notebooks of all lessons and write feedback pages. Stock nbgrader runs the visible checks in
each student's kernel; ours runs those and the hidden ones, in sandboxes. `bare` is the limit: the same cells with the visible
checks in one warm interpreter, one notebook after the other, nothing isolated and nothing written. Last line: one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from autograder.course import Course, with_own_programs_on_path
from autograder.grading.batch import all_cores
from autograder.grading.gradebook import GradingFolder
from autograder.workbench import kernel_environment, silent_ollama

ROOT = Path(__file__).resolve().parent.parent
COURSE = Course(ROOT)
STOCK = "c = get_config()\nc.CourseDirectory.course_id = 'stock'\nc.CourseDirectory.source_directory = {source!r}\nc.Execute.timeout = 300\n"
SAMPLE_SECONDS = 0.7  # looking costs time itself
TICKS = os.sysconf("SC_CLK_TCK")


def class_of(students: int, folder: Path, lessons: list[str]) -> None:
    """Solved notebooks of these lessons, handed in by so many students, in nbgrader's layout."""
    for number in range(students):
        place = folder / "submitted" / f"student-{number:04}" / "m13"
        place.mkdir(parents=True)
        for lesson in lessons:
            shutil.copyfile(COURSE.solutions / f"{lesson}.ipynb", place / f"{lesson}.ipynb")


def measured(*command: str, cwd: Path, env: dict[str, str] | None = None) -> dict[str, float]:
    """Wall seconds and processor seconds of a command with all its processes, and the most memory of them together.

    Memory in MB, pages that they share counted once. On a busy machine processor seconds compare better than wall seconds.
    """
    started, seen = time.perf_counter(), {"memory_mb": 0.0, "cpu_seconds": 0.0}
    with open(cwd / "said.txt", "ab") as said:
        process = subprocess.Popen(command, cwd=cwd, env=env or with_own_programs_on_path(), stdout=said, stderr=said)
    watch = threading.Thread(target=_watch, args=(process, seen))
    watch.start()
    code = process.wait()
    seconds = time.perf_counter() - started
    watch.join()
    if code:
        sys.exit(f"{' '.join(command)} ended with exit code {code}:\n{(cwd / 'said.txt').read_text()[-2000:]}")
    return {"seconds": seconds, **seen}


def _watch(process: subprocess.Popen, seen: dict[str, float]) -> None:
    while process.poll() is None:
        try:
            tree = [process.pid, *(one.pid for one in psutil.Process(process.pid).children(recursive=True))]
        except psutil.Error:
            return
        seen["memory_mb"] = max(seen["memory_mb"], sum(map(_pss, tree)) / 1e6)
        seen["cpu_seconds"] = max(seen["cpu_seconds"], sum(map(_cpu, tree)))
        time.sleep(SAMPLE_SECONDS)


def _cpu(pid: int) -> float:
    """Processor seconds of a process and of those of its children that have ended."""
    try:
        return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15])) / TICKS
    except OSError:
        return 0.0


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
    except (OSError, StopIteration):
        return 0


def stock(folder: Path) -> dict[str, float]:
    """nbgrader as it comes: autograde, then feedback. Entering the assignment is not counted, on neither side."""
    (folder / "nbgrader_config.py").write_text(STOCK.format(source=str(COURSE.solutions.parent)), encoding="utf-8")
    nbgrader = (sys.executable, "-m", "nbgrader")
    with silent_ollama() as port:
        environment = kernel_environment(folder / "home", port)
        measured(*nbgrader, "generate_assignment", "m13", cwd=folder)
        graded = measured(*nbgrader, "autograde", "m13", cwd=folder, env=environment)
    told = measured(*nbgrader, "generate_feedback", "m13", cwd=folder)
    return {
        "seconds": graded["seconds"] + told["seconds"],
        "cpu_seconds": graded["cpu_seconds"] + told["cpu_seconds"],
        "memory_mb": max(graded["memory_mb"], told["memory_mb"]),
    }


def ours(folder: Path, workers: int) -> dict[str, float]:
    """`python -m autograder grade`, all of it but entering the assignment: self-test, points, feedback, tables."""
    books = GradingFolder(folder / "out", COURSE)
    books.open()
    books.close()
    options = ["--workers", str(workers), "--cell-seconds", "120"]
    found = measured(sys.executable, "-m", "autograder", "grade", str(folder), "--out", str(folder / "out"), *options, cwd=folder)
    results = json.loads((folder / "out" / "results.json").read_text(encoding="utf-8"))
    wrong = [result["student"] for result in results if result["points"] != results[0]["points"] or result["state"] != "graded"]
    if wrong or not results[0]["points"]:
        sys.exit(f"Solved notebooks did not get all points: {wrong or results[0]}")
    found["learner_memory_mb"] = max(result["peak_memory"] for result in results) / 1e6
    found["marking_seconds"] = sorted(result["seconds"] for result in results)[len(results) // 2]
    return found


def bare(folder: Path, rounds: int) -> float:
    """Seconds for one submission's cells in a warm interpreter."""
    command = [sys.executable, str(Path(__file__).resolve()), "--bare", str(folder), "--students", str(rounds)]
    with silent_ollama() as port:
        environment = kernel_environment(folder / "bare-home", port)
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout.splitlines()[-1])


def run_bare(folder: Path, rounds: int) -> None:
    """In the child: run all cells of all lessons, `rounds` times after one that warms up; print the seconds of one round."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    from localmodels import facts
    from localmodels.checks.redirect import redirected

    startup = Path(os.environ["IPYTHONDIR"], "profile_default", "startup", "00-ollama.py").read_text(encoding="utf-8")
    port = int(startup.split("lambda: ")[1].split(")")[0])
    books = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((folder / "submitted" / "student-0000" / "m13").glob("*.ipynb"))]
    cells = [["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"] for book in books]
    shell = InteractiveShell.instance()
    shell.history_manager.enabled = False
    os.chdir(tempfile.mkdtemp(dir=folder))
    with redirected({facts.value("ollama.port")}, lambda: port):
        for number in range(rounds + 1):
            started = time.perf_counter() if number == 1 else (started if number else 0.0)
            for book in cells:
                shell.reset(new_session=True)
                with capture_output():
                    for source in book:
                        shell.run_cell(source, store_history=False)
    print((time.perf_counter() - started) / rounds)


def growth(base: Path, sizes: list[int], workers: int) -> list[dict[str, float]]:
    """Time and memory for classes of different sizes, of the shortest lesson."""
    found = []
    for size in sizes:
        folder = base / f"growth-{size}"
        class_of(size, folder, [COURSE.lesson_files()[0].stem])
        one = ours(folder, workers)
        found.append({"students": size, "seconds": round(one["seconds"], 1), "per_submission": round(one["seconds"] / size, 3), "memory_mb": round(one["memory_mb"])})
        print(f"{size:5} submissions of one lesson: {one['seconds']:7.1f} s, {one['seconds'] / size:.3f} s each, {one['memory_mb']:.0f} MB")
        shutil.rmtree(folder)
    return found


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="a class of 24, growth from 10 to 1 000 submissions")
    parser.add_argument("--students", type=int, default=0, help="students in the class (default: 6, with --full 24)")
    parser.add_argument("--workers", type=int, default=all_cores() + 1, help="our processes (default: one more than cores, as the command has it)")
    parser.add_argument("--lesson", action="append", metavar="NAME", help="only this lesson, by the start of its name; may be repeated")
    parser.add_argument("--bare", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.bare:
        return run_bare(options.bare, options.students)
    students = options.students or (24 if options.full else 6)
    lessons = [path.stem for path in COURSE.lesson_files() if path.stem.startswith(tuple(options.lesson or [""]))]
    with tempfile.TemporaryDirectory(prefix="grading-") as folder:
        base = Path(folder)
        for side in ("stock", "ours"):
            class_of(students, base / side, lessons)
        mine, theirs = ours(base / "ours", options.workers), stock(base / "stock")
        limit = bare(base / "ours", 3)
        grown = growth(base, [10, 100, 1000] if options.full else [5, 20], options.workers)
    core_seconds = mine["seconds"] * all_cores() / students
    most = theirs["seconds"] * all_cores() / (limit * students)
    print(f"{students} students, {len(lessons)} lessons, {options.workers} workers")
    print(f"stock nbgrader: {theirs['seconds']:.1f} s, {theirs['seconds'] / students:.2f} s a submission, {theirs['memory_mb']:.0f} MB")
    print(f"ours:           {mine['seconds']:.1f} s, {mine['seconds'] / students:.2f} s a submission, {mine['memory_mb']:.0f} MB")
    print(f"ratio:          {theirs['seconds'] / mine['seconds']:.1f} times the throughput, {theirs['cpu_seconds'] / mine['cpu_seconds']:.1f} times less processor time")
    print(f"at most:        {most:.1f} times, by a grader that did nothing but run the bare cells on all cores")
    print(f"bare cells:     {limit:.2f} s a submission on one core; ours takes {core_seconds / limit:.1f} times that, start included")
    found = {
        "students": students,
        "lessons": len(lessons),
        "workers": options.workers,
        "stock": {name: round(value, 2) for name, value in theirs.items()},
        "ours": {name: round(value, 2) for name, value in mine.items()},
        "ratio": round(theirs["seconds"] / mine["seconds"], 2),
        "cpu_ratio": round(theirs["cpu_seconds"] / mine["cpu_seconds"], 2),
        "ratio_at_most": round(most, 2),
        "bare_seconds": round(limit, 3),
        "times_bare": round(core_seconds / limit, 2),
        "growth": grown,
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
