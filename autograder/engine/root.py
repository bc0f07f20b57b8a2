"""The file system of a box: a new root on a small tmpfs, with what the policy shows, read-only, and little else."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from autograder.engine import namespaces as ns
from autograder.engine.policy import Policy

BASE = "/tmp"  # exists everywhere; covered while the new root is built, and gone afterwards
DEVICES = ("null", "full", "random", "urandom")  # no /dev/zero: shared mappings of it are memory that no limit counts
DEVICE_LINKS = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}
HOSTS = "127.0.0.1 localhost\n"
NAMES = "hosts: files\npasswd: files\ngroup: files\n"
SEALED = ns.BIND | ns.REMOUNT | ns.READ_ONLY | ns.NO_SUID


def build(policy: Policy, owner: int) -> None:
    """Make the policy's file system and move into it. `owner` is the user number of the learner, here inside.

    Raises OSError naming the step that the kernel refused.
    """
    ns.mount("none", "/", flags=ns.RECURSIVE | ns.PRIVATE)
    opened = {path: os.open(path, os.O_PATH | os.O_NOFOLLOW) for path, is_shown in plan(policy) if is_shown}
    ns.mount("tmpfs", BASE, "tmpfs", ns.NO_SUID, "mode=755,size=1m")
    limits = policy.limits
    for path, size in ((policy.home, limits.disk), ("/tmp", limits.disk)):  # before what is shown: that may lie below /tmp
        _scratch(f"{BASE}{path}", size, limits.files, owner)
    fences = _fence(policy)
    masks = [*_show_and_hide(policy, opened), *fences]
    _devices(limits.shared_memory, owner)
    _etc(policy, owner)
    os.makedirs(f"{BASE}/proc")
    ns.mount("proc", f"{BASE}/proc", "proc", ns.NO_SUID | ns.NO_DEV | ns.NO_EXEC)
    for path in (*masks, f"{BASE}/dev", BASE):
        ns.mount("", path, flags=SEALED)
    ns.pivot_root(BASE)


def plan(policy: Policy) -> Iterator[tuple[str, bool]]:
    """(path, whether it is shown), outer paths first, without what an outer path has decided already."""
    decided: dict[str, bool] = {}
    wishes = {**dict.fromkeys(policy.read_only, True), **dict.fromkeys(policy.hidden, False)}
    for path in sorted(wishes, key=lambda path: len(PurePosixPath(path).parts)):
        outer = next((str(parent) for parent in PurePosixPath(path).parents if str(parent) in decided), None)
        if wishes[path] is not (decided[outer] if outer else False):
            decided[path] = wishes[path]
            yield path, wishes[path]


def _fence(policy: Policy) -> list[str]:
    """Where something shown lies in a scratch folder, its way there is not the learner's: /tmp/course for /tmp/course/.venv.

    Returns the mounts, still writable.
    """
    fences = set()
    for path in (PurePosixPath(path) for path, is_shown in plan(policy) if is_shown):
        for place in map(PurePosixPath, (policy.home, "/tmp")):
            if path.is_relative_to(place) and len(path.parts) > len(place.parts) + 1:
                fences.add(f"{BASE}{place / path.relative_to(place).parts[0]}")
    for fence in fences:
        os.mkdir(fence)
        ns.mount("tmpfs", fence, "tmpfs", ns.NO_SUID | ns.NO_DEV, "mode=755,size=1m")
    return sorted(fences)


def _show_and_hide(policy: Policy, opened: dict[str, int]) -> list[str]:
    """Carry out the plan; returns the mounts that hide something, still writable."""
    masks = []
    for path, is_shown in plan(policy):
        if is_shown:
            _show(path, opened[path])
            os.close(opened[path])
        elif os.path.isdir(f"{BASE}{path}"):
            ns.mount("tmpfs", f"{BASE}{path}", "tmpfs", ns.NO_SUID | ns.NO_DEV, "mode=755,size=4k")
            masks.append(f"{BASE}{path}")
    return masks


def _show(path: str, source: int) -> None:
    """An opened path of the host at the same place inside; links such as /lib -> usr/lib stay links."""
    target, mode = Path(f"{BASE}{path}"), os.fstat(source).st_mode
    target.parent.mkdir(parents=True, exist_ok=True)
    if stat.S_ISLNK(mode):
        return target.symlink_to(os.readlink("", dir_fd=source))
    if stat.S_ISDIR(mode):
        target.mkdir(exist_ok=True)
    else:
        target.touch()
    ns.bind_read_only(f"/proc/self/fd/{source}", str(target))


def _scratch(path: str, size: int, files: int, owner: int) -> None:
    os.makedirs(path, exist_ok=True)
    data = f"mode=700,size={size},nr_inodes={files},uid={owner},gid={owner}"
    ns.mount("tmpfs", path, "tmpfs", ns.NO_SUID | ns.NO_DEV, data)


def _devices(shared_memory: int, owner: int) -> None:
    os.makedirs(f"{BASE}/dev")
    ns.mount("tmpfs", f"{BASE}/dev", "tmpfs", ns.NO_SUID, "mode=755,size=64k")
    for name in DEVICES:
        Path(f"{BASE}/dev/{name}").touch()
        ns.mount(f"/dev/{name}", f"{BASE}/dev/{name}", flags=ns.BIND)
    for name, target in DEVICE_LINKS.items():
        os.symlink(target, f"{BASE}/dev/{name}")
    _scratch(f"{BASE}/dev/shm", shared_memory, 256, owner)


def _etc(policy: Policy, owner: int) -> None:
    files = {"hosts": HOSTS, "nsswitch.conf": NAMES, "group": f"learner:x:{owner}:\n",
             "passwd": f"learner:x:{owner}:{owner}:learner:{policy.home}:/bin/sh\n"}  # fmt: skip
    os.makedirs(f"{BASE}/etc", exist_ok=True)
    for name, text in files.items():
        Path(f"{BASE}/etc/{name}").write_text(text)
