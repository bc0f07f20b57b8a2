"""A time limit for code that runs in this very thread, as a learner's function does during a check.

The only thing that can stop a running Python function from outside is the interrupt behind Ctrl-C; so that is what
a timer sends. Works in the main thread; elsewhere there is no limit.
"""

from __future__ import annotations

import _thread
import contextlib
import signal
import threading
import time
from collections.abc import Iterator


class TooLong(Exception):
    """The code was stopped because its time was up."""


@contextlib.contextmanager
def at_most(seconds: float | None) -> Iterator[None]:
    """Stop the code inside after `seconds` and raise TooLong; None means no limit."""
    if seconds is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    limit = _Limit()
    timer = threading.Timer(seconds, limit.strike)
    timer.daemon = True
    timer.start()
    try:
        yield
        limit.lift()
    except KeyboardInterrupt:
        if limit.struck:
            raise TooLong from None
        raise  # the learner pressed the stop button
    finally:
        timer.cancel()


class _Limit:
    """Decides once between "done in time" and "struck", so that no interrupt comes late."""

    def __init__(self):
        self._lock = threading.Lock()
        self._done = self.struck = False

    def strike(self) -> None:
        with self._lock:
            if not self._done:
                self.struck = True
                _interrupt_main()

    def lift(self) -> None:
        """Called when the code has ended; waits for an interrupt that is already on its way."""
        with self._lock:
            self._done = True
        if self.struck:
            time.sleep(5)


def _interrupt_main() -> None:
    if hasattr(signal, "pthread_kill"):  # a real signal ends waits in the kernel, such as for a socket
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
    else:
        _thread.interrupt_main()
