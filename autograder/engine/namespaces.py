"""Thin wrappers over the Linux calls that a box is made of. Each raises OSError with the name of its step.

Sources: unshare(2), mount(2), mount_setattr(2), pivot_root(2), capabilities(7), user_namespaces(7), netdevice(7).
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import socket
import struct
from pathlib import Path

NEW_MOUNTS, NEW_CGROUP, NEW_UTS, NEW_IPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
NEW_USER, NEW_PIDS, NEW_NET = 0x10000000, 0x20000000, 0x40000000
READ_ONLY, NO_SUID, NO_DEV, NO_EXEC, REMOUNT = 0x1, 0x2, 0x4, 0x8, 0x20
BIND, RECURSIVE, PRIVATE, DETACH = 0x1000, 0x4000, 0x40000, 0x2
PARENT_DEATH_SIGNAL, DUMPABLE, DROP_BOUNDING, SUBREAPER = 1, 4, 24, 36
MOUNT_SETATTR, HERE, WHOLE_TREE = 442, -100, 0x8000  # the same number on every architecture; AT_FDCWD, AT_RECURSIVE

_libc = ctypes.CDLL(None, use_errno=True)


def _must(result: int, step: str) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"{step}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """Leave the named namespaces of the parent. The process must have a single thread for NEW_USER."""
    _must(_libc.unshare(flags), "new namespaces")


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    """mount(2); `kind` is the file system type, empty for binds and remounts."""
    arguments = (source.encode(), target.encode(), kind.encode() or None, ctypes.c_ulong(flags), data.encode() or None)
    _must(_libc.mount(*arguments), f"mount {target}")


def bind_read_only(source: str, target: str) -> None:
    """Show `source` and all mounted below it at `target`: not writable, without set-uid programs and devices."""
    mount(source, target, flags=BIND | RECURSIVE)
    try:
        _protect_tree(target)
    except OSError as error:
        if error.errno != errno.ENOSYS:  # kernels before 5.12: what is mounted below stays as it was
            raise
        mount("", target, flags=BIND | REMOUNT | READ_ONLY | NO_SUID | _locked_flags(target))


def _protect_tree(target: str) -> None:
    attributes = struct.pack("QQQQ", READ_ONLY | NO_SUID | NO_DEV, 0, 0, 0)  # struct mount_attr
    result = _libc.syscall(MOUNT_SETATTR, HERE, target.encode(), WHOLE_TREE, attributes, ctypes.c_size_t(len(attributes)))
    _must(result, f"read-only {target}")


def _locked_flags(path: str) -> int:
    """Flags that the original mount carries; a user namespace may not drop them when remounting."""
    have = os.statvfs(path).f_flag
    return sum(flag for flag, bit in ((NO_DEV, os.ST_NODEV), (NO_EXEC, os.ST_NOEXEC)) if have & bit)


def pivot_root(new_root: str) -> None:
    """Make `new_root` the root directory and forget the old one."""
    os.chdir(new_root)
    _must(_libc.pivot_root(b".", b"."), "pivot_root")
    _must(_libc.umount2(b".", DETACH), "leaving the old root")
    os.chdir("/")


def map_one_user(outside_uid: int, outside_gid: int, uid: int, gid: int) -> None:
    """In a new user namespace: this one user, under another number, and nobody else."""
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {outside_uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {outside_gid} 1")


def raise_loopback() -> None:
    """Switch on `lo` in a new network namespace: the only network there is."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        name_and_flags = struct.pack("16sh", b"lo", 0x1 | 0x40)  # IFF_UP | IFF_RUNNING
        fcntl.ioctl(any_socket, 0x8914, name_and_flags)  # SIOCSIFFLAGS


def empty_bounding_set() -> None:
    """No program started from here on gains a capability. Takes a capability itself: call it before `become`."""
    for capability in range(64):  # numbers that the kernel does not know are refused, which does no harm
        _libc.prctl(DROP_BOUNDING, capability, 0, 0, 0)


def drop_capabilities() -> None:
    """Give up every capability this process has."""
    header, nothing = struct.pack("=Ii", 0x20080522, 0), bytes(24)  # _LINUX_CAPABILITY_VERSION_3
    _must(_libc.capset(header, nothing), "dropping capabilities")


def die_with_parent() -> None:
    """SIGKILL for this process when its parent ends. Changing the user undoes it: call it again then."""
    _must(_libc.prctl(PARENT_DEATH_SIGNAL, 9, 0, 0, 0), "die with parent")


def set_dumpable(whether: bool) -> None:
    """Whether processes of the same user may look into this one (and whether /proc/self is its own)."""
    _must(_libc.prctl(DUMPABLE, int(whether), 0, 0, 0), "dumpable")


def adopt_orphans() -> None:
    """Become the parent of all descendants whose own parents end."""
    _must(_libc.prctl(SUBREAPER, 1, 0, 0, 0), "subreaper")


def become(uid: int, gid: int) -> None:
    """From root to an unprivileged user, for good."""
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
