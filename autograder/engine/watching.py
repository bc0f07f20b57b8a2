"""Watches a box from outside: memory, processor time and sockets of all its processes together.

Where no control group counts them, adding up is all there is. It happens every 50 ms; what one process can do
within that time is bounded by the limits the kernel keeps.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from autograder.engine.policy import Limits

INTERVAL = 0.05  # seconds
MANY_TASKS = 32  # when a box has more, all but its oldest stand back behind everybody else's
OLDEST = 8
LOWEST_PRIORITY = 19
SPARED = 2  # the outermost process and process 1, which hold the box together
SPARE_SECONDS = 10.0  # beyond what the cells and the checks may take
RECOUNT = 0.5  # seconds; how often to count exactly while the quick count stays too high
PATIENCE = 4  # processes ended for memory before the whole box is
TICKS = os.sysconf("SC_CLK_TCK")
PRIVATE = (b"Pss_Anon:", b"Pss_Shmem:", b"SwapPss:")
NOT_FILES = (b"RssAnon:", b"RssShmem:", b"VmSwap:")


@dataclass
class Watch:
    """Watches the tree below the process `pid` in a thread until `stop`.

    end   called with a sentence when the box must go.
    peak  most memory seen, bytes; shared pages counted once if it came near the limit, else in each process.
    has_own_network  False where sockets of other programs would be counted as well.
    why   what was ended for memory, if anything was.
    """

    pid: int
    limits: Limits
    end: Callable[[str], None]
    has_own_network: bool = True
    peak: int = 0
    why: str = ""
    _ended: int = 0
    _started: float = field(default_factory=time.monotonic)
    _counted: tuple[int, int, float] = (0, 0, 0.0)  # quick count, exact count, when
    _calmed: set[int] = field(default_factory=set)
    _over: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True, name="watch")
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()
        self._look_at_memory(list(descendants(self.pid)))  # a short life may have been looked at never

    def _run(self) -> None:
        try:
            pause = 0.0  # the first look at once, so that even the shortest life is measured
            while not self._over.wait(pause):
                started = time.monotonic()
                self._look()
                pause = max(INTERVAL, 4 * (time.monotonic() - started))  # a box with much to count costs us no core
        except Exception as error:  # an unwatched box must not live
            self.end(f"it could not be watched any more ({type(error).__name__})")
            raise

    def _look(self) -> None:
        tree = list(descendants(self.pid))
        self._look_at_memory(tree)
        self._look_at_time(tree)
        if self.has_own_network and _sockets(self.pid) > self.limits.sockets:
            self.end(f"it opened more sockets than it may, {self.limits.sockets}")

    def _look_at_memory(self, tree: list[tuple[int, list[int]]]) -> None:
        used = sum(_sum_of(f"/proc/{pid}/status", NOT_FILES) for pid, _ in tree)
        if used > self.limits.tree_memory:  # pages that a fork shares are in there many times
            used = self._exact(used, [pid for pid, _ in tree[SPARED:]])
        self.peak = max(self.peak, used)

    def _exact(self, quick: int, pids: list[int]) -> int:
        """Count every page once. That takes milliseconds, so not each time when little can have changed."""
        quick_then, exact_then, when = self._counted
        if quick - quick_then < self.limits.tree_memory - exact_then and time.monotonic() - when < RECOUNT:
            return exact_then
        exact = {pid: _sum_of(f"/proc/{pid}/smaps_rollup", PRIVATE) for pid in pids}
        self._counted = quick, sum(exact.values()), time.monotonic()
        if sum(exact.values()) > self.limits.tree_memory:
            self._free_memory(exact)
        return sum(exact.values())

    def _free_memory(self, exact: dict[int, int]) -> None:
        """End the largest process; after some of these, the box."""
        self.why = f"it used more memory than it may, {self.limits.tree_memory // 2**20} MB"
        self._ended += 1
        if self._ended > PATIENCE or not exact:
            return self.end(self.why)
        end_process(max(exact, key=exact.get))

    def _look_at_time(self, tree: list[tuple[int, list[int]]]) -> None:
        tasks = [task for _, tasks in tree for task in tasks]
        if len(tasks) > MANY_TASKS:
            for task in set(tasks[OLDEST:]) - self._calmed:
                with contextlib.suppress(OSError):
                    os.setpriority(os.PRIO_PROCESS, task, LOWEST_PRIORITY)
            self._calmed = set(tasks)
        if sum(_processor_seconds(pid) for pid, _ in tree) > self.limits.cpu_seconds:
            self.end(f"it used more processor time than it may, {self.limits.cpu_seconds} seconds")
        if time.monotonic() - self._started > 2 * self.limits.total_seconds + SPARE_SECONDS:
            self.end(f"cells and checks together took longer than {2 * self.limits.total_seconds:g} seconds")


def descendants(pid: int) -> Iterator[tuple[int, list[int]]]:
    """(process, its threads) of a process and all below it, parents first."""
    children = _children_in_proc if os.path.exists(f"/proc/{pid}/task/{pid}/children") else _children_by_parent()
    waiting = [pid]
    while waiting:
        pid = waiting.pop(0)
        try:
            tasks = [int(task) for task in os.listdir(f"/proc/{pid}/task")]
        except OSError:
            continue
        yield pid, tasks
        waiting.extend(children(pid, tasks))


def _children_in_proc(pid: int, tasks: list[int]) -> Iterator[int]:
    for task in tasks:  # each thread has children of its own
        yield from map(int, _read(f"/proc/{pid}/task/{task}/children").split())


def _children_by_parent() -> Callable[[int, list[int]], list[int]]:
    """The same for kernels that do not list children: from the parents of all processes."""
    found: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit() and (fields := _fields(int(name))):
            found.setdefault(int(fields[1]), []).append(int(name))
    return lambda pid, tasks: found.get(pid, [])


def end_process(pid: int) -> None:
    """SIGKILL for a process found a moment ago, unless its number has changed hands since."""
    with contextlib.suppress(OSError):
        started = _started(pid)
        handle = os.pidfd_open(pid)
        try:
            if started and _started(pid) == started:
                signal.pidfd_send_signal(handle, signal.SIGKILL)
        finally:
            os.close(handle)


def _read(path: str) -> bytes:
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read()
    except OSError:
        return b""


def _sum_of(path: str, names: tuple[bytes, ...]) -> int:
    """Sum of the named lines of a /proc file, in bytes."""
    total = 0
    for line in _read(path).splitlines():
        if line.startswith(names):
            total += int(line.split()[1]) * 1024
    return total


def _fields(pid: int) -> list[bytes]:
    """Fields of /proc/PID/stat after the program's name, which may hold blanks and brackets."""
    return _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()


def _started(pid: int) -> bytes:
    return (_fields(pid) + [b""] * 20)[19]


def _processor_seconds(pid: int) -> float:
    """Processor time of a process and of its children that have ended."""
    times = _fields(pid)[11:15]
    return sum(map(int, times)) / TICKS


def _sockets(pid: int) -> int:
    """Sockets that exist in a process's network namespace."""
    words = _read(f"/proc/{pid}/net/sockstat").split()
    return int(words[2]) if len(words) > 2 else 0
