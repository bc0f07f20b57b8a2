"""The nursery, from the grader's side: has learners born into boxes, as forks of a warm process."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import socket
import struct
import sys
import tempfile
from pathlib import Path

from autograder.engine import box
from autograder.engine.asserting import Examiner
from autograder.engine.boxed import Boxed
from autograder.engine.channel import Broken, Channel
from autograder.engine.policy import Level, Policy, default_policy, to_json
from autograder.engine.processes import Process
from autograder.engine.refusals import Refused, sentence
from autograder.engine.warm_parent import WarmParent

START_SECONDS = 120.0  # importing everything takes two seconds; a loaded machine needs more
BIRTH_SECONDS = 30.0
FIRST_PORT, PORTS, TRIES = 20_000, 12_000, 200  # below those that systems give out by themselves
SEAT_NAME = "\0grading-seat-{}"  # an abstract socket: the kernel frees it with the process that holds it


class Nursery:
    """One warm process, used as a context manager; `birth` gives a new box. One box at a time.

    policy  what boxes may do; this checkout's default when left out.
    warm    whether to import beforehand what lessons import: two seconds once, ten milliseconds a box afterwards.
    door    that of a WarmParent which many nurseries share; one of its own when left out, or when that one has ended.
    """

    def __init__(self, policy: Policy | None = None, warm: bool = True, door: socket.socket | None = None):
        self.policy = policy or default_policy(Path(__file__).parents[2])
        self._warm, self._door = warm, door
        self._parent, self._process, self._examiner = None, None, None
        self._seat, self._seat_lock = 0, None

    def __enter__(self) -> "Nursery":
        if os.geteuid() == 0:
            self._seat, self._seat_lock = _take_seat()
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        """End the warm process."""
        self._stop()
        if self._examiner:
            self._examiner.close()
            self._examiner = None
        if self._seat_lock:
            self._seat_lock.close()
            self._seat_lock = None

    @property
    def examiner(self) -> Examiner:
        """The helper for instructors' own tests, started when the first one is needed."""
        if self._examiner is None:
            self._examiner = Examiner()
        return self._examiner

    def birth(self) -> Boxed:
        """A new learner in a new box. Raises Refused with a sentence when the machine does not allow it."""
        if self._process.has_ended(0):  # by somebody's doing: it holds no state, so a new one will do
            self._stop()
            self._start()
        home = None if self.policy.level is Level.ISOLATED else _Home(self._seat)
        return self._born(home)

    def _born(self, home: "_Home | None") -> Boxed:
        kind = socket.SOCK_SEQPACKET if sys.platform == "linux" else socket.SOCK_STREAM
        mailbox, their_mailbox = socket.socketpair(socket.AF_UNIX, kind)
        if hasattr(socket, "SO_PASSCRED"):  # the kernel tells who writes: a process number that nobody can invent
            mailbox.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        control, their_control = socket.socketpair()
        output, their_output = os.pipe()
        theirs = [their_mailbox.fileno(), their_output, their_control.fileno()]
        order = {"seat": self._seat, **(home.order if home else {})}
        with their_mailbox, their_control:
            socket.send_fds(self._desk, [json.dumps(order).encode()], theirs)
            outside = Process(int(self._line()))
        os.close(their_output)
        mailbox.settimeout(BIRTH_SECONDS)
        try:
            mock, first, learner = _arrived(mailbox, home)
        except BaseException:
            outside.kill()
            outside.close()
            for thing in (mailbox, control, *filter(None, [home])):
                thing.close()
            os.close(output)
            raise
        return Boxed(self.policy, outside, first, learner, mailbox, Channel(control), output, mock, home)

    def _start(self) -> None:
        if self._door and self._enter_through(self._door):
            return
        self._door = None
        self._parent = WarmParent(self.policy, self._warm)
        if not self._enter_through(self._parent.door):
            raise Refused("The grader's own helper process did not start; what it said stands above.")

    def _enter_through(self, door: socket.socket) -> bool:
        """Get a fork of the parent behind the door, once that is warm; False if it has ended."""
        self._desk, theirs = socket.socketpair()
        self._desk.settimeout(START_SECONDS)
        with theirs, contextlib.suppress(OSError, Broken):
            socket.send_fds(door, [b"w"], [theirs.fileno()])
            Channel(self._desk).send({"policy": to_json(self.policy)}, START_SECONDS)
        self._desk.settimeout(START_SECONDS)
        word, _, pid = self._line().partition(" ")
        if word != "ready":
            self._desk.close()
            return False
        self._process = Process(int(pid))
        return True

    def _line(self) -> str:
        line = b""
        with contextlib.suppress(OSError):
            while not line.endswith(b"\n") and (more := self._desk.recv(1)):
                line += more
        return line.decode().strip()

    def _stop(self) -> None:
        if self._process:
            self._desk.close()
            if not self._process.has_ended(5):
                self._process.kill()
            self._process.close()
            self._process = None
        if self._parent:
            self._parent.close()
            self._parent = None


