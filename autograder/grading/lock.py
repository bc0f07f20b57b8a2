"""One grader at a time in a folder. The lock belongs to the process: when that ends, however it ends, the lock is free."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from autograder.course import Problem

try:
    import fcntl
except ImportError:  # Windows, where learners' code cannot be isolated anyway
    fcntl = None

NAME = "grading.lock"


@contextlib.contextmanager
def only_grader_in(folder: Path) -> Iterator[None]:
    """Hold the folder's lock. A Problem that names the other process if somebody else holds it."""
    with open(folder / NAME, "a+", encoding="ascii") as file:
        if fcntl:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                holder = file.read(20).strip()
                who = f" (process {holder})" if holder.isdigit() else ""
                raise Problem(
                    f"Another grader{who} is at work in {folder}. Wait until it has ended; grading again then goes on from there."
                ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)
