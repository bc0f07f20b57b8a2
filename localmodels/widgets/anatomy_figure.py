"""The request anatomy as a drawing, as still HTML and as text: pure functions of a form."""

from __future__ import annotations

from html import escape

from localmodels.widgets.anatomy import PATH, Form, as_curl, as_json, as_python
from localmodels.widgets.anatomy_breaks import Break, breaks
from localmodels.widgets.display import rich, still
from localmodels.widgets.reply_tree import Node, tree

PANEL, GAP, LINE, PAD = 400, 20, 16, 10  # user units: width of a panel, between panels, a line of code, inside
LETTERS = 55  # letters that go into a panel
TITLE = "One chat request as JSON, Python and curl, beside its reply"
TEXT = '["message"]["content"]'  # the way to the words of the model


def example_reply(form: Form) -> dict:
    """What a reply looks like, with invented words and numbers. Durations in nanoseconds."""
    return {
        "model": form.model,
        "created_at": "2026-01-15T09:30:00Z",
        "message": {"role": "assistant", "content": "(the model's words)"},
        "done": True,
        "done_reason": "stop",
        "total_duration": 412_000_000,
        "prompt_eval_count": 26,
        "eval_count": 18,
        "eval_duration": 370_000_000,
    }


def svg(url: str, form: Form) -> str:
    """Four panels: JSON, Python, curl, and the reply with the line to read marked."""
    reply = tree(example_reply(form))
    left = [("1. The body, as JSON", as_json(form).split("\n"), -1), ("3. The same from a terminal, with curl", as_curl(url, form).split("\n"), -1)]
    right = [
        ("2. The same in Python", as_python(url, form).split("\n"), -1),
        ("4. The reply (example)", ["    " * node.depth + node.line for node in reply], _marked(reply)),
    ]
    (drawn_left, low_left), (drawn_right, low_right) = _column(left, 0), _column(right, PANEL + GAP)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {2 * PANEL + GAP} {max(low_left, low_right)}" '
        f'width="{2 * PANEL + GAP}" font-family="var(--jp-code-font-family, monospace)" font-size="11.5">'
        f"<title>{TITLE}</title><desc>{escape(in_words(url, form))}</desc>"
        f"{drawn_left}{drawn_right}</svg>"
    )


def _marked(reply: list[Node]) -> int:
    return next(at for at, node in enumerate(reply) if node.path.endswith(TEXT))


def _column(panels: list[tuple[str, list[str], int]], x: int) -> tuple[str, int]:
    """The panels below each other from the top, and where the column ends."""
    drawn, y = "", 0
    for title, lines, marked in panels:
        height = PAD + LINE * (len(lines) + 2)
        drawn += _panel(x, y, height, title, lines, marked)
        y += height + GAP
    return drawn, y - GAP + 2


def _panel(x: int, y: int, height: int, title: str, lines: list[str], marked: int) -> str:
    frame = f'<rect x="{x + 1}" y="{y + 1}" width="{PANEL - 2}" height="{height}" rx="3" fill="none" stroke="var(--jp-border-color1, currentColor)"/>'
    head = f'<text x="{x + PAD}" y="{y + 20}" font-weight="bold" font-family="var(--jp-ui-font-family, sans-serif)" font-size="13">{escape(title)}</text>'
    return frame + head + "".join(_code_line(x, y + 40 + LINE * at, line, at == marked) for at, line in enumerate(lines))


def _code_line(x: int, y: int, line: str, marked: bool) -> str:
    shown = line if len(line) <= LETTERS else line[: LETTERS - 1] + "…"
    drawn = f'<text x="{x + PAD}" y="{y}" xml:space="preserve"{" font-weight=" + chr(34) + "bold" + chr(34) if marked else ""}>{escape(_solid(shown))}</text>'
    if marked:
        drawn += f'<rect x="{x + 4}" y="{y - 12}" width="{PANEL - 8}" height="{LINE + 1}" fill="none" stroke="currentColor" stroke-width="1.5"/>'
    return drawn


def _solid(line: str) -> str:
    """Leading blanks as hard ones: a browser would drop them."""
    return "\u00a0" * (len(line) - len(line.lstrip(" "))) + line.lstrip(" ")


def in_words(url: str, form: Form) -> str:
    """What the figure says, in sentences."""
    system = "a system message and " if form.system else ""
    stream = "line by line" if form.stream else "in one piece"
    return (
        f"POST {url}{PATH} with the model {form.model}, {system}the prompt {form.prompt!r}, temperature {form.temperature:g}, "
        f"reply {stream}. JSON, Python and curl send the same. The text of the reply is at data{TEXT}."
    )


def as_text(url: str, form: Form) -> str:
    """The request, the way to its reply, and the ways to break it."""
    lines = [in_words(url, form), "What goes wrong, and the fix:"]
    lines += [f"- {one.label}: status {one.status or 'none'}; {one.cause}; fix: {one.fix}" for one in breaks()]
    return "\n".join(lines)


def as_html(url: str, form: Form) -> str:
    """The figure, the sentence that says the same, and the table of what goes wrong."""
    head = "".join(f'<th scope="col">{name}</th>' for name in ("What is wrong", "Status", "Body", "Cause", "Fix"))
    rows = "".join(map(_table_row, breaks()))
    return f"{still(svg(url, form), TITLE)}<p>{escape(in_words(url, form))}</p><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _table_row(one: Break) -> str:
    body = f"`{one.body}`" if one.status else "none"
    cells = (one.label, str(one.status or "none"), body, one.cause, one.fix)
    return "<tr>" + "".join(f"<td>{rich(cell)}</td>" for cell in cells) + "</tr>"
