"""Which models are installed: a shelf of names, kept in a JSON file when it has one."""

import json
import os
import threading
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from . import names


@dataclass(frozen=True)
class Installed:
    """One installed model. Empty or zero fields are filled in from the engine behind it."""

    name: str                      # shortest form, always with its tag
    modified: int = 0              # nanoseconds since 1970
    size: int = 0                  # bytes
    digest: str = ""               # 64 hex digits
    capabilities: tuple = ()
    details: tuple = ()            # pairs that replace entries of "details"
    stand_in: bool = False         # another model's name: what answers is the engine's own model
    system: str = ""               # from /api/create: goes before a conversation without one
    parameters: tuple = ()         # from /api/create: pairs that go before a request's own options

    @property
    def key(self):
        return names.parse(self.name).key

    @property
    def full(self):
        return names.parse(self.name).full


class Shelf:
    """The installed models of one server, by name in any capitals. Safe to use from several threads."""

    def __init__(self, models=(), path=None):
        self.path = Path(path) if path else None
        self._lock = threading.RLock()
        self._models = {}
        for model in [*models, *self._read()]:
            self.add(model, save=False)

    def add(self, model, save=True, **facts):
        """Install a model given by name or as Installed; facts are fields of Installed."""
        if isinstance(model, str):
            model = Installed(names.parse(model).short)
        model = replace(model, modified=model.modified or time.time_ns(), **facts)
        with self._lock:
            self._models[model.key] = model
            if save:
                self._write()
        return model

    def find(self, name):
        """The Installed for a parsed Name, or None."""
        with self._lock:
            return self._models.get(name.key)

    def remove(self, name):
        """Take a model off the shelf; False when it was not there."""
        with self._lock:
            found = self._models.pop(name.key, None)
            if found:
                self._write()
            return found is not None

    def copy(self, source, destination):
        """Install `destination` (a Name) with everything `source` has; False when source is missing."""
        with self._lock:
            found = self.find(source)
            if found:
                self.add(replace(found, name=destination.short, modified=time.time_ns()))
            return found is not None

    def replace_all(self, models):
        """Start again with these models."""
        with self._lock:
            self._models.clear()
            for model in models:
                self.add(model)

    def all(self):
        """Every installed model, newest first."""
        with self._lock:
            return sorted(self._models.values(), key=lambda model: -model.modified)

    def _read(self):
        """What was installed last time; an unreadable file counts as empty."""
        if not self.path:
            return []
        try:
            stored = json.loads(self.path.read_text(encoding="utf-8"))
            return [Installed(**_tuples(entry)) for entry in stored["models"]]
        except (OSError, ValueError, TypeError, KeyError):
            return []

    def _write(self):
        """Write beside and rename, so that a crash leaves the old file whole."""
        if not self.path:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        text = json.dumps({"models": [asdict(model) for model in self._models.values()]}, indent=1)
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, self.path)


def _tuples(entry):
    entry = dict(entry)
    entry["capabilities"] = tuple(entry.get("capabilities", ()))
    for pairs in ("details", "parameters"):
        entry[pairs] = tuple((key, value) for key, value in entry.get(pairs, ()))
    names.parse(entry["name"])
    return entry

