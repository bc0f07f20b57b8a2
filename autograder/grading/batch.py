"""Grades many submissions at once: workers mark, this process alone writes. Any order and any number of workers, the same gradebook.

A worker that dies costs nobody else anything: what was being marked then is marked again, one at a time, and the
submission that ends its worker a second time could not be graded.
"""

from __future__ import annotations

import multiprocessing
import os
import socket
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver

from autograder.grading import work
from autograder.grading.gradebook import GradingFolder
from autograder.grading.intake import Submission
from autograder.grading.marking import ByHand, Marked
from autograder.grading.records import Result, failed
from autograder.grading.rooms import Rooms

ENDED = "the grader's own process was ended twice while it graded this"


def all_cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def get_ready() -> None:
    """Start what workers are forked from; it imports what they need while this process does something else."""
    if _context().get_start_method() == "forkserver":
        forkserver.ensure_running()


def grade_all(
    folder: GradingFolder,
    submissions: Iterable[Submission],
    rooms: Rooms,
    door: socket.socket | None = None,
    tell: Callable[[Result, bool], None] = lambda result, known: None,
    workers: int = 0,
    force: bool = False,
    keep_submitted: bool = False,
) -> list[Result]:
    """Grade every submission, write each as soon as it is done, and return the results in the order of `submissions`.

    door     that of the warm parent which all workers share; each has one of its own when left out.
    tell     called with each result, and whether it was there from an earlier run.
    workers  processes; 0 for one more than there are cores, because now and then one waits for a timeout that a check wants to see.
    force    grade again what was graded before from the same files by the same checks.
    """
    submissions = list(submissions)
    table: dict[str, Result | None] = {submission.student: None for submission in submissions}
    masters = folder.masters()
    desk = work.Desk(masters, work.checks_hash(masters, rooms), rooms, door)
    known = {} if force else folder.fingerprints()
    before = {result.student: result for result in folder.results()} if known else {}
    by_hand = folder.by_hand()
    tasks = deque((one, by_hand.get(one.student, ByHand()), known.get(one.student, "")) for one in submissions)
    for student, marked in _marked(tasks, desk, min(workers or all_cores() + 1, max(1, len(submissions)))):
        if marked:
            folder.write(marked, keep_submitted)
        table[student] = marked.result if marked else before[student]
        tell(table[student], marked is None)
    return list(table.values())


Task = tuple[Submission, ByHand, str]


def _marked(tasks: deque[Task], desk: work.Desk, workers: int) -> Iterator[tuple[str, Marked | None]]:
    """What comes of each task, in the order in which they end."""
    while tasks:
        suspects: list[Task] = []
        yield from _until_broken(tasks, desk, workers, suspects)
        for task in suspects:
            alone: list[Task] = []
            yield from _until_broken(deque([task]), desk, 1, alone)
            if alone:
                yield task[0].student, Marked(failed(task[0].student, ENDED, final=False), "")


def _until_broken(tasks: deque[Task], desk: work.Desk, workers: int, suspects: list[Task]) -> Iterator[tuple[str, Marked | None]]:
    """Work through the tasks. If a worker dies, what was in flight goes into `suspects` and the rest stays in `tasks`."""
    flying: dict[Future, Task] = {}
    pool = ProcessPoolExecutor(workers, mp_context=_context(), initializer=work.begin, initargs=(desk,))
    try:
        while (tasks or flying) and not suspects:
            while tasks and len(flying) <= workers:  # one more than can run, so that no worker waits for us
                task = tasks.popleft()
                flying[pool.submit(work.work, *task)] = task
            for future in wait(flying, return_when=FIRST_COMPLETED).done:
                try:
                    done = future.result()
                except BrokenProcessPool:
                    continue
                yield flying.pop(future)[0].student, done
            suspects += [flying[future] for future in flying if future.done() and isinstance(future.exception(), BrokenProcessPool)]
        suspects += [task for task in flying.values() if task not in suspects]
    except BrokenProcessPool:  # a worker died before the next task could be handed over
        suspects += [task for task in [*flying.values(), task] if task not in suspects]
    except BaseException:
        _end_workers()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _context():
    """Workers come from a clean process that has imported what they need."""
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["autograder.grading.work"])
    return context


def _end_workers() -> None:
    for process in multiprocessing.active_children():
        process.kill()
