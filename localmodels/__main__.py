"""`python -m localmodels VERB`: the practice server and the state of this computer, from a terminal."""

from __future__ import annotations

import difflib
import sys

_USAGE = """python -m localmodels VERB

  serve    run the practice server here, until Ctrl-C
  stop     stop the practice server that a notebook started
  status   say which server answers, and where
  doctor   check everything the course needs, with a fix for each problem

Examples:
  python -m localmodels doctor
  python -m localmodels serve --port 11500
  python -m localmodels stop

`python -m localmodels VERB --help` tells more about one of them."""

_HELP = {
    "stop": """python -m localmodels stop

Stops the practice server of this user and frees its port. Notebooks that need it again start it
with connect(). An Ollama you installed is not touched.

Example: python -m localmodels stop""",
    "status": """python -m localmodels status

Says which servers answer on this computer, Ollama or the practice server, and where. Starts nothing.
Ends with exit code 0 when one of them answers, else 1.

Example: python -m localmodels status""",
    "doctor": """python -m localmodels doctor

Checks Python, packages, memory, disk, Ollama, the practice server and one reply of a model, and gives
the fix for each problem. It starts the practice server if no model answers yet.
Ends with exit code 0 when the course can run, else 1.

Example: python -m localmodels doctor""",
}


def main(words: list[str] | None = None) -> int:
    """Do what the words say; returns the exit code."""
    words = sys.argv[1:] if words is None else words
    if not words or words[0] in ("-h", "--help", "help"):
        print(_USAGE)
        return 0
    verb, rest = words[0], words[1:]
    if verb not in _VERBS:
        print(_unknown(verb), file=sys.stderr)
        return 2
    if verb == "serve":
        return _serve(rest)
    if rest:
        wants_help = rest[0] in ("-h", "--help")
        print(_HELP[verb] if wants_help else f"`{verb}` takes nothing after it.\n\n{_HELP[verb]}")
        return 0 if wants_help else 2
    return _sentence_instead_of_traceback(_VERBS[verb])


def _sentence_instead_of_traceback(work) -> int:
    from localmodels.practice import NotConnected
    from localmodels.state import StateError

    try:
        return work()
    except (NotConnected, StateError) as problem:
        print(problem, file=sys.stderr)
        return 1


def _unknown(verb: str) -> str:
    near = difflib.get_close_matches(verb, _VERBS, n=1)
    hint = f" Did you mean `python -m localmodels {near[0]}`?" if near else ""
    return f"There is no verb {verb!r}.{hint}\n\n{_USAGE}"


def _serve(rest: list[str]) -> int:
    from localmodels.server.cli import main as serve

    return serve(rest) or 0


def _stop() -> int:
    from localmodels import practice

    stopped = practice.stop()
    if stopped:
        print(f"The practice server at {stopped.address.url} has stopped.")
    else:
        print("No practice server of yours is running; there is nothing to stop.")
    return 0


def _status() -> int:
    from localmodels.doctor import status_lines

    lines, answers = status_lines()
    print("\n".join(lines))
    return 0 if answers else 1


def _doctor() -> int:
    from localmodels.doctor import examine

    findings = examine()
    print(findings)
    return 0 if findings.ok else 1


_VERBS = {"serve": _serve, "stop": _stop, "status": _status, "doctor": _doctor}


if __name__ == "__main__":
    raise SystemExit(main())
