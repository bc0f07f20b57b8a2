"""A learner in its box, as the judge sees it: run its cells, keep snapshots of it, end it."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time

from autograder.engine import box
from autograder.engine.channel import Broken, Channel, TooLarge
from autograder.engine.outputs import well_formed
from autograder.engine.policy import Level, Policy
from autograder.engine.processes import Process
from autograder.engine.watching import Watch

GRACE = 2.0  # seconds past a cell's own limit, after which its process is ended
LAST_WORD = 1.0  # seconds to wait for word of how a process ended
END_SECONDS = 10.0  # until everything in a box is gone
TOO_LONG = "This cell is too long to be run. Keep data in files, not in cells."
READS = 64  # of the output pipe in a row, so that a flood does not keep us from the clock


class Boxed:
    """A running learner. `mock` is the socket on which the judge's Ollama answers.

    outside  the process around the box; first: process 1 inside, None where there is no box; learner: its process;
    home: what else there is to close.
    """

    def __init__(self, policy: Policy, outside: Process, first: Process | None, learner: Process, mailbox: socket.socket,
                 control: Channel, output: int, mock: socket.socket, home=None):  # fmt: skip
        self.policy, self.mock, self._home = policy, mock, home
        self._outside, self._first, self._learner = outside, first, learner
        self._mailbox, self._control, self._output = mailbox, control, output
        self._why, self._corners = "", []
        os.set_blocking(output, False)
        self.watch = Watch(outside.pid, policy.limits, self.end, policy.level is Level.ISOLATED)
        self.watch.start()

    def run_cell(self, source: str, seconds: float) -> list[dict]:
        """Run one cell; returns its notebook outputs. Raises Broken with the reason when the process is lost."""
        most = self.policy.limits.output
        deadline, loose = time.monotonic() + seconds + GRACE, bytearray()
        try:
            number = self._control.put({"op": "run", "source": source, "seconds": seconds, "output": most}, seconds)
            self._wait_for_answer(deadline, loose, most)
            answer = self._control.get(number, deadline - time.monotonic())
        except TooLarge:
            return [{"output_type": "error", "ename": "TooLong", "evalue": TOO_LONG, "traceback": [TOO_LONG]}]
        except Broken as error:
            raise Broken(self._reason(error)) from error
        self._read_output(loose, most)
        return well_formed(answer.get("outputs"), bytes(loose), most)

    def _wait_for_answer(self, deadline: float, loose: bytearray, most: int) -> None:
        waiting = select.poll()
        waiting.register(self._control.socket, select.POLLIN)
        waiting.register(self._output, select.POLLIN)
        while (left := deadline - time.monotonic()) > 0:
            ready = {descriptor: event for descriptor, event in waiting.poll(left * 1000)}
            if self._output in ready and not self._read_output(loose, most):
                waiting.unregister(self._output)
            if self._control.socket.fileno() in ready:
                return
        raise Broken("it ran on after its time was up")

    def _read_output(self, kept: bytearray, most: int) -> bool:
        """Read what programs have printed; keep `most` bytes, drop the rest. False at the end of the pipe."""
        with contextlib.suppress(BlockingIOError):
            for _ in range(READS):
                more = os.read(self._output, 1 << 16)
                if not more:
                    return False
                kept += more[: max(0, most + 1 - len(kept))]
        return True

    def snapshot(self) -> "Corner":
        """Have the learner leave a paused copy of itself. Raises Broken if there is none."""
        seconds = self.policy.limits.call_seconds
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                number = self._control.put({"op": "snapshot"}, seconds)
                socket.send_fds(self._control.socket, [b"c"], [theirs.fileno()])
            if self._control.get(number, seconds).get("kept") is not True:
                raise Broken("no copy of it could be kept")
        except (Broken, OSError) as error:
            ours.close()
            raise Broken(self._reason(error)) from error
        self._corners.append(corner := Corner(ours, self))
        return corner

    def end_of_cells(self) -> None:
        """From here on hidden inputs may go in: end the process that ran the cells, hear nothing more."""
        self._learner.kill()
        self._control.close()
        os.close(self._output)
        self._output = -1

    def reason(self, otherwise: str) -> str:
        """Why something in the box gave no answer: what we did to it, else what was seen."""
        return self._why or self.watch.why or otherwise

    def _reason(self, error: Exception) -> str:
        """Why the learner's process is lost. It is ended, in case it is not."""
        self._learner.kill()
        self._mailbox.settimeout(LAST_WORD)
        try:
            word, _, code = self._mailbox.recv(100).partition(b" ")
        except OSError:
            word, code = b"", b""
        told = _how(int(code)) if word == box.ENDED and int(code) != -signal.SIGKILL else str(error)
        return self.reason(told)

    def end(self, why: str = "") -> None:
        """End everything in the box."""
        self._why = self._why or why
        if self._first:
            self._first.kill()
        else:
            with contextlib.suppress(OSError):
                self._mailbox.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End the box, wait until nothing of it is left, let go of its descriptors."""
        self.watch.stop()
        self.end()
        if not self._outside.has_ended(END_SECONDS):
            self._outside.kill()
        for process in (self._outside, self._first, self._learner):
            if process:
                process.close()
        for thing in (self._control, self._mailbox, self.mock, *self._corners, *filter(None, [self._home])):
            thing.close()
        if self._output >= 0:
            os.close(self._output)


class Corner:
    """Where a paused copy of the learner waits for checks."""

    def __init__(self, sock: socket.socket, boxed: Boxed):
        self._socket, self._boxed, self._current = sock, boxed, None

    def begin(self, seconds: float) -> Channel:
        """A channel to a new copy of the copy, for one check. Raises Broken with the reason when none answers."""
        self.rest()
        ours, theirs = socket.socketpair()
        channel = Channel(ours)
        try:
            with theirs:
                socket.send_fds(self._socket, [b"b"], [theirs.fileno()])
            if channel.ask({"op": "hello"}, seconds).get("ok") is not True:
                raise Broken("it does not answer")
        except (Broken, OSError) as error:
            channel.close()
            told = str(error) if isinstance(error, Broken) else "its process has ended"
            raise Broken(self._boxed.reason(told)) from error
        self._current = channel
        return channel

    def rest(self) -> None:
        """End the copy that served the last check."""
        if self._current:
            self._current.close()
            self._current = None
            with contextlib.suppress(OSError):
                self._socket.send(b"r", socket.MSG_DONTWAIT)

    def close(self) -> None:
        self.rest()
        self._socket.close()


def _how(code: int) -> str:
    """How a process ended, from its exit code as subprocess gives it."""
    if code >= 0:
        return f"it ended itself with exit code {code}"
    try:
        return f"it was ended by {signal.Signals(-code).name} ({signal.strsignal(-code)})"
    except ValueError:  # a real-time signal: Linux has 33 of them, and Python knows names of two
        return f"it was ended by signal {-code}"
