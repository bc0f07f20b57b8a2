"""Where the practice server of this user leaves its traces: address, log, lock and secret.

The folder is `LOCALMODELS_HOME` where that is set, else the per-user place of the operating system.
Only its owner may read it: the secret in it is how a notebook tells its own server from a stranger's.
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import hmac
import json
import os
import secrets
import sys
import tempfile
import time
from pathlib import Path

_LOCK_POLL_S = 0.02


class StateError(OSError):
    """The state folder cannot be used; the message says which and what to do."""

    def _render_traceback_(self):
        return [f"{type(self).__name__}: {self}"]  # all a notebook needs to show


def home() -> Path:
    """The state folder, created on first use and readable by its owner alone."""
    chosen = os.environ.get("LOCALMODELS_HOME")
    if chosen:
        return _prepared(Path(chosen).expanduser())
    try:
        return _prepared(_default_home())
    except StateError:
        # A read-only home is common in class rooms; the temporary folder is the next best place.
        return _prepared(Path(tempfile.gettempdir()) / f"localmodels-{_user_tag()}")


def user() -> str:
    """Name of the user this process runs as, or their number where no name is known."""
    try:
        return getpass.getuser()
    except Exception:  # no passwd entry and no variable: OSError or KeyError, by version
        return str(getattr(os, "getuid", lambda: "unknown")())


def log_file() -> Path:
    """Where the practice server writes what it has to say."""
    return home() / "practice.log"


# --- The secret -----------------------------------------------------------------


def secret() -> bytes:
    """This user's secret, made on first use. It never leaves the machine, nor this user's files."""
    path = home() / "secret"
    try:
        return _read_secret(path)
    except FileNotFoundError:
        pass
    _write_private(path, secrets.token_hex(32), exclusive=True)
    return _read_secret(path)


def proof(challenge: str) -> str:
    """What only a process that can read this user's secret can answer to `challenge` (hex)."""
    return hmac.new(secret(), challenge.encode("utf-8"), hashlib.sha256).hexdigest()


def is_proof(challenge: str, answer: object) -> bool:
    """True if `answer` is this user's proof for `challenge`."""
    return isinstance(answer, str) and hmac.compare_digest(proof(challenge).encode(), answer.encode("utf-8"))


def _read_secret(path: Path) -> bytes:
    for _ in range(50):
        text = path.read_bytes().strip()
        if text:
            return text
        time.sleep(_LOCK_POLL_S)  # another process has created the file and is about to fill it
    path.unlink(missing_ok=True)  # a crash left it empty: make a new one
    raise FileNotFoundError(path)


# --- The address ----------------------------------------------------------------


def remember(server: dict) -> None:
    """Write down the running practice server: {"port": int, "pid": int, ...}."""
    _write_private(home() / "practice.json", json.dumps(server))


def recall() -> dict | None:
    """What `remember` wrote, or None when that is missing or damaged."""
    path = home() / "practice.json"
    try:
        server = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    usable = isinstance(server, dict) and isinstance(server.get("port"), int)
    return server if usable else None


def forget() -> None:
    """Drop the remembered server; nothing happens when there is none."""
    with contextlib.suppress(OSError):
        (home() / "practice.json").unlink()


# --- The lock -------------------------------------------------------------------


@contextlib.contextmanager
def lock(timeout_s: float = 60.0):
    """Hold this user's lock; the operating system frees it if the process dies.

    Raises TimeoutError when another process keeps it longer than `timeout_s` seconds.
    """
    with open(home() / "practice.lock", "a+b") as file:
        deadline = time.monotonic() + timeout_s
        while not _try_lock(file):
            if time.monotonic() > deadline:
                raise TimeoutError(f"The lock {file.name} was not free within {timeout_s:.0f} seconds.")
            time.sleep(_LOCK_POLL_S)
        try:
            yield
        finally:
            _unlock(file)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(file) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(file) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True  # some network drives have no locks: go on without one
        return True

    def _unlock(file) -> None:
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_UN)


# --- Folders and files ------------------------------------------------------------


def _default_home() -> Path:
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "localmodels"


def _prepared(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_owner(folder)
    except OSError as problem:
        if isinstance(problem, StateError):
            raise
        raise StateError(
            f"The folder {folder} cannot be used ({problem.strerror or problem});"
            " set the variable LOCALMODELS_HOME to a folder you can write to."
        ) from None
    if not os.access(folder, os.W_OK):
        raise StateError(f"The folder {folder} is read-only; set LOCALMODELS_HOME to one you can write to.")
    return folder


def _check_owner(folder: Path) -> None:
    if not hasattr(os, "getuid"):
        return  # on Windows the per-user folders are already private
    status = folder.stat()
    if status.st_uid != os.getuid():
        raise StateError(f"The folder {folder} belongs to another user; set LOCALMODELS_HOME to one of yours.")
    if status.st_mode & 0o077:
        folder.chmod(0o700)


def _user_tag() -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in user())


def _write_private(path: Path, text: str, exclusive: bool = False) -> None:
    """Write a file only its owner can read; whole or not at all, unless `exclusive` finds it there."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    if exclusive:
        with contextlib.suppress(FileExistsError), open(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        return
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with open(os.open(draft, flags, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(draft, path)
