"""The warm parent, from the grader's side: one process imports what lessons import, and every nursery gets a fork of it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

from autograder.engine.policy import Policy


class WarmParent:
    """Started at once and warm two seconds later; used as a context manager.

    policy  its environment is what learners will see.
    warm    False leaves out the imports: for a box or two that is quicker.
    door    a socket to it: each unix socket that is handed through gets a fork that serves it. Other processes may hold it
            too; when the last one has closed it, the parent ends.
    """

    def __init__(self, policy: Policy, warm: bool = True):
        self.door, theirs = socket.socketpair()
        command = [sys.executable, "-P", "-B", "-s", "-m", "autograder.engine.warm", str(theirs.fileno()), "warm" if warm else "cold"]
        with theirs:
            self._process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], env=_environment(policy), stdin=subprocess.DEVNULL, cwd="/"
            )

    def __enter__(self) -> "WarmParent":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        """End it. Nurseries that it has served go on."""
        self.door.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _environment(policy: Policy) -> dict[str, str]:
    own = str(Path(__file__).parents[2])
    return {**policy.environment, "PYTHONPATH": os.pathsep.join((own, policy.environment.get("PYTHONPATH", "")))}
