"""What nobody may read in a student's output, and what a submission may not leave behind."""

from __future__ import annotations

import ast
import base64
import contextlib
import functools
import html
import inspect
import json
import os
import secrets
import socket
import sysconfig
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder import hidden
from localmodels.checks import exercises
from tests import hostile_probe
from tests.hostile_class import LESSON, ROOT, solved

LEAKED = "LEAKED"  # attacks print it when they got where they must not get
LONG_ENOUGH = 15  # characters; shorter texts of hidden checks are words of everybody


@dataclass(frozen=True)
class Planted:
    """Secrets of this machine that a box must not show. `words` fills the @names@ in cases.

    folder   with files as a course has them: a gradebook, solutions, a neighbour's notebook.
    secret   the text in all of them, in the grader's environment, and behind two sockets.
    """

    folder: Path
    secret: str
    words: dict[str, str]

    def changed(self) -> list[str]:
        """Planted files that are not what they were."""
        return [name for name in FILES if _read(self.folder / name) != _content(self.secret)]


FILES = ("gradebook.db", f"solutions/m13/{LESSON}.ipynb", f"submitted/neighbour/m13/{LESSON}.ipynb", "home/.ssh/id_rsa", "hidden.py")


@contextlib.contextmanager
def planted(folder: Path) -> Iterator[Planted]:
    """Plant the secrets, and a neighbour's right notebook, for as long as the block lasts."""
    honest = folder / "honest" / f"{LESSON}.ipynb"
    honest.parent.mkdir()
    honest.write_text(json.dumps(solved(LESSON)), encoding="utf-8")
    secret, mark = f"canary-{secrets.token_hex(8)}", f"mark{secrets.token_hex(6)}"
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(_content(secret))
    os.environ["COURSE_SECRET"] = secret
    with _telling(socket.AF_INET, ("127.0.0.1", 0), secret) as port, _telling(socket.AF_UNIX, f"\0{mark}-abstract", secret):
        paths = {"planted": folder, "honest": honest, "honest_folder": honest.parent, "checkout": ROOT}
        words = {"mark": mark, "port": str(port), "abstract": f"{mark}-abstract", "leaked": '"LEA" "KED"'}
        yield Planted(folder, secret, {**{name: str(path) for name, path in paths.items()}, **words})
    del os.environ["COURSE_SECRET"]


def _content(secret: str) -> str:
    return f"Nobody but the instructor reads this: {secret}\n"


def _read(path: Path) -> str:
    return path.read_text(errors="replace") if path.is_file() else ""


@contextlib.contextmanager
def _telling(family: int, address, secret: str) -> Iterator[int | str]:
    """A program of this machine that tells the secret to everybody who connects; gives its port."""
    with socket.socket(family) as listener:
        listener.bind(address)
        listener.listen()
        thread = threading.Thread(target=_tell, args=(listener, secret.encode()), daemon=True)
        thread.start()
        name = listener.getsockname()
        yield name[1] if family == socket.AF_INET else name
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def _tell(listener: socket.socket, secret: bytes) -> None:
    with contextlib.suppress(OSError):
        while True:
            talk, _ = listener.accept()
            with talk, contextlib.suppress(OSError):
                talk.sendall(secret)


@functools.cache
def hidden_texts() -> frozenset[str]:
    """Texts and long numbers of hidden checks that stand nowhere in what students have; titles are theirs to read."""
    open_to_all = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "localmodels").rglob("*.py"))
    checks = [check for name in exercises() for _, check in hidden.hidden_checks(name)]
    found, titles = {hostile_probe.SECRET}, {check.title for check in checks}
    for check in checks:
        found |= {check.name, *_constants(check.judge)}
    return frozenset(text for text in found - titles if len(text) >= LONG_ENOUGH and text not in open_to_all)


def _constants(function) -> Iterator[str]:
    tree = ast.parse(inspect.getsource(function))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@functools.cache
def disguises(text: str) -> set[str]:
    """A text as a submission may hand it on: as it is, or in one of the usual spellings."""
    data = text.encode()
    spelled = {text, repr(text)[1:-1], ascii(text)[1:-1], html.escape(text), text[::-1], text.upper(), data.hex()}
    return spelled | {base64.b64encode(data).decode(), base64.b32encode(data).decode().rstrip("=")}


def leaks(told: str, texts: frozenset[str]) -> list[str]:
    """Which of the texts stand in what was told, in any disguise."""
    return sorted(text for text in texts if any(spelling in told for spelling in disguises(text)))


def left_behind(mark: str) -> list[str]:
    """Files, processes and sockets of this machine that carry the mark."""
    return [*_files(mark), *_processes(mark), *_sockets(mark)]


def _files(mark: str) -> Iterator[str]:
    home, own = Path.home(), ROOT / "localmodels"
    system = ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run", "/run/lock", sysconfig.get_path("purelib"))
    for place in (*system, home, home / ".ipython", home / ".jupyter", Path.cwd(), ROOT, own, own / "checks"):
        with contextlib.suppress(OSError):
            yield from (f"{place}/{name}" for name in os.listdir(place) if mark in name)


def _processes(mark: str) -> Iterator[str]:
    """Processes with the mark in their command line or name; which process this is does not matter, it should be none."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            said = Path(f"/proc/{pid}/cmdline").read_bytes() + Path(f"/proc/{pid}/comm").read_bytes()
            if mark.encode() in said or mark[:12].encode() in said:
                yield f"process {pid}: {said!r}"


def _sockets(mark: str) -> Iterator[str]:
    planted_one = f"{mark}-abstract"
    for line in Path("/proc/net/unix").read_text().splitlines():
        if mark in line and planted_one not in line:
            yield f"socket {line}"
