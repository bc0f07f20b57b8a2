"""How a widget shows itself: live where it can be operated, and as a figure and a text everywhere.

A `Twin` has three forms that say the same: `text()`, `figure()` (HTML that needs no program behind it)
and `live()` (ipywidgets). Displaying it sends the live form, then text and figure as a second output.
JupyterLab hides that second output while the live form is there (look.css does it); a viewer without
widgets, or a notebook opened again later, shows the figure.
"""

from __future__ import annotations

import os
import re
from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import quote

LOOK = Path(__file__).with_name("look.css")
STATIC = ("NBGRADER_EXECUTION", "LOCALMODELS_STATIC")  # set while nobody is there to click
VIEW = "application/vnd.jupyter.widget-view+json"
NEEDS_WIDGETS = "To operate this, install ipywidgets (`pip install ipywidgets`) and run the cell again. The figure below says the same."


class Twin:
    """Something to operate, with a text and a figure that say the same."""

    def text(self) -> str:
        """What the widget says, in plain words."""
        raise NotImplementedError

    def figure(self) -> str:
        """What the widget shows, as HTML without any program behind it."""
        raise NotImplementedError

    def live(self):
        """The ipywidgets form, made anew at each call."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return self.text()

    def bundle(self) -> dict[str, str]:
        """The static forms, by media type. The same arguments give the same bytes."""
        return {"text/plain": self.text(), "text/html": static_page(self.figure())}

    def _ipython_display_(self) -> None:
        from IPython.display import publish_display_data

        if can_be_live():
            try:
                publish_display_data({VIEW: framed(self.live())._repr_mimebundle_()[VIEW]})
            except ImportError:
                print(NEEDS_WIDGETS)
        publish_display_data(self.bundle())


def can_be_live() -> bool:
    """Whether this Python is a notebook's kernel, and not one that is being built or graded."""
    if any(os.environ.get(name) for name in STATIC):
        return False
    from IPython import get_ipython

    return getattr(get_ipython(), "kernel", None) is not None


def framed(content):
    """The live form with its style sheet, marked so that the figure beneath is hidden."""
    import ipywidgets

    sheet = ipywidgets.HTML(f"<style>{look()}</style>")
    sheet.layout.display = "none"
    box = ipywidgets.VBox([sheet, content])
    box.add_class("lm")
    box.add_class("lm-live")
    return box


def static_page(figure: str) -> str:
    """The figure with its style sheet and a line that says how to operate it."""
    note = "A still picture. In JupyterLab, run this cell to operate it."
    return f'<style>{look()}</style><div class="lm lm-twin">{figure}<p class="lm-note">{note}</p></div>'


@cache
def look() -> str:
    """The style sheet: JupyterLab's own colours, so that light and dark themes both fit."""
    return LOOK.read_text(encoding="utf-8")


# JupyterLab's colours for a drawing that stands alone, where its theme does not reach: light, and dark.
PAPER = {
    "light": {"layout-color0": "#fafafa", "content-font-color1": "#1a1a1a", "content-font-color3": "#757575", "border-color1": "#858585",
              "brand-color1": "#1976d2", "warn-color1": "#d06a00", "error-color1": "#d32f2f"},
    "dark": {"layout-color0": "#1a1a1a", "content-font-color1": "#f0f0f0", "content-font-color3": "#9e9e9e", "border-color1": "#757575",
             "brand-color1": "#2196f3", "warn-color1": "#ff9800", "error-color1": "#ef5350"},
}


def still(drawing: str, alt: str) -> str:
    """An SVG drawing as an image: unlike inline SVG, viewers keep it in a notebook they do not trust.

    It brings its own colours and paper, and follows the reader's choice of a dark screen where that is known.
    """
    light, dark = ("".join(f"--jp-{name}:{colour};" for name, colour in PAPER[name].items()) for name in PAPER)
    text = "color:var(--jp-content-font-color1);background:var(--jp-layout-color0)"
    sheet = f"<style>svg{{{light}{text}}} svg text{{fill:currentColor}} @media (prefers-color-scheme:dark){{svg{{{dark}}}}}</style>"
    start = drawing.index(">") + 1
    address = quote(_with_margin(drawing[:start]) + sheet + drawing[start:], safe=" :/=,;()+*@!?'-_.~{}[]")
    return f'<p><img class="lm-still" src="data:image/svg+xml,{address}" alt="{escape(alt)}"></p>'


def _with_margin(tag: str, margin: int = 12) -> str:
    """The opening tag of a drawing with some paper around what is drawn (in its own units)."""
    left, top, width, height = (float(number) for number in re.search(r'viewBox="([^"]*)"', tag)[1].split())
    box = (left - margin, top - margin, width + 2 * margin, height + 2 * margin)
    tag = re.sub(r'viewBox="[^"]*"', f'viewBox="{" ".join(f"{number:g}" for number in box)}"', tag)
    return re.sub(r' width="[^"]*"', f' width="{box[2]:g}"', tag)


def status(sentence: str) -> str:
    """A sentence that screen readers announce when it changes. Escaped."""
    return f'<p class="lm-status" role="status" aria-live="polite">{escape(sentence)}</p>'


def rich(sentence: str) -> str:
    """A sentence as HTML, escaped; what stands between backticks becomes code."""
    pieces = escape(sentence).split("`")
    return "".join(f"<code>{piece}</code>" if at % 2 else piece for at, piece in enumerate(pieces))


def code(text: str, label: str) -> str:
    """A block of code that scrolls and can be reached with Tab. Escaped."""
    return f'<pre class="lm-code" tabindex="0" aria-label="{escape(label)}"><code>{escape(text)}</code></pre>'
