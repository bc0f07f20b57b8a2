"""The memory bars as a drawing (SVG) and as still HTML: pure functions of a `Picture`."""

from __future__ import annotations

from html import escape

from localmodels.memory import GiB
from localmodels.widgets.display import still
from localmodels.widgets.memory_picture import Picture, comparison, heading, summary, total_formula, verdict

WIDTH, ROW, TOP, LEFT, RIGHT = 640, 40, 34, 96, 20  # user units of the drawing
COLOURS = {
    "weights": "var(--jp-brand-color1, #1976d2)",
    "cache": "var(--jp-warn-color1, #f57c00)",
    "overhead": "var(--jp-content-font-color3, #757575)",
    "total": "none",
}
TOO_MUCH = "var(--jp-error-color1, #d32f2f)"


def svg(drawn: Picture, *, real: bool = True) -> str:
    """Each part where the one before it ended, the sum beneath, and a line where the memory ends."""
    rows = _rows(drawn, real)
    scale = (WIDTH - LEFT - RIGHT) / (max([drawn.free, *(start + size for _, _, start, size in rows)]) * 1.04 or 1)
    height = TOP + ROW * len(rows) + 8
    drawing = "".join(_bar(row, at, scale, drawn.free) for at, row in enumerate(rows))  # bytes -> user units by scale
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'font-family="var(--jp-ui-font-family, sans-serif)" font-size="14">'
        f"<title>{escape(heading(drawn.setting))}</title><desc>{escape(summary(drawn))}</desc>"
        f"{_memory_line(drawn, scale, height)}{drawing}</svg>"
    )


def _rows(drawn: Picture, real: bool) -> list[tuple[str, str, float, float]]:
    """(key, label, start, size) in bytes, from top to bottom."""
    rows, end = [], 0.0
    for bar in drawn.bars:
        rows.append((bar.key, bar.label, end, bar.bytes or 0.0))
        end += bar.bytes or 0.0
        if bar.key == "weights" and real and drawn.real_bytes:
            rows.append(("real", "Real file", 0.0, drawn.real_bytes))
    return rows + ([("total", "Together", 0.0, end)] if drawn.total is not None else [])


def _bar(row: tuple[str, str, float, float], at: int, scale: float, free: float) -> str:
    key, label, start, size = row
    y, x, width = TOP + ROW * at, LEFT + start * scale, size * scale
    outline = 'fill="none" stroke="currentColor" stroke-width="1.5"' + (' stroke-dasharray="5 3"' if key == "real" else "")
    look = outline if key in ("real", "total") else f'fill="{COLOURS[key]}" stroke="currentColor" stroke-width="1"'
    parts = [f'<text x="0" y="{y + 21}">{escape(label)}</text>']
    if size:
        parts.append(f'<rect x="{x:.1f}" y="{y + 4}" width="{max(width, 1):.1f}" height="24" {look}/>')
    over = start + size - max(start, free)
    if over > 0 and key != "real":
        edge = LEFT + max(start, free) * scale
        parts.append(f'<rect x="{edge:.1f}" y="{y + 4}" width="{over * scale:.1f}" height="24" fill="none" stroke="{TOO_MUCH}" stroke-width="3"/>')
    return "".join(parts) + _number(f"{size / GiB:.2f} GiB" if size else "not known yet", x, width, y, LEFT + free * scale)


def _number(text: str, x: float, width: float, y: int, line: float) -> str:
    """The size: right of its bar, past the memory line where that would cross it, or within where the drawing ends."""
    room = 8.5 * len(text)
    at, anchor = x + width + 6, "start"
    if at - 4 < line < at + room:
        at = line + 6
    if at + room > WIDTH:
        at, anchor = (x + width if width > room else x) - 8, "end"
    if anchor == "end" and at - room < line < at + 4 and line - 6 - room > x:
        at = line - 6
    halo = 'paint-order="stroke" stroke="var(--jp-layout-color0, Canvas)" stroke-width="4" stroke-linejoin="round"'
    return f'<text x="{at:.1f}" y="{y + 21}" text-anchor="{anchor}" {halo}>{text}</text>'


def _memory_line(drawn: Picture, scale: float, height: int) -> str:
    x = LEFT + drawn.free * scale
    label = f"{drawn.setting.free_gib:g} GiB free"
    anchor = "end" if x > WIDTH / 2 else "start"
    return (
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="22" y2="{height}" stroke="currentColor" stroke-width="2" stroke-dasharray="2 3"/>'
        f'<text x="{x:.1f}" y="16" text-anchor="{anchor}">{label}</text>'
    )


def formulas(drawn: Picture) -> dict[str, str]:
    """What each bar opens: its label and its formula with the numbers filled in."""
    opened = {bar.label: bar.formula for bar in drawn.bars}
    return opened | {"Together": total_formula(drawn), "Real file": comparison(drawn)}


def as_html(drawn: Picture) -> str:
    """Figure, verdict, every formula, and what is wrong with a function, if anything is."""
    rows = "".join(f"<dt>{escape(label)}</dt><dd>{escape(text)}</dd>" for label, text in formulas(drawn).items())
    problems = "".join(f'<p class="lm-card lm-bad">{escape(problem)}</p>' for problem in drawn.problems)
    title = f'<p class="lm-head">{escape(heading(drawn.setting))}</p>'
    return f'{title}{still(svg(drawn), verdict(drawn))}<p class="lm-status">{escape(verdict(drawn))}</p>{problems}<dl>{rows}</dl>'
