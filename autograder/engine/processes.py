"""Processes that were started elsewhere: end one, wait for its end, never hit another that got its number."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time


class Process:
    """A running process by its number. Without pidfds (macOS) the number alone has to do."""

    def __init__(self, pid: int):
        self.pid = pid
        self._handle = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None

    def kill(self) -> None:
        """SIGKILL; nothing happens if it has ended."""
        with contextlib.suppress(ProcessLookupError):
            if self._handle is None:
                os.kill(self.pid, signal.SIGKILL)
            else:
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def has_ended(self, seconds: float) -> bool:
        """Wait at most `seconds` for its end."""
        if self._handle is not None:
            return bool(select.select([self._handle], [], [], seconds)[0])
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                os.kill(self.pid, 0)
            except ProcessLookupError:
                return True
            time.sleep(0.01)
        return False

    def close(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
