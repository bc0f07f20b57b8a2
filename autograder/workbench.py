"""The surroundings in which notebooks run here: own home, own Ollama, nothing of the person at the keyboard.

A notebook calls `localhost:11434`. So that many can run at once, and beside a real Ollama, each kernel is
started with a startup file that leads this port to the server meant for it.
"""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from autograder.course import Problem, with_own_programs_on_path
from localmodels import facts

START_SECONDS = 30  # the practice server needs under two; a loaded machine needs more
_PERSONAL = {"LOCALMODELS_PRACTICE", "LOCALMODELS_PORT", "OLLAMA_HOST", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"}
_STARTUP = """\
def _lead_ollama_here():
    import contextlib
    from localmodels.checks.redirect import redirected
    way = contextlib.ExitStack()
    way.enter_context(redirected({{{usual}}}, lambda: {port}))
    return way
_way_to_ollama = _lead_ollama_here()
del _lead_ollama_here
"""


def kernel_environment(home: Path, port: int) -> dict[str, str]:
    """Environment of a kernel for which Ollama's usual port is `port` of this machine.

    `home` is a folder for everything the notebook keeps; it is created if missing.
    """
    startup = home / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True, exist_ok=True)
    text = _STARTUP.format(usual=facts.value("ollama.port"), port=port)
    (startup / "00-ollama.py").write_text(text, encoding="utf-8")
    env = with_own_programs_on_path()
    for name in [name for name in env if name.upper() in _PERSONAL]:
        del env[name]
    env |= {"LOCALMODELS_HOME": str(home / "localmodels"), "IPYTHONDIR": str(home / "ipython")}
    env |= {"PYTHONHASHSEED": "0", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    return env | {"LOCALMODELS_IDLE_MINUTES": "2"}  # a practice server that a notebook starts itself soon ends


@contextlib.contextmanager
def silent_ollama() -> Iterator[int]:
    """The port of an Ollama with the course's models whose replies are scripted: quick, offline, the same each time."""
    from localmodels.server.scripted import ScriptedOllama

    with ScriptedOllama(models=[facts.value("models.default"), facts.value("models.small")]) as ollama:
        yield ollama.port


@contextlib.contextmanager
def practice_environment(home: Path) -> Iterator[dict[str, str]]:
    """A fresh practice server on a free port, and the environment of a kernel that meets it on the usual one."""
    port = free_port()
    env = kernel_environment(home, port) | {"LOCALMODELS_PRACTICE": "1"}
    command = [sys.executable, "-m", "localmodels", "serve", "--port", str(port), "--engine", "tiny"]
    server = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        _wait_until_it_answers(server, port)
        yield env
    finally:
        server.terminate()
        server.communicate()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def _wait_until_it_answers(server: subprocess.Popen, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(urllib.error.URLError, OSError, ValueError):
            with opener.open(f"http://127.0.0.1:{port}/api/practice", timeout=2) as reply:
                if json.load(reply).get("practice"):
                    return
        time.sleep(0.05)
    server.kill()
    said = server.communicate()[1].strip().splitlines()[-1:]
    raise Problem(f"The practice server did not start. It said: {' '.join(said) or 'nothing'}")
