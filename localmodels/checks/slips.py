"""Slips that can happen in any exercise, told from an error, from what came back or was printed, and from the source.

Pure functions of texts and plain values; "" where there is nothing to say. No learner's code runs here.
"""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass
from typing import Any

from localmodels.checks.plain import LearnerError, Opaque

PRINTED = "You printed the value. print shows it to people; return hands it to whoever called the function."
RAISE_LEFT = "Your code is there, but the line `raise NotImplementedError(...)` still stops it. Delete that line."
OWN_CONNECTION_ERROR = "You caught Python's own ConnectionError. Write requests.exceptions. in front."
TO_FILL_IN = ("[", "(", ",", ":", "=", "==", "in", "return", "{")  # what stands before a text "..." that is a gap
OF_A_RESPONSE = {"raise_for_status": "raise_for_status()", "json": "json()", "status_code": "status_code", "text": "text"}
OF_REQUESTS = ("HTTPError", "RequestException", "Timeout", "ConnectTimeout", "ReadTimeout")


@dataclass(frozen=True)
class Seen:
    """What is known when a check has failed.

    function, signature  the exercise: the name, and the line after `def`.
    error                what the learner's code raised, if that was the failure.
    results              what the learner's functions returned in this check.
    printed              what the function printed before it returned None; empty if it returned something.
    source               the function's own lines; empty where nobody knows them.
    """

    function: str
    signature: str
    error: LearnerError | None
    results: list[Any]
    printed: str
    source: str


def why(seen: Seen) -> str:
    """The idea behind a failure, if it is one of the slips that all exercises share."""
    return why_dots(seen) or (why_stopped(seen, seen.error) if seen.error else why_came(seen))


# --- dots that a hint left to fill in


def why_dots(seen: Seen) -> str:
    """Three dots are still in the code: in what it raised, in what it returned, or in its lines."""
    error, line = seen.error, dotted_line(seen.source)
    if error and not line:
        line = dotted_line(error.line)
    raised = error and ("ellipsis" in error.message or (error.name == "KeyError" and "'...'" in error.message))
    if not (line or raised or any(has_dots(result) for result in seen.results)):
        return ""
    where = f", at the line `{line}`" if line else ""
    return f"Three dots `...` are still in your code{where}. They stand for something you have to fill in."


def has_dots(value: Any) -> bool:
    """Whether `...`, or the text "...", is somewhere in a value."""
    if isinstance(value, dict):
        return any(has_dots(part) for pair in value.items() for part in pair)
    if isinstance(value, (list, tuple, set)):
        return any(has_dots(part) for part in value)
    return value == Opaque("ellipsis") if isinstance(value, Opaque) else isinstance(value, str) and value == "..."


def dotted_line(source: str) -> str:
    """The first line in which three dots stand for something, comments and docstrings aside."""
    before = ""
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            quoted = token.type == tokenize.STRING and token.string in ('"..."', "'...'") and before in TO_FILL_IN
            if quoted or (token.type == tokenize.OP and token.string == "..."):
                line = re.split(r"\s+# ", source.splitlines()[token.start[0] - 1].strip())[0]
                return "" if line.startswith("def ") else line
            before = token.string
    except (tokenize.TokenError, SyntaxError, ValueError):  # half a line, or no Python at all
        pass
    return ""


# --- what came back


def why_came(seen: Seen) -> str:
    """The slip behind a wrong value."""
    if seen.printed.strip() and not re.search(r"return \S+\.(append|extend|insert|sort)\(", seen.source):
        return PRINTED
    if any(isinstance(result, str) and re.search(r"\{[a-z_][\w.]*\}", result) for result in seen.results):
        return "The braces came out as they are: put f before the quotes."
    return ""


# --- what was raised


def why_stopped(seen: Seen, error: LearnerError) -> str:
    """The slip behind an error."""
    return why_arguments(error, seen.function, seen.signature) or _why_stopped_inside(error, seen)


