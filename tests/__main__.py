"""`python -m tests`: everything CI runs, in the order in which a failure is quickest to read.

Arguments go to pytest's first run, for instance `python -m tests -k connect`.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
SANITISE = ROOT / "tests" / "nbval_sanitize.cfg"


def steps(arguments):
    """(name, pytest arguments, whether notebooks run against the practice server) of each run."""
    workers = ["-n", str(max(2, os.cpu_count() or 2))]
    yield "the promises", ["tests", *workers, "--dist", "loadfile", "--durations", "12", *arguments], False
    if not arguments:
        stored = ["--nbval", "--nbval-sanitize-with", str(SANITISE), "-p", "no:randomly"]
        yield "the solved notebooks give the outputs they show", ["solutions", *stored, *workers, "--dist", "loadfile"], True


def free_port():
    """A port nobody listens at, so that a notebook's first sentence does not depend on what else runs here."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(arguments, home, practice):
    """One pytest run, with a home and, for notebooks, a practice server of its own, whatever else this computer runs."""
    inside = {"LOCALMODELS_HOME": home, "PYTHONHASHSEED": "0"}
    if practice:
        inside |= {"LOCALMODELS_PRACTICE": "1", "LOCALMODELS_PORT": str(free_port())}
    environment = {**os.environ, **inside}
    try:
        return subprocess.call([sys.executable, "-m", "pytest", "-q", *arguments], cwd=ROOT, env=environment)
    finally:
        subprocess.call([sys.executable, "-m", "localmodels", "stop"], env=environment, stdout=subprocess.DEVNULL)


def main():
    failed = []
    for name, arguments, practice in steps(sys.argv[1:]):
        print(f"\n== {name}", flush=True)
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as home:
            code = run(arguments, home, practice)
        print(f"== {time.monotonic() - started:.0f} s", flush=True)
        if code:
            failed.append(name)
    if failed:
        sys.exit(f"Not green: {'; '.join(failed)}.")


if __name__ == "__main__":
    main()
