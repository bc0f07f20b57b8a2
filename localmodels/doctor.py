"""A check of everything the course needs, in words, with the fix for this operating system.

    >>> from localmodels.doctor import doctor    # in a notebook
    >>> doctor()                                 # in a terminal: python -m localmodels doctor

A finding is `ready` (nothing to do), `note` (good to know, the course runs) or `problem` (fix it first).
"""

from __future__ import annotations

import http.client
import importlib.metadata
import os
import shutil
import sys
from dataclasses import dataclass
from enum import StrEnum
from html import escape

from localmodels import connection, facts, finding, machine, practice, state
from localmodels.finding import Address, Kind


class State(StrEnum):
    """How a finding stands; the order is from harmless to serious."""

    READY = "ready"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One line of the table: what was looked at, how it stands, what was seen, and the fix if any."""

    name: str
    state: State
    seen: str
    fix: str = ""


@dataclass(frozen=True)
class Findings:
    """All findings; a table in a notebook (HTML), a terminal and a screen reader (text)."""

    rows: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """True if nothing stands in the way of the course."""
        return all(row.state is not State.PROBLEM for row in self.rows)

    @property
    def verdict(self) -> str:
        """The whole table in one sentence."""
        problems = [row.name for row in self.rows if row.state is State.PROBLEM]
        if problems:
            return f"Fix first: {', '.join(problems)}."
        return "Everything the course needs is ready."

    def __repr__(self) -> str:
        name_width = max(len(row.name) for row in self.rows)
        lines = [line for row in self.rows for line in _text_lines(row, name_width)]
        return "\n".join([*lines, "", self.verdict])

    def _repr_html_(self) -> str:
        rows = "".join(_html_row(row) for row in self.rows)
        heads = "".join(f'<th scope="col" style="text-align:left">{head}</th>' for head in _HEADS)
        return (
            f'<table><caption style="text-align:left">{escape(self.verdict)}</caption>'
            f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        )


_HEADS = ("What", "State", "Seen", "What to do")


def doctor() -> Findings:
    """Examine this computer and show the table (the value of the cell)."""
    return examine()


def examine() -> Findings:
    """Look at everything, in the order in which problems should be fixed."""
    return Findings(
        (
            _python(),
            _packages(),
            _memory(),
            _disk(),
            _proxy(),
            _ollama_installed(),
            _ollama_running(),
            _practice_server(),
            _widgets(),
            _sample_call(),
        )
    )


def status_lines() -> tuple[list[str], bool]:
    """Which servers answer, one sentence each; and whether any does. Starts nothing."""
    rows = [_ollama_running(), _practice_server()]
    ready = any(row.state is State.READY for row in rows)
    why = {row.name: f": {row.fix}" if row.state is State.PROBLEM else "" for row in rows}
    return [f"{row.name}: {row.seen}{why[row.name]}" for row in rows], ready


# --- The computer -------------------------------------------------------------------


def _python() -> Finding:
    seen = "{}.{}.{}".format(*sys.version_info[:3])
    needed = facts.value("needs.python")
    if sys.version_info >= tuple(int(part) for part in needed.split(".")):
        return Finding("Python", State.READY, seen)
    fix = {
        "linux": f"sudo apt install python{needed} (or your distribution's package), then make lab",
        "macos": f"brew install python@{needed}, then make lab",
        "windows": f"winget install Python.Python.{needed}, then install the course again",
    }[machine.system()]
    return Finding("Python", State.PROBLEM, f"{seen}, but the course needs {needed} or newer", fix)


def _packages() -> Finding:
    wrong = list(_wrong_packages())
    if not wrong:
        return Finding("Packages", State.READY, "all installed, in versions the course was tested with")
    fix = f'"{sys.executable}" -m pip install -r requirements.txt (in the course folder), then restart the kernel'
    return Finding("Packages", State.PROBLEM, "; ".join(wrong), fix)


def _wrong_packages():
    from packaging.requirements import Requirement

    for line in importlib.metadata.requires("localmodels") or []:
        requirement = Requirement(line)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            version = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            yield f"{requirement.name} is missing"
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            yield f"{requirement.name} is {version}, needed is {requirement.specifier}"


def _memory() -> Finding:
    free = machine.free_memory()
    if free is None:
        return Finding("Free memory", State.NOTE, "unknown: the package psutil is missing")
    needed = facts.value("needs.practice_ram_mb") * 1e6
    seen = f"{free / 2**30:.1f} GiB"
    if free < needed:
        return Finding("Free memory", State.PROBLEM, seen, "Close other programs and notebooks you do not use.")
    default = facts.value("models.default_gb")
    if free < default * 1e9:
        advice = f"Enough for the practice server; with Ollama use {facts.value('models.small')}."
        return Finding("Free memory", State.NOTE, seen, advice)
    return Finding("Free memory", State.READY, seen)


def _disk() -> Finding:
    try:
        free = machine.free_disk(state.home())
    except state.StateError as problem:
        return Finding("Disk", State.PROBLEM, "the course cannot keep its notes", str(problem))
    seen = f"{free / 1e9:.0f} GB free"
    if free < 1e8:
        return Finding("Disk", State.PROBLEM, seen, "Delete what you do not need: the notebooks must be saved somewhere.")
    default = facts.value("models.default_gb")
    if free < default * 1.5e9:
        return Finding("Disk", State.NOTE, seen, f"Enough for the course; {facts.value('models.default')} needs {default} GB.")
    return Finding("Disk", State.READY, seen)


def _proxy() -> Finding:
    names = sorted(name for name in os.environ if name.upper() in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"))
    if not names:
        return Finding("Proxy", State.READY, "none set")
    bypassed = "localhost" in (os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or "")
    seen = f"{', '.join(names)} set"
    if bypassed:
        return Finding("Proxy", State.READY, f"{seen}, and localhost is left out of it")
    how = {"windows": "setx NO_PROXY localhost,127.0.0.1"}.get(
        machine.system(), "export NO_PROXY=localhost,127.0.0.1"
    )
    return Finding("Proxy", State.NOTE, seen, f"connect() leaves localhost out of it; in a terminal: {how}")


# --- The servers ----------------------------------------------------------------------


def _ollama_installed() -> Finding:
    place = shutil.which("ollama")
    if place:
        return Finding("Ollama installed", State.READY, place)
    how = facts.value(f"install.{machine.system()}")
    where = "in PowerShell" if machine.system() == "windows" else "in a terminal"
    fix = f"Optional, {where}: {how} (or the installer from {facts.value('install.page')})"
    return Finding("Ollama installed", State.NOTE, "no; the practice server stands in", fix)


def _ollama_running() -> Finding:
    name, model = "Ollama running", facts.value("models.default")
    try:
        found = finding.probe(connection.target())
    except ValueError as problem:
        fix = f"Set OLLAMA_HOST to an address like 127.0.0.1:{facts.value('ollama.port')}, or unset it."
        return Finding(name, State.NOTE, f"OLLAMA_HOST is {os.environ['OLLAMA_HOST']!r}, but {problem}", fix)
    url = found.address.url
    if found.kind is Kind.OLLAMA:
        seen = f"version {found.version} at {url}"
        if found.has(model):
            return Finding(name, State.READY, f"{seen}, with {model}")
        return Finding(name, State.NOTE, f"{seen}, without {model}", f"In a terminal: ollama pull {model}")
    if found.kind is Kind.STRANGER:
        fix = f"Nothing, if the practice server is enough. {_who_listens(found.address.port)}"
        return Finding(name, State.NOTE, f"no; another program uses port {found.address.port}", fix)
    if found.kind is Kind.NOTHING:
        start = f"To use it: {facts.value('install.serve')} in a terminal" if shutil.which("ollama") else ""
        return Finding(name, State.NOTE, f"no; nothing answers at {url}", start)
    whose = "your" if found.kind is Kind.MINE else "another user's"
    fix = "To use Ollama instead: python -m localmodels stop, then start Ollama" if shutil.which("ollama") else ""
    return Finding(name, State.NOTE, f"no; {whose} practice server answers at {url}", fix)


def _who_listens(port: int) -> str:
    command = {
        "linux": f"ss -ltnp | grep :{port}",
        "macos": f"lsof -nP -iTCP:{port} -sTCP:LISTEN",
        "windows": f"netstat -ano | findstr :{port}",
    }[machine.system()]
    return f"To see which program it is: {command}"


def _practice_server() -> Finding:
    try:
        found = practice.running()
    except (practice.NotConnected, state.StateError) as problem:
        return Finding("Practice server", State.PROBLEM, "cannot start", str(problem))
    if found:
        return Finding("Practice server", State.READY, f"running at {found.address.url}")
    return Finding("Practice server", State.NOTE, "not running", "Nothing: connect() starts it when it is needed.")


def _widgets() -> Finding:
    missing = [name for name in ("ipywidgets", "jupyterlab_widgets") if not _installed(name)]
    if not missing:
        return Finding("Widgets", State.READY, f"ipywidgets {importlib.metadata.version('ipywidgets')}")
    fix = f'"{sys.executable}" -m pip install ipywidgets, then reload JupyterLab in the browser'
    return Finding("Widgets", State.PROBLEM, f"{' and '.join(missing)} missing", fix)


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _sample_call() -> Finding:
    model = facts.value("models.default")
    try:
        address, _ = connection.locate(model)
        reply = _ask(address, model)
    except (practice.NotConnected, state.StateError) as problem:
        why = str(problem).removesuffix(f"; {practice.NEXT}")
        return Finding("A reply", State.PROBLEM, "no model answers", why)
    except (OSError, http.client.HTTPException) as problem:
        return Finding("A reply", State.PROBLEM, f"none: {problem}", "python -m localmodels stop, then doctor again")
    if not reply:
        return Finding("A reply", State.PROBLEM, "the model said nothing", "python -m localmodels stop, then doctor again")
    return Finding("A reply", State.READY, f"{model} at {address.url} says: {reply}")


def _ask(address: Address, model: str) -> str:
    messages = [{"role": "user", "content": "Hi!"}]
    options = {"temperature": 0, "num_predict": 30}
    body = {"model": model, "messages": messages, "stream": False, "options": options}
    status, said = finding.call(address, "POST", "/api/chat", body, read_s=120)
    if status != 200 or not isinstance(said, dict):
        raise OSError(f"the server answered with status {status}")
    return " ".join(str(said.get("message", {}).get("content", "")).split())[:120]


# --- Showing --------------------------------------------------------------------------


def _text_lines(row: Finding, width: int):
    yield f"{row.name:<{width}}  {row.state:<7}  {row.seen}"
    if row.fix:
        yield f"{'':<{width}}           {row.fix}"


def _html_row(row: Finding) -> str:
    weight = "bold" if row.state is State.PROBLEM else "normal"
    cells = "".join(f'<td style="text-align:left">{escape(text)}</td>' for text in (row.seen, row.fix))
    return (
        f'<tr><th scope="row" style="text-align:left">{escape(row.name)}</th>'
        f'<td style="text-align:left;font-weight:{weight}">{row.state}</td>{cells}</tr>'
    )
