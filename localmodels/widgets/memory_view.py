"""`memory_bars`: choose a model, a format, a context and a memory; see whether it fits."""

from __future__ import annotations

from html import escape

from localmodels import facts, machine
from localmodels.memory import GiB, card
from localmodels.widgets.display import Twin, status
from localmodels.widgets.memory_figure import as_html, formulas, svg
from localmodels.widgets.memory_picture import CACHES, CONTEXTS, Sums, formats_of, picture, published_format, setting_for, summary, verdict

STILL_GIB = 8.0  # memory in the still figure when none is given: the same picture on every machine


def memory_bars(weights_bytes=None, kv_cache_bytes=None, fits=None, *, models=None, free_gib=None, context=4096):
    """Bars for weights, KV cache and overhead against the free memory, computed by your functions.

    weights_bytes(parameters, bits), kv_cache_bytes(model, context, bytes_per_element) and
    fits(model, context, free_gib) are yours; the course's own sums stand in for those left out.
    models    model cards from `localmodels.memory.card`, the first one shown first; a selection when left out.
    free_gib  memory to fit into, in GiB; what is free on this computer when left out.
    context   tokens to start with.
    """
    return MemoryBars(Sums(weights_bytes, kv_cache_bytes, fits), models or some_models(), free_gib, context)


def some_models() -> list[dict]:
    """Cards of the published models whose layer numbers are known, the course's default first."""
    found = [row.model for row in facts.models() if "completion" in row.capabilities and row.layers and row.file_bytes and " " not in row.tag]
    cards = []
    for name in found:
        try:
            cards.append(card(name))
        except ValueError:  # a shape that is not published
            continue
    return sorted(cards, key=lambda one: (one["name"] != f"{facts.value('models.default')}:3b", one["parameters"]))


def free_here() -> float:
    """GiB a new program could use on this computer, rounded to a tenth; 8 where nobody can tell."""
    free = machine.free_memory()
    return STILL_GIB if free is None else max(0.1, round(free / GiB, 1))


class MemoryBars(Twin):
    """The bars for some models and some functions."""

    def __init__(self, sums: Sums, models: list[dict], free_gib: float | None, context: int):
        self.sums, self.models, self.free_gib, self.context = sums, models, free_gib, context

    def _still(self):
        free = STILL_GIB if self.free_gib is None else self.free_gib
        return picture(setting_for(self.models[0], context=self.context, free_gib=free), self.sums)

    def text(self):
        return summary(self._still())

    def figure(self):
        return as_html(self._still())

    def live(self):
        return LiveBars(self.sums, self.models, self.free_gib or free_here(), self.context).box


class LiveBars:
    """The controls and the drawing they drive."""

    def __init__(self, sums: Sums, models: list[dict], free_gib: float, context: int):
        import ipywidgets as w

        self.sums, self.cards = sums, {one["name"]: one for one in models}
        self._build_controls(w, free_gib, context)
        self.figure, self.status, self.problems, self.opened = w.HTML(), w.HTML(), w.HTML(), w.HTML()
        self.openers = {
            label: w.ToggleButton(description=label, tooltip=f"Opens the formula of {label} with its numbers", icon="plus")
            for label in ("Weights", "KV cache", "Overhead", "Together", "Real file")
        }
        self.openers["Real file"].description = "Compare with the real file"
        self._fill_formats()
        self._connect()
        self.box = self._arranged(w)
        self._show()

    def _build_controls(self, w, free_gib, context):
        style = {"description_width": "8.6rem"}
        contexts = sorted({*CONTEXTS, context})
        self.model = w.Dropdown(description="Model", options=[(_about(one), name) for name, one in self.cards.items()], style=style)
        self.format = w.Dropdown(description="Format", style=style)
        self.context = w.Dropdown(description="Context", options=[(f"{n:,} tokens", n) for n in contexts], value=context, style=style)
        self.cache = w.Dropdown(description="Cached numbers", options=list(CACHES.items()), style=style)
        self.free = w.BoundedFloatText(description="Free memory (GiB)", value=free_gib, min=0.1, max=4096, step=0.5, style=style)
        self.here = w.Button(description=f"This computer: {free_here():g} GiB free", tooltip="Puts what is free on this computer into the box")

    def _steppers(self, w):
        """Buttons that move a list by one, because JupyterLab takes the arrow keys away from lists."""
        self.steps = {}
        for control, step, label, tip in (
            (self.model, +1, "Next model", "Shows the next model of the list"),
            (self.format, +1, "Fewer bits", "Stores each weight in the next smaller format"),
            (self.format, -1, "More bits", "Stores each weight in the next larger format"),
            (self.context, -1, "Shorter context", "Half as many tokens"),
            (self.context, +1, "Longer context", "Twice as many tokens"),
        ):
            self.steps[label] = button = w.Button(description=label, tooltip=tip)
            button.on_click(lambda _, control=control, step=step: step_in(control, step))
        return [*self.steps.values(), self.here]

    def _arranged(self, w):
        controls = w.HBox([self.model, self.format, self.context, self.cache, self.free])
        turn = w.HBox([w.HTML("<span>Turn:</span>"), *self._steppers(w)])
        row = w.HBox([w.HTML("<span>Open the sum of:</span>"), *self.openers.values()])
        controls.add_class("lm-columns")
        turn.add_class("lm-row")
        row.add_class("lm-row")
        return w.VBox([controls, turn, self.figure, self.status, self.problems, row, self.opened])

    def _connect(self):
        self.model.observe(lambda _: self._fill_formats(), "value")
        for control in (self.model, self.format, self.context, self.cache, self.free, *self.openers.values()):
            control.observe(lambda _: self._show(), "value")
        self.here.on_click(lambda _: setattr(self.free, "value", free_here()))

    def _fill_formats(self):
        """Offer the formats of the chosen model, with its published one chosen."""
        model = self.cards[self.model.value]
        published = published_format(model)
        formats = formats_of(model)
        self.format.options = [
            (f"{name}, {bits:.2f} bits{' (published)' if name == published else ''}", name) for name, bits in formats.items()
        ]
        self.format.index = list(formats).index(published)

    def drawn(self):
        """The picture of what the controls say."""
        setting = setting_for(
            self.cards[self.model.value], self.format.value, context=self.context.value,
            free_gib=self.free.value, element_bytes=self.cache.value,
        )
        return picture(setting, self.sums)

    def _show(self):
        drawn = self.drawn()
        self.figure.value = svg(drawn, real=self.openers["Real file"].value)
        self.status.value = status(verdict(drawn))
        self.problems.value = "".join(f'<p class="lm-card lm-bad">{escape(problem)}</p>' for problem in drawn.problems)
        opened = {label: text for label, text in formulas(drawn).items() if self.openers[label].value}
        rows = "".join(f"<dt>{escape(label)}</dt><dd>{escape(text)}</dd>" for label, text in opened.items())
        self.opened.value = rows and f'<div class="lm-card"><dl>{rows}</dl></div>'
        for button in self.openers.values():
            button.icon = "minus" if button.value else "plus"


def step_in(control, step):
    """Choose the neighbour in a list: the first after the last for models, else stop at the ends."""
    last = len(control.options) - 1
    at = control.index + step
    control.index = min(max(at, 0), last) if control.description != "Model" else at % (last + 1)


def _about(one: dict) -> str:
    return f"{one['name']}, {one['parameters'] / 1e9:.2f} billion"
