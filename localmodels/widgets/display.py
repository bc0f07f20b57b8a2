"""How a widget shows itself: live where it can be operated, and as a figure and a text everywhere.

A `Twin` has three forms that say the same: `text()`, `figure()` (HTML that needs no program behind it)
and `live()` (ipywidgets). Displaying it sends the live form, then text and figure as a second output.
JupyterLab hides that second output while the live form is there (look.css does it); a viewer without
widgets, or a notebook opened again later, shows the figure.
"""

from __future__ import annotations

import os
from functools import cache
from html import escape
from pathlib import Path

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