def why_arguments(error: LearnerError, function: str, signature: str) -> str:
    """A call whose arguments do not go with the `def` line: the check's own call, or one of the learner's."""
    called = re.match(r"(?:.*\.)?(\w+)\(\) (takes|missing|got) (.*)", error.message) if error.name == "TypeError" else None
    if not called:
        return ""
    name, verb, rest = called.groups()
    if name == function:
        line = f", `def {signature}:`" if signature else ""
        return f"Keep the `def` line as it was{line}. The check calls it with these parameters."
    quoted = [f"`{one}`" for one in re.findall(r"'(\w+)'", rest)]
    if verb == "missing":
        return f"`{name}` needs {' and '.join(quoted)} too; you passed fewer values."
    if verb == "takes" and " but " in rest:
        wanted, _, given = rest.partition(" but ")
        return f"`{name}` takes {wanted}; you passed {given.split()[0]}."
    return f"`{name}` has no parameter {' '.join(quoted)}. Compare the spelling." if "unexpected" in rest else ""


def _why_stopped_inside(error: LearnerError, seen: Seen) -> str:
    if error.name in ("MissingSchema", "InvalidSchema", "InvalidURL", "LocationParseError") and "{" in error.message:
        return "The braces were sent as they are: put f before the quotes."
    if error.name == "TypeError" and re.search(r"\+: '(int' and 'str|str' and 'int)'|not \"int\"\) to str", error.message):
        return 'A number and a text do not add up: f"{status} {body}" puts both into one text.'
    if error.name == "ConnectionError" and re.search(r"except[ (][^\n:]*(?<![\w.])ConnectionError", seen.source):
        return OWN_CONNECTION_ERROR
    if error.name == "UnboundLocalError":
        return _why_unbound(error, seen.source)
    return why_unknown(error) if error.name == "NameError" else ""


def _why_unbound(error: LearnerError, source: str) -> str:
    """A variable that `try` would have set, used after an `except` that goes on."""
    name = quoted_name(error)
    called_as_well = re.search(rf"\b{name}\(", source)
    if not name or called_as_well or "except" not in source:
        return ""
    return f"After the except, the function goes on without `{name}`. Put return there."


def why_unknown(error: LearnerError) -> str:
    """Why Python does not know a name that belongs to something else."""
    name = quoted_name(error)
    if name in OF_A_RESPONSE and name != "text":
        return f"It belongs to the response: response.{OF_A_RESPONSE[name]}."
    if name in OF_REQUESTS:
        return f"`{name}` belongs to requests. Write requests.exceptions. in front."
    return ""


def quoted_name(error: LearnerError) -> str:
    """The first name in quotes in an error's message."""
    found = re.search(r"'(\w+)'", error.message)
    return found[1] if found else ""


# --- what is not written


def why_unwritten(said: str, function: str, signature: str, source: str) -> str:
    """Why a function counts as not written, although something is there; `said` is NotWritten's sentence."""
    if said.endswith("not a function."):
        return f"Keep the line `def {signature or function + '(...)'}:` and put your code under it."
    name, unwritten, _ = said.partition(" is not written yet")
    if unwritten and name != function:
        return f"{function} builds on {name}. Write that one first; its exercise is further up."
    return RAISE_LEFT if unwritten and has_code(source) else ""


def has_code(source: str) -> bool:
    """Whether a learner has put code below or above the `raise` of an exercise; `# YOUR CODE HERE` marks where it begins.

    A `raise` further in, under an `if` say, stands for code that is missing there.
    """
    lines = [line for line in source.splitlines() if line.strip()]
    body = min((len(line) - len(line.lstrip()) for line in lines if line[0] == " "), default=0)
    stops = next((number for number, line in enumerate(lines) if line.startswith(" " * body + "raise NotImplementedError")), None)
    if stops is None:
        return False
    begins = next((number for number, line in enumerate(lines) if line.strip().startswith("# YOUR CODE HERE")), stops)
    return any(not line.strip().startswith("#") for line in lines[begins:stops] + lines[stops + 1 :])
