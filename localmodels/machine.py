"""What this computer has: free memory, free disk, its operating system. Bytes throughout."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")


def system() -> str:
    """`linux`, `macos` or `windows`: the names used in facts.toml."""
    return {"darwin": "macos", "win32": "windows"}.get(sys.platform, "linux")


def free_memory() -> int | None:
    """Bytes of memory a new program could use; None where psutil cannot tell."""
    try:
        import psutil
    except ImportError:
        return None
    free = psutil.virtual_memory().available
    limit = _container_room()
    return free if limit is None else min(free, limit)


def total_memory() -> int | None:
    """Bytes of memory this computer (or container) has; None where psutil cannot tell."""
    try:
        import psutil
    except ImportError:
        return None
    limit = _number(_CGROUP / "memory.max")
    total = psutil.virtual_memory().total
    return total if limit is None else min(total, limit)


def free_disk(folder: Path) -> int:
    """Bytes free on the disk that holds `folder`."""
    return shutil.disk_usage(folder).free


def _container_room() -> int | None:
    """What a container's own limit leaves; psutil sees only the whole machine. Copies of files that can go at once count as free."""
    limit, used = _number(_CGROUP / "memory.max"), _number(_CGROUP / "memory.current")
    return None if limit is None or used is None else max(0, limit - max(0, used - _file_copies()))


def _file_copies() -> int:
    """Bytes of files that the kernel keeps in the container's memory and has not used lately."""
    try:
        lines = (_CGROUP / "memory.stat").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("inactive_file ")), 0)


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):  # no such file, or the word "max"
        return None
