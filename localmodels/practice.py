"""Start, find and stop this user's practice server: one detached process that outlives the notebook.

It ends by itself when nobody has called it for a while, so nothing has to be cleaned up.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from localmodels import facts, finding, machine, state
from localmodels.finding import Address, Found, Kind

START_S = 30.0  # a slow disk on the first start reads every package once
IDLE_MINUTES = "240"  # longer than a lunch break, shorter than a night
_POLL_S = 0.01
_started: list[subprocess.Popen] = []  # kept, or Python warns that they still run


class NotConnected(ConnectionError):
    """No server can answer; the message says why and what to do, and is all a notebook shows."""

    def _render_traceback_(self):
        return [f"{type(self).__name__}: {self}"]


def preferred_port() -> int:
    """Where the practice server would like to listen: LOCALMODELS_PORT, else Ollama's own port."""
    chosen = os.environ.get("LOCALMODELS_PORT", "").strip()
    if not chosen:
        return facts.value("ollama.port")
    if not chosen.isdecimal() or int(chosen) > 65535:
        raise NotConnected(f"LOCALMODELS_PORT is {chosen!r}; set it to a number from 0 to 65535, or unset it.")
    return int(chosen)


def running() -> Found | None:
    """This user's practice server, if one answers; a note about one that is gone is dropped."""
    noted = state.recall()
    ports = [noted["port"]] if noted else []
    ports += [port for port in [preferred_port()] if port and port not in ports]
    for port in ports:
        found = finding.probe(Address("localhost", port))
        if found.kind is Kind.MINE:
            return found
    if noted:
        state.forget()
    return None


def ensure(avoid: frozenset[int] = frozenset()) -> Found:
    """The running practice server, started if need be; notebooks that ask at once share one.

    `avoid` are ports to leave free. Raises NotConnected with the reason when it cannot start.
    """
    found = running()
    if found:
        return found
    try:
        with state.lock(2 * START_S):
            return running() or _start_somewhere(avoid)
    except TimeoutError:
        raise NotConnected(
            f"Another notebook has been starting the practice server for {2 * START_S:.0f} seconds;"
            " restart that notebook's kernel, then run this cell again."
        ) from None


def stop() -> Found | None:
    """Stop this user's practice server and wait until it is gone; None when none was running."""
    found = running()
    if not found:
        return None
    os.kill(int(found.info["pid"]), signal.SIGTERM)
    deadline = time.monotonic() + 10
    while finding.listens(found.address.port) and time.monotonic() < deadline:
        time.sleep(_POLL_S)
    state.forget()
    _reap()
    return found


# --- Starting ---------------------------------------------------------------------


def _start_somewhere(avoid: frozenset[int]) -> Found:
    _check_memory()
    for port in _candidates(avoid):
        found = _start(port)
        if found:
            state.remember({"port": port, "pid": found.info.get("pid"), "version": found.version})
            return found
    raise NotConnected("No free port was found for the practice server; restart the computer and run this cell again.")


def _candidates(avoid: frozenset[int]):
    first = preferred_port()
    near = range(first, min(first + 50, 65536)) if first else ()
    yield from (port for port in near if port not in avoid and _is_free(port))
    for _ in range(5):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if _is_free(port):
            yield port


def _is_free(port: int) -> bool:
    """True if nobody listens on the port, on either loopback address, and we may."""
    if finding.listens(port):
        return False
    with socket.socket() as probe:
        # A port left a moment ago counts as free on Linux and macOS only with this option;
        # on Windows the same option would let two programs share it.
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _start(port: int) -> Found | None:
    """Start on `port`; None when somebody else took the port meanwhile."""
    process = _launch(port)
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        found = finding.probe(Address("localhost", port))
        if found.kind is Kind.MINE:
            return found
        if process.poll() is not None:
            if finding.listens(port):
                return None
            raise NotConnected(_why_it_ended(process.returncode))
        time.sleep(_POLL_S)
    process.kill()
    process.wait()
    raise NotConnected(f"The practice server did not answer within {START_S:.0f} seconds{_quoted_log()}; {NEXT}")


def _launch(port: int) -> subprocess.Popen:
    _reap()
    idle = os.environ.get("LOCALMODELS_IDLE_MINUTES", IDLE_MINUTES)
    command = [sys.executable, "-P", "-m", "localmodels", "serve", "--port", str(port), "--idle-minutes", idle]
    package_parent = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, [package_parent, os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
    with open(os.open(state.log_file(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=state.home(),  # so that no file beside the notebook can stand in for a module
            env=environment,
            **_detached(),
        )
    _started.append(process)
    return process


def _detached() -> dict:
    """How to start a process that neither Ctrl-C nor the end of the kernel reaches."""
    if os.name == "nt":
        return {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _reap() -> None:
    _started[:] = [process for process in _started if process.poll() is None]


# --- When it does not start ---------------------------------------------------------

NEXT = "run `python -m localmodels doctor` in a terminal to see what is missing."


def _check_memory() -> None:
    free, needed = machine.free_memory(), facts.value("needs.practice_ram_mb")
    if free is not None and free < needed * 1e6:
        raise NotConnected(
            f"Only {free / 1e6:.0f} MB of memory is free and the practice server needs about {needed} MB:"
            " close other programs or notebooks, then run this cell again."
        )


def _why_it_ended(code: int) -> str:
    if code == -9:
        return (
            "The system ended the practice server while it started, usually because memory ran out:"
            " close other programs or notebooks, then run this cell again."
        )
    return f"The practice server ended while it started{_quoted_log()}; {NEXT}"


def _quoted_log() -> str:
    """What the log says, short enough for a sentence: its first lines, or an error's last."""
    try:
        text = state.log_file().read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    lines = lines[-1:] if any(line.startswith("Traceback") for line in lines) else lines[:3]
    said = " ".join(lines)[:400].rstrip(".")
    return f" and left this message: “{said}”" if said else " without a message"
