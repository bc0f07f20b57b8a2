"""`stays_or_leaves`: two buttons for each address, and why the guess was right or wrong."""

from __future__ import annotations

from html import escape

from localmodels.widgets.display import Twin, status
from localmodels.widgets.places import QUESTION, Place, as_text, places, said, summary


def stays_or_leaves():
    """Some addresses to guess at: does a request to them stay on this computer?"""
    return StaysOrLeaves()


class StaysOrLeaves(Twin):
    """The addresses, to press, to read or to print."""

    def text(self):
        return as_text()

    def figure(self):
        items = "".join(
            f"<li><code>{escape(place.url)}</code><details><summary>Stays or leaves?</summary>\n\n<p>{escape(said(place, place.stays))}</p></details></li>"
            for place in places()
        )
        return f'<p class="lm-head">{QUESTION}</p><ol>{items}</ol>'

    def live(self):
        return LivePlaces().box


class LivePlaces:
    """A row for each address; `guesses` holds the first guess, which is the one that counts."""

    def __init__(self):
        import ipywidgets as w

        self.guesses: dict[str, bool] = {}
        self.buttons, self.answers, rows = {}, {}, []
        for place in places():
            rows.append(self._row(w, place))
        self.status = w.HTML(status(summary(self.guesses)))
        self.box = w.VBox([w.HTML(f'<p class="lm-head">{QUESTION}</p>'), *rows, self.status])

    def _row(self, w, place: Place):
        self.answers[place.url] = w.HTML()
        for guess, label in ((True, "Stays"), (False, "Leaves")):
            button = w.Button(description=label, tooltip=f"Guess: a request to {place.url} {label.lower()}")
            button.on_click(lambda _, guess=guess: self._guess(place, guess))
            self.buttons[place.url, guess] = button
        row = w.HBox([self.buttons[place.url, True], self.buttons[place.url, False], w.HTML(f"<code>{escape(place.url)}</code>")])
        row.add_class("lm-row")
        return w.VBox([row, self.answers[place.url]])

    def _guess(self, place: Place, guess: bool):
        self.guesses.setdefault(place.url, guess)
        for one in (True, False):
            self.buttons[place.url, one].button_style = "primary" if one is guess else ""
        kind = "lm-good" if guess is place.stays else "lm-bad"
        self.answers[place.url].value = f'<div class="lm-card {kind}" role="status" aria-live="polite">{escape(said(place, guess))}</div>'
        self.status.value = status(summary(self.guesses))
