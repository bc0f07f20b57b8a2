"""Where learners' code is run: the sandbox's policy for a grading run, tried before the first submission."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import localmodels
from autograder.course import Problem
from autograder.engine import Level, Limits, Nursery, Policy, Refused, WarmParent, default_policy, self_test

NO_SANDBOX = "Without a sandbox, learners' code sees what your user sees. Grade only what you would also open yourself."


@dataclass(frozen=True)
class Rooms:
    """How boxes are made in this run.

    isolated  False only where the instructor asked for it.
    limits    of one notebook's box.
    secret    folders that hold others' work, results or solutions: nobody inside may see them.
    """

    isolated: bool = True
    limits: Limits = field(default_factory=Limits)
    secret: tuple[Path, ...] = ()

    @property
    def policy(self) -> Policy:
        home = Path(localmodels.__file__).resolve().parents[1]
        return default_policy(home, self.limits, Level.ISOLATED if self.isolated else Level.OPEN, self.secret)

    @property
    def level(self) -> str:
        """The level as results name it."""
        return str(Level.ISOLATED if self.isolated else Level.OPEN)

    def try_out(self) -> None:
        """Run the self-test in the real box. A Problem with the way out if it does not hold; nothing else was run then."""
        try:
            self_test(self.policy)
        except Refused as refused:
            way = "" if not self.isolated else "\nOr, if you trust every one of these submissions: --no-sandbox"
            raise Problem(f"Nothing was graded. {refused}{way}") from None

    def warm_parent(self) -> WarmParent:
        """A process that gets warm meanwhile, and that the nurseries of many workers share; use it as a context manager."""
        return WarmParent(self.policy)

    def nursery(self, door: socket.socket | None = None) -> Nursery:
        """A warm process from which boxes are made, from the parent behind `door` if there is one; use it as a context manager."""
        return Nursery(self.policy, door=door)


def rooms(isolated: bool, secret: Iterable[Path], **limits: float) -> Rooms:
    """Rooms with some limits changed; None leaves a limit as it is."""
    changed = {name: value for name, value in limits.items() if value is not None}
    return Rooms(isolated, Limits(**changed), tuple(sorted({Path(path).resolve() for path in secret})))
