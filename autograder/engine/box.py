"""Entering a box: a forked child of the warm process ends up alone in namespaces of its own.

Three processes make a box. The outermost waits outside; the grader ends the box by ending it. The second is process
1 inside: when it ends, the kernel ends all others in there. The third is the learner's.
"""

from __future__ import annotations

import contextlib
import os
import platform
import resource
import select
import signal
import socket
from pathlib import Path

from autograder.engine import namespaces as ns
from autograder.engine import root, seccomp
from autograder.engine.policy import MOCK_PORT, Policy

FIRST_UID = 61000  # with root, one unprivileged user per seat, so that process limits do not add up
SEATS = 180  # numbers up to 61183 are given to nobody else by systemd and Debian
MOST_DESCRIPTORS = 4096  # the warm process has a few dozen, numbered from the lowest
FIRST, READY, ENDED = b"first", b"inside", b"ended"
TCP_BUFFERS = "4096 65536 262144"  # bytes: least, usual, most; what a connection may keep in kernel memory


def enter(policy: Policy, order: dict, mailbox: socket.socket) -> None:
    """Become the learner's process of a new box.

    order    "seat" is the number of the worker, different for boxes that exist at the same time.
    mailbox  gets the mock's listening socket at once, FIRST from process 1, READY from the learner's process when all
             is in place (the caller sends that), and, when the latter has ended, how.
    Raises OSError naming the step that the kernel refused.
    """
    as_root, uid, gid = os.geteuid() == 0, os.geteuid(), os.getegid()
    ns.die_with_parent()
    os.setsid()
    os.umask(0o022)
    spaces = ns.NEW_MOUNTS | ns.NEW_UTS | ns.NEW_IPC | ns.NEW_PIDS | ns.NEW_NET | ns.NEW_CGROUP
    ns.unshare(spaces if as_root else spaces | ns.NEW_USER)
    if not as_root:
        ns.map_one_user(uid, gid, policy.uid, policy.uid)
    _network(mailbox)
    inside = FIRST_UID + order["seat"] if as_root else policy.uid
    _become_first_process(inside if as_root else None)
    mailbox.send(FIRST)
    root.build(policy, inside)
    _give_everything_up(policy, inside if as_root else None)
    _leave_first_process_behind(mailbox)
    ns.set_dumpable(True)
    os.chdir(policy.home)
    platform._uname_cache = None  # the warm process may have looked up the grader's host name


def _network(mailbox: socket.socket) -> None:
    """Loopback alone, with port 11434 listened on by whoever holds the socket: the judge."""
    ns.raise_loopback()
    socket.sethostname("learner")
    for name in ("tcp_rmem", "tcp_wmem"):
        with contextlib.suppress(OSError):  # read-only in some containers, where a memory limit counts this
            Path(f"/proc/sys/net/ipv4/{name}").write_text(TCP_BUFFERS)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind(("127.0.0.1", MOCK_PORT))  # without SO_REUSEADDR: nobody inside can bind it as well
        listener.listen(128)
        socket.send_fds(mailbox, [b"mock"], [listener.fileno()])


def _become_first_process(uid: int | None) -> None:
    """Fork into the new process namespace. The parent waits, as an ordinary user, until the box has ended."""
    alive, holds = os.pipe()
    if first := os.fork():
        close_all_but(holds)
        if uid is not None:
            ns.become(uid, uid)
            ns.die_with_parent()
        os.waitpid(first, 0)
        os._exit(0)
    os.close(holds)
    ns.die_with_parent()
    if select.select([alive], [], [], 0)[0]:  # the parent ended before that call could take effect
        os._exit(0)
    os.close(alive)


def _give_everything_up(policy: Policy, uid: int | None) -> None:
    """From here on this process and its children can do nothing that the policy does not allow."""
    ns.empty_bounding_set()
    if uid is not None:
        ns.become(uid, uid)
        ns.die_with_parent()
    limit(policy)
    ns.drop_capabilities()
    ns.set_dumpable(False)  # nobody inside looks into process 1
    seccomp.install()


def _leave_first_process_behind(mailbox: socket.socket) -> None:
    """Fork; the parent, process 1, waits for all processes of the box and tells how the learner's ended."""
    learner = os.fork()
    if not learner:
        return
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    close_all_but(mailbox.fileno())
    with contextlib.suppress(ChildProcessError):
        while True:
            ended, status = os.wait()
            if ended == learner:
                with contextlib.suppress(OSError):
                    mailbox.send(b"%s %d" % (ENDED, os.waitstatus_to_exitcode(status)))
    os._exit(0)


def limit(policy: Policy) -> None:
    """The limits that the kernel keeps per process; those of the whole box are watched from outside.

    A core size of 1 means none, also where cores go to a program; 0 would mean none only where they go to a file.
    """
    limits = policy.limits
    wanted = {
        "RLIMIT_AS": limits.address_space, "RLIMIT_NPROC": limits.processes, "RLIMIT_NOFILE": limits.open_files,
        "RLIMIT_FSIZE": limits.file_size, "RLIMIT_CPU": limits.cpu_seconds, "RLIMIT_CORE": 1, "RLIMIT_MEMLOCK": 0,
        "RLIMIT_MSGQUEUE": 0, "RLIMIT_SIGPENDING": 1024,
    }  # fmt: skip
    for name, value in wanted.items():
        if hasattr(resource, name):  # macOS lacks some
            kind = getattr(resource, name)
            most = resource.getrlimit(kind)[1]
            value = value if most == resource.RLIM_INFINITY else min(value, most)
            resource.setrlimit(kind, (value, value))


def close_all_but(*kept: int) -> None:
    """Close every descriptor of this process except `kept`. Asks no /proc: it may be gone already."""
    start = 0
    for descriptor in (*sorted(kept), MOST_DESCRIPTORS):
        if start < descriptor:  # closerange(0, 0) would close all there are
            os.closerange(start, descriptor)
        start = descriptor + 1
