"""For tests of the grading engine: whether this machine can isolate, and how to be an ordinary user on it."""

from __future__ import annotations

import functools
import os
import platform
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.engine import Nursery, Policy, default_policy, judge_notebook, with_limits
from autograder.engine import namespaces as ns
from autograder.engine.seccomp import ARCHITECTURES
from localmodels.checks.core import Exercise, Report

ROOT = Path(__file__).parent.parent
STRANGER = 54321  # number of a user that owns nothing
GENEROUS = {"cell_seconds": 60.0, "call_seconds": 60.0, "total_seconds": 600.0}  # tests share loaded machines


KERNEL_ALLOWS = """
import os
from autograder.engine import namespaces as ns
ns.unshare(ns.NEW_MOUNTS | ns.NEW_NET | (ns.NEW_USER if os.geteuid() else 0))
ns.mount("none", "/", flags=ns.RECURSIVE | ns.PRIVATE)
ns.mount("tmpfs", "/tmp", "tmpfs")
"""


@functools.cache
def can_isolate() -> bool:
    """Whether the kernel lets us make namespaces and mounts at all, found without the engine's way of making boxes."""
    if sys.platform != "linux" or platform.machine() not in ARCHITECTURES:
        return False
    return subprocess.run([sys.executable, "-c", KERNEL_ALLOWS], cwd=ROOT, capture_output=True).returncode == 0


isolating = pytest.mark.skipif(not can_isolate(), reason="this machine does not let processes be isolated")
as_superuser = pytest.mark.skipif(not can_isolate() or os.geteuid() != 0, reason="only the superuser can become another user")


def policy(**limits: float) -> Policy:
    """The default policy with time enough for a loaded machine, and with these limits."""
    return with_limits(default_policy(ROOT), **{**GENEROUS, **limits})


def judged(nursery: Nursery, *cells, guards=()):
    """Judge cells; `guards` are pairs (visible name, Check) of every exercise."""
    return judge_notebook(nursery, cells, lambda name: guards)


def printed(nursery: Nursery, source: str) -> str:
    """What one cell prints, and the errors it shows."""
    result = judged(nursery, source)
    shown = [output.get("text") or output.get("evalue") or str(output.get("data")) for output in result.outputs.get(0, ())]
    return "".join(shown) + result.lost


def one_check(judge, points: float = 1.0, name: str = "toy") -> Exercise:
    """An exercise with one check."""
    exercise = Exercise(name, lesson="99", functions=("f",))
    exercise.check(points=points)(judge)
    return exercise


def told(report: Report) -> str:
    """What a report says about its first outcome."""
    outcome = report.outcomes[0]
    return outcome.got or outcome.expected or outcome.guard


def as_stranger(*command: str, timeout: float = 600) -> subprocess.CompletedProcess:
    """Run a program as a user who owns nothing, where only the superuser is otherwise. Python stays readable."""
    code = "import sys; from tests.boxes import become_stranger; become_stranger(sys.argv[1:])"
    return subprocess.run([sys.executable, "-c", code, *command], cwd=ROOT, timeout=timeout, capture_output=True, text=True)


def become_stranger(command: list[str]) -> None:
    """In a mount namespace of our own, open the way to Python and the course for all; then change the user."""
    ns.unshare(ns.NEW_MOUNTS)
    ns.mount("none", "/", flags=ns.RECURSIVE | ns.PRIVATE)
    needed = {path: os.open(path, os.O_PATH) for path in (sys.base_prefix, sys.prefix, str(ROOT))}
    closed = {parent for path in needed for parent in Path(path).parents if not os.stat(parent).st_mode & stat.S_IXOTH}
    for folder in closed:
        ns.mount("tmpfs", str(folder), "tmpfs", data="mode=755")
    for path, source in needed.items():
        if closed & set(Path(path).parents):
            os.makedirs(path, exist_ok=True)
            ns.bind_read_only(f"/proc/self/fd/{source}", path)
    ns.become(STRANGER, STRANGER)
    os.environ.update(HOME="/nonexistent", PYTHONDONTWRITEBYTECODE="1", TMPDIR="/tmp")
    os.execvp(command[0], command)
