"""Stored outputs that are the same on any day and any machine: pure functions on cell outputs.

What truly varies between two runs of the same cell is replaced by a fixed, plausible value of the same
shape; what belongs to one front end only (widget views) is dropped, its plain text stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from nbformat import NotebookNode

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

# Durations in nanoseconds, consistent with each other: total = load + prompt + reply.
STEADY_DURATIONS = {
    "total_duration": 412_000_000,
    "load_duration": 4_000_000,
    "prompt_eval_duration": 38_000_000,
    "eval_duration": 370_000_000,
}
STEADY_TIME = "2026-01-15T09:30:00.000000Z"
STEADY_UNIX_TIME = "1768469400"

_ISO = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"
_QUOTE = r"(?:\"|'|&quot;|&#x27;|&#39;)"
RULES: list[tuple[re.Pattern, str]] = [
    # When a reply was made, a model installed, or a loaded model leaves memory.
    (re.compile(rf"({_QUOTE}(?:created_at|modified_at|expires_at){_QUOTE}\s*:\s*{_QUOTE}){_ISO}"), rf"\g<1>{STEADY_TIME}"),
    # The OpenAI-compatible endpoints count seconds since 1970 and make up an id.
    (re.compile(rf"({_QUOTE}created{_QUOTE}\s*:\s*)\d+"), rf"\g<1>{STEADY_UNIX_TIME}"),
    (re.compile(r"chatcmpl-\w+"), "chatcmpl-100"),
    (re.compile(r"cmpl-\d+"), "cmpl-100"),
    # Addresses of Python objects, and the process that answered.
    (re.compile(r"\b0x[0-9a-fA-F]{6,16}\b"), "0x7f0000000000"),
    (re.compile(rf"({_QUOTE}pid{_QUOTE}\s*:\s*)\d+"), r"\g<1>4242"),
]
for _key, _value in STEADY_DURATIONS.items():
    RULES.append((re.compile(rf"({_QUOTE}{_key}{_QUOTE}\s*:\s*)\d+"), rf"\g<1>{_value}"))

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def steady(text: str) -> str:
    """The text with everything that varies from run to run replaced."""
    for pattern, replacement in RULES:
        text = pattern.sub(replacement, text)
    return text


def steady_outputs(outputs: Iterable[NotebookNode], count: int) -> list[NotebookNode]:
    """A cell's outputs, normalised. `count` becomes the execution count of its result."""
    kept = []
    for output in _joined_streams(outputs):
        if output.output_type == "stream":
            output.text = steady(output.text)
        elif output.output_type == "error":
            _shorten_error(output)
        else:
            output.data = _steady_bundle(output.data)
            output.metadata = {}
            output.pop("transient", None)
            if not output.data:
                continue
        if output.output_type == "execute_result":
            output.execution_count = count
        kept.append(output)
    return kept


def _joined_streams(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    """Neighbouring pieces of one stream as one: where a reply was cut into messages is chance."""
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def _steady_bundle(data: NotebookNode) -> NotebookNode:
    kept = {kind: value for kind, value in data.items() if kind != WIDGET_VIEW}
    return NotebookNode({kind: steady(value) if isinstance(value, str) else value for kind, value in kept.items()})


def _shorten_error(output: NotebookNode) -> None:
    """Keep of a traceback what the lesson is about: the reader's own cell and the last error.

    The frames between belong to libraries; they hold paths of this machine and change with each release.
    """
    output.evalue = steady(output.evalue)
    frames = [_ANSI.sub("", frame) for frame in output.traceback]
    own = [frame for frame in frames if frame.startswith("Cell In[")]
    last = f"{output.ename}: {output.evalue}" if output.evalue else output.ename
    output.traceback = [*map(steady, own[-1:]), last]
