"""`python -m autograder VERB ...`: what an instructor types. Without a verb it lists them."""

from __future__ import annotations

import argparse
import difflib
import importlib
import sys

from autograder.course import Problem

VERBS = {
    "build": "make solutions/ and notebooks/ from lessons/",
    "release": "pack what students get into one zip",
    "grade": "grade a folder of submissions",
}
OK, FAILED, MISUSED = 0, 1, 2  # exit codes


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints end in what to type instead."""

    def error(self, message: str):
        if message.startswith("unrecognized arguments:"):
            wrong = message.split(":", 1)[1].split()[0]
            options = [name for action in self._actions for name in action.option_strings]
            message = f"{self.prog} has no {wrong}.{_did_you_mean(wrong, options)}"
        self.exit(MISUSED, f"{message}\nSee: {self.prog} --help\n")


def main(argv: list[str] | None = None) -> int:
    """Run one verb; returns the exit code. Problems are printed as sentences, never as tracebacks."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in ("-h", "--help", "help"):
        print(overview())
        return OK
    verb = words.pop(0)
    if verb not in VERBS:
        print(f"There is no verb {verb!r}.{_did_you_mean(verb, VERBS)}\n\n{overview()}", file=sys.stderr)
        return MISUSED
    module = importlib.import_module(f"autograder.verbs.{verb}")
    parser = Parser(
        prog=f"python -m autograder {verb}",
        description=module.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.add_arguments(parser)
    try:
        return module.run(parser.parse_args(words))
    except Problem as problem:
        print(problem, file=sys.stderr)
        return FAILED
    except OSError as error:  # a folder where a file should be, no permission, a full disk
        place = f" ({error.filename})" if error.filename else ""
        print(f"That did not work: {error.strerror or error}{place}. Check the path and try again.", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("\nStopped. What was finished is kept.", file=sys.stderr)
        return FAILED


def overview() -> str:
    """The list of verbs, with the way to more help."""
    lines = ["The instructor's side of the course.", ""]
    lines += [f"  python -m autograder {verb:<8} {does}" for verb, does in VERBS.items()]
    return "\n".join([*lines, "", "More on one of them: python -m autograder build --help"])


def _did_you_mean(word: str, known) -> str:
    near = difflib.get_close_matches(word, list(known), n=2, cutoff=0.4)
    return f" Did you mean {' or '.join(near)}?" if near else ""
