"""Before the first submission: try in the real box what must not work, and what must. Fails closed.

Looking at version numbers or settings would tell what should hold; running code inside tells what does.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autograder.engine.boxed import Boxed
from autograder.engine.channel import Broken
from autograder.engine.nursery import Nursery
from autograder.engine.policy import Level, Policy, with_limits
from autograder.engine.refusals import IN_A_CONTAINER, Refused

SECONDS = 60.0  # a loaded machine needs some of them
PROCESSES = 24
PROBES = Path(__file__).with_name("probes.py")


def self_test(policy: Policy) -> None:
    """Returns when the box of this policy holds and honest code works in it; raises Refused with one sentence."""
    tried = with_limits(policy, processes=PROCESSES)  # as many as it takes to see that there is a limit
    with Nursery(tried, warm=False) as nursery, contextlib.closing(nursery.birth()) as boxed, _planted() as given:
        found = _found(boxed, {**given, **_expected(tried)})
    if found["could"]:
        things = ", ".join(found["could"])
        raise Refused(f"The sandbox does not hold on this machine: code inside it could {things}; grade in a container: {IN_A_CONTAINER}")
    if found["could not"]:
        raise Refused(f"Honest code does not work in the sandbox on this machine: it could not {', '.join(found['could not'])}; {_advice()}")


def _expected(policy: Policy) -> dict:
    limits = policy.limits
    return {
        "isolated": policy.level is Level.ISOLATED,
        "folders": [path for path in policy.hidden if not any(Path(shown).is_relative_to(path) for shown in policy.read_only)],
        "processes": limits.processes,
        "disk": limits.disk,
        "environment": [*policy.environment, "LC_CTYPE"],
    }


@contextlib.contextmanager
def _planted() -> Iterator[dict]:
    """Things of this machine that nobody inside may reach: files, a port, a socket."""
    with tempfile.NamedTemporaryFile(prefix="planted-") as file, socket.create_server(("127.0.0.1", 0)) as server:
        with socket.socket(socket.AF_UNIX) as abstract:
            name = f"\0planted-{secrets.token_hex(8)}"
            abstract.bind(name)
            abstract.listen()
            os.fchmod(file.fileno(), 0o644)
            planted = [file.name, str(Path(__file__)), "/etc/shadow", "/proc/1/environ"]
            yield {"planted": planted, "port": server.getsockname()[1], "abstract": name}


def _found(boxed: Boxed, given: dict) -> dict[str, list[str]]:
    """What the probes report. A box that ends or reports nothing has failed."""
    try:
        outputs = boxed.run_cell(f"GIVEN = {given!r}\n{PROBES.read_text(encoding='utf-8')}", SECONDS)
    except Broken as error:
        raise Refused(f"The sandbox does not work on this machine: {error}; grade in a container: {IN_A_CONTAINER}") from error
    said = "".join(output.get("text", "") for output in outputs if output["output_type"] == "stream")
    with contextlib.suppress(ValueError, IndexError):
        found = json.loads(said.strip().splitlines()[-1])
        if given["isolated"] and not _was_reached(boxed.mock):
            found["could not"].append("reach the grader from inside")
        return found
    errors = [f"{output['ename']}: {output['evalue']}" for output in outputs if output["output_type"] == "error"]
    told = "; ".join(errors) or said.strip().rpartition("\n")[2][-200:] or "it said nothing"
    advice = f"grade in a container: {IN_A_CONTAINER}" if given["isolated"] else _advice()
    raise Refused(f"The sandbox's self-test did not come to its end ({told}); {advice}")


def _was_reached(mock: socket.socket) -> bool:
    """Whether the connection from inside arrived at our socket."""
    mock.settimeout(2)
    try:
        mock.accept()[0].close()
        return True
    except OSError:
        return False


def _advice() -> str:
    if os.geteuid() == 0:
        return "run the grader as an ordinary user, whose Python and packages other users can read"
    return "install the course again with: make lab"