class _Home:
    """Without a box: a folder for the learner and a port for the mock, both of this machine."""

    def __init__(self, seat: int):
        self.folder = tempfile.mkdtemp(prefix="learner-")
        self.mock = _listening_on_a_number()
        self.order = {"home": self.folder, "port": self.mock.getsockname()[1]}
        if os.geteuid() == 0:
            os.chown(self.folder, box.FIRST_UID + seat, box.FIRST_UID + seat)

    def close(self) -> None:
        self.mock.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _listening_on_a_number() -> socket.socket:
    """A listening socket on a free port that was asked for by number: only such a port is kept while it is down."""
    for _ in range(TRIES):
        with contextlib.suppress(OSError):
            return socket.create_server(("127.0.0.1", FIRST_PORT + secrets.randbelow(PORTS)))
    raise Refused(f"Nearly all ports of this machine from {FIRST_PORT} on are taken; end some programs.")


def _take_seat() -> tuple[int, socket.socket]:
    """A number that no other grader of this machine uses now, and the lock that keeps it so."""
    for seat in range(box.SEATS):
        lock = socket.socket(socket.AF_UNIX)
        try:
            lock.bind(SEAT_NAME.format(seat))
            return seat, lock
        except OSError:
            lock.close()
    raise Refused(f"{box.SEATS} graders are running on this machine already; wait until one has ended.")


def _arrived(mailbox: socket.socket, home: _Home | None) -> tuple[socket.socket, Process | None, Process]:
    """The mock's socket, process 1 and the learner's process, as they report from inside."""
    mock, first = home.mock if home else None, None
    try:
        while True:
            word, descriptors, pid = _letter(mailbox)
            if descriptors:
                mock = socket.socket(fileno=descriptors[0])
            elif word == box.FIRST:
                first = Process(pid)
            elif word.startswith(box.READY):
                return mock, first, Process(pid or int(word.split()[1]))
            else:
                reason = word.decode(errors="replace").removeprefix("refused: ")
                raise Refused(sentence(reason or "the box ended at once"))
    except BaseException as error:
        for thing in filter(None, (mock, first)):
            thing.close()
        if isinstance(error, TimeoutError):
            raise Refused(sentence(f"the box was not ready within {BIRTH_SECONDS:g} seconds")) from error
        raise


def _letter(mailbox: socket.socket) -> tuple[bytes, list[int], int]:
    """One message: its text, descriptors that came along, and the number of the process that wrote it (or 0)."""
    word, extras, _, _ = mailbox.recvmsg(2000, socket.CMSG_SPACE(4) + socket.CMSG_SPACE(12))
    descriptors, pid = [], 0
    for level, kind, data in extras:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors += struct.unpack(f"{len(data) // 4}i", data[: len(data) // 4 * 4])
        elif level == socket.SOL_SOCKET and kind == getattr(socket, "SCM_CREDENTIALS", None):
            pid = struct.unpack("3i", data)[0]
    return word, descriptors, pid
