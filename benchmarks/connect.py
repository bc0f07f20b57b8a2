"""How long a notebook waits: imports, connect() to the first token, cold and warm.

    python benchmarks/connect.py            # 5 rounds; ends with one line of JSON, all times in seconds

Imports and cold starts are measured in new Python processes, each with a state folder and a port of its own,
so that neither a running practice server nor an Ollama takes part. `import numpy` is timed beside it, as a
yardstick for the machine.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile

IMPORTS = {
    "import_s": "from localmodels import check, connect, hint, quiz",
    "import_numpy_s": "import numpy",
}
TIMED_IMPORT = "import time; t = time.perf_counter(); {code}; print(time.perf_counter() - t)"

# The time starts before connect() and ends when the first piece of a streamed reply is there.
FIRST_TOKEN = """
import contextlib, io, json, time, urllib.request
from localmodels import connect, facts
def first_token():
    start = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        url = connect()
    message = {"role": "user", "content": "Hi!"}
    body = json.dumps({"model": facts.value("models.default"), "messages": [message]}).encode()
    with urllib.request.urlopen(f"{url}/api/chat", body) as reply:
        assert json.loads(reply.readline())["message"]["content"]
        return time.perf_counter() - start
print(json.dumps([first_token() for _ in range(6)]))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="fresh processes per number")
    rounds = parser.parse_args().rounds
    result = {name: median(timed_import(code) for _ in range(rounds)) for name, code in IMPORTS.items()}
    cold, warm = [], []
    for _ in range(rounds):
        first, *others = first_tokens()
        cold.append(first)
        warm.append(median(others))
    result |= {"cold_first_token_s": median(cold), "warm_first_token_s": median(warm), "rounds": rounds}
    print(f"import {result['import_s']:.3f} s (target 0.5), numpy alone {result['import_numpy_s']:.3f} s")
    print(f"first token, server not running: {result['cold_first_token_s']:.3f} s (target 2), worst {max(cold):.3f} s")
    print(f"first token, server running: {result['warm_first_token_s']:.3f} s (target 0.1), worst {max(warm):.3f} s")
    print(json.dumps({"benchmark": "connect", **{name: round(number, 4) for name, number in result.items()}}))


def timed_import(code: str) -> float:
    """Seconds of `code` in a new process."""
    return float(python(TIMED_IMPORT.format(code=code)))


def first_tokens() -> list[float]:
    """Seconds to the first token: one cold start, then warm calls of the same kernel."""
    with practice_home() as environment:
        return json.loads(python(FIRST_TOKEN, environment))


@contextlib.contextmanager
def practice_home():
    """Environment with a state folder and a port of its own; its server is stopped at the end."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        chosen = {"LOCALMODELS_HOME": folder, "LOCALMODELS_PORT": str(port), "LOCALMODELS_PRACTICE": "1"}
        environment = {**os.environ, **chosen}
        try:
            yield environment
        finally:
            subprocess.run([sys.executable, "-m", "localmodels", "stop"], env=environment, stdout=subprocess.DEVNULL)


def python(code: str, environment: dict | None = None) -> str:
    """What a new Python process prints."""
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True).stdout


def median(numbers) -> float:
    return statistics.median(list(numbers))


if __name__ == "__main__":
    main()
