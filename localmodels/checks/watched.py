"""A learner whose calls are remembered while a check runs, so that a failure can be explained from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_PASSED_ON = ("fresh", "has", "value", "source", "printed")


class Watched:
    """The same methods as the learner it stands for. `calls` holds (function, result, what it printed), oldest first."""

    def __init__(self, learner):
        self._learner = learner
        self.calls: list[tuple[str, Any, str]] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        found = getattr(self._learner, name)
        return found if name in _PASSED_ON else self._watching(name, found)

    def _watching(self, name: str, function: Callable) -> Callable:
        def watched(*args: Any, **kwargs: Any) -> Any:
            result = function(*args, **kwargs)
            self.calls.append((name, result, self._learner.printed))
            return result

        return watched

    def after(self, name: str, *args: Any, **kwargs: Any) -> tuple[Any, list[Any]]:
        """Call a function; its result, and the positional arguments as it left them."""
        result, arguments = self._learner.after(name, *args, **kwargs)
        self.calls.append((name, result, self._learner.printed))
        return result, arguments
