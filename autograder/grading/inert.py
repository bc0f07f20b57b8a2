"""Makes what a learner's code showed harmless to look at: kept are text, pictures, and HTML that can do nothing."""

from __future__ import annotations

import base64
import binascii
import functools
import html
import re
import warnings
from typing import Any

MOST_SHOWN = 1_000_000  # characters of all outputs of a notebook
LARGEST_HTML, MOST_TAGS = 100_000, 5000  # characters and tags of one output; reading them takes quadratic time
LONGEST_MARKDOWN = 20_000  # characters of one cell that are read as markdown
_STEERING = re.compile(r"\\(?=(?:href|style|class|cssId|require|data|unicode)\b)", re.IGNORECASE)  # TeX that makes links and styles
CUT = "[This output was dropped: the notebook shows more than can be kept.]\n"
_PICTURES = {"image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8\xff"}
_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6",
    "hr", "i", "li", "ol", "p", "pre", "s", "section", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot",
    "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_ATTRIBUTES = ["align", "class", "colspan", "rowspan", "scope", "title"]


def inert_outputs(outputs: list[dict[str, Any]], left: int) -> tuple[list[dict[str, Any]], int]:
    """Outputs without anything that runs or calls elsewhere, and how many characters may follow. `left` bounds them."""
    kept = []
    for output in outputs:
        output = {**output, "data": _shown(output["data"])} if "data" in output else output
        if "text/html" in output.get("data", ()) and _size(output) <= left:  # only what there is room for is worth the time
            output["data"]["text/html"] = cleaned(output["data"]["text/html"])
        size = _size(output)
        if size > left:
            kept.append({"output_type": "stream", "name": "stdout", "text": CUT})
            return kept, 0
        left -= size
        kept.append(output)
    return kept, left


def _shown(told: dict[str, str]) -> dict[str, str]:
    """Of an output's data what is shown; HTML is still as the learner's code wrote it."""
    data = {kind: value for kind, value in told.items() if kind in ("text/plain", "text/latex")}
    data |= {kind: value for kind, value in told.items() if kind in _PICTURES and is_picture(kind, value)}
    page = told.get("text/html", "")
    if page and len(page) <= LARGEST_HTML and page.count("<") <= MOST_TAGS:
        data["text/html"] = page
    if "text/latex" in data:
        data["text/latex"] = _STEERING.sub("", data["text/latex"])
    if "text/markdown" in told:
        data.setdefault("text/plain", told["text/markdown"])
    return data or {"text/plain": "[something that is not shown here]"}


def is_picture(kind: str, text: str) -> bool:
    """Whether this is the base64 of a picture of that kind."""
    try:
        return base64.b64decode("".join(text.split()), validate=True).startswith(_PICTURES[kind])
    except (binascii.Error, ValueError):
        return False


@functools.lru_cache(maxsize=500)  # what a lesson's own cells show is the same for a whole class
def cleaned(page: str) -> str:
    """HTML with no script, style, event handler, frame, form, link or picture; what is not allowed is dropped."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # text that looks like a file name
        return _cleaner().clean(page)


def markdown_as_html(source: str) -> str:
    """What a markdown cell shows, as HTML that can do nothing. In nbgrader's formgrader it stands beside everybody's points."""
    from nbconvert.filters.markdown import markdown2html

    if len(source) > LONGEST_MARKDOWN or source.count("<") > MOST_TAGS:
        return f"<pre>{html.escape(source)}</pre>"
    return cleaned(_STEERING.sub("", markdown2html(source)))


@functools.cache
def _cleaner():
    from bleach.sanitizer import Cleaner

    return Cleaner(tags=_TAGS, attributes=_ATTRIBUTES, protocols=[], strip=True, strip_comments=True)


def _size(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(_size, value.values()))
    if isinstance(value, list):
        return sum(map(_size, value))
    return len(value) if isinstance(value, str) else 8
