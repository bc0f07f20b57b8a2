"""What a box may see and use, as a value that can be printed, compared and sent to another process."""

from __future__ import annotations

import json
import os
import site
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path

MIB = 2**20
MOCK_PORT = 11434
HOME = "/home/learner"
INSTALLED = ("site-packages", "dist-packages")  # where packages lie side by side with everybody else's
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32")
SETTINGS = ("/etc/alternatives", "/etc/ld.so.cache", "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/mime.types")


class Level(StrEnum):
    """How well a learner's process is kept apart. Stored with every result."""

    ISOLATED = "A: isolated"
    OPEN = "C: not isolated"


@dataclass(frozen=True)
class Limits:
    """Limits of one submission's box. Sizes in bytes, times in seconds."""

    address_space: int = 4096 * MIB  # per process; reservations count, so well above the memory wanted
    tree_memory: int = 1024 * MIB  # of all the box's processes together, shared pages counted once
    processes: int = 128  # threads count as processes
    open_files: int = 256
    sockets: int = 256  # both ends of a connection count
    file_size: int = 64 * MIB  # one file
    disk: int = 64 * MIB  # home and /tmp, each
    files: int = 4096  # files and folders in home and in /tmp, each
    shared_memory: int = 16 * MIB
    output: int = 200_000  # characters that one cell may print and show
    cell_seconds: float = 20.0  # wall time of one cell
    call_seconds: float = 10.0  # wall time of one call by a check
    total_seconds: float = 120.0  # wall time of all cells, and again of all checks
    cpu_seconds: int = 90  # processor time of one process, and of all together


@dataclass(frozen=True)
class Policy:
    """The file system, environment and limits of a box.

    read_only    paths of this machine that exist inside, at the same place; all others do not.
    hidden       paths that do not exist inside although they lie below one of `read_only`; a path of
                 `read_only` that lies below a hidden one is shown again.
    environment  all environment variables there are.
    level        Level.OPEN gives up the first two: the learner's process sees what its user sees.
    """

    read_only: tuple[str, ...]
    environment: dict[str, str]
    hidden: tuple[str, ...] = ()
    home: str = HOME
    uid: int = 1000  # the learner's user number inside; without root, it is another name for the grader's own
    limits: Limits = field(default_factory=Limits)
    level: Level = Level.ISOLATED


def default_policy(course: Path, limits: Limits = Limits(), level: Level = Level.ISOLATED, secret: Iterable[Path] = ()) -> Policy:
    """System libraries, this Python with its packages, and the student's package `localmodels`: nothing else.

    course  the folder that holds `localmodels`; its neighbours (hidden checks, solutions, gradebook) stay out
            even if it lies inside a folder that is shown.
    secret  further folders that must not be seen, such as a course folder elsewhere.
    """
    course = Path(course).resolve()
    packages = _package_folders(course)
    shown = {*SYSTEM, *SETTINGS, *_python(), *packages, str(course / "localmodels")}
    shown |= {os.path.realpath(path) for path in shown}
    hidden = [course / "autograder" if course.name in INSTALLED else course, *secret]
    return Policy(
        tuple(sorted(path for path in shown if os.path.lexists(path))),
        _environment([str(course), *packages]),
        tuple(sorted({os.path.realpath(path) for path in hidden})),
        limits=limits,
        level=level,
    )


def to_json(policy: Policy) -> str:
    """The policy as text for another process."""
    return json.dumps(asdict(policy))


def from_json(text: str) -> Policy:
    """The policy back."""
    parts = json.loads(text)
    listed = {name: tuple(parts[name]) for name in ("read_only", "hidden")}
    return Policy(**{**parts, **listed, "limits": Limits(**parts["limits"]), "level": Level(parts["level"])})


def with_limits(policy: Policy, **limits: float) -> Policy:
    """The same policy with some limits changed."""
    return replace(policy, limits=replace(policy.limits, **limits))


def _python() -> set[str]:
    """The parts of this Python and its virtual environment that programs need, wherever they lie."""
    parts = ("bin", "lib", "lib64", "pyvenv.cfg")
    found = {f"{prefix}/{part}" for prefix in (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix) for part in parts}
    link = sys.executable
    while link and os.path.islink(link):  # each step of python -> python3 -> /elsewhere/python3.11
        found.add(link)
        link = os.path.join(os.path.dirname(link), os.readlink(link))
    return {os.path.normpath(path) for path in (*found, *filter(None, [link]))}


def _package_folders(course: Path) -> list[str]:
    """Folders of installed packages outside the virtual environment, such as a user's own."""
    if not site.ENABLE_USER_SITE:
        return []
    return [path for path in (site.getusersitepackages(),) if path in sys.path and not course.is_relative_to(path)]


def _environment(packages: list[str]) -> dict[str, str]:
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {
        "HOME": HOME, "USER": "learner", "LANG": "C.UTF-8", "TZ": "UTC", "PATH": f"{sys.prefix}/bin:/usr/bin:/bin",
        "PYTHONPATH": os.pathsep.join(packages), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0",
        "NO_PROXY": "localhost,127.0.0.1,::1", "no_proxy": "localhost,127.0.0.1,::1", "MPLBACKEND": "agg",
        "TERM": "dumb", "NBGRADER_EXECUTION": "autograde", **single,
    }  # fmt: skip
