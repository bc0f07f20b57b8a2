"""Every widget has three forms that say the same; what is displayed where, in which colours, under which names."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import nbformat
import pytest
from nbclient import NotebookClient

from localmodels import quiz
from localmodels.widgets import display, memory_bars, request_anatomy, stays_or_leaves
from localmodels.widgets.anatomy import Form
from localmodels.widgets.anatomy_figure import svg as anatomy_svg
from localmodels.widgets.anatomy_view import LiveAnatomy
from localmodels.widgets.memory_figure import svg as memory_svg
from localmodels.widgets.memory_picture import Sums, picture, setting_for
from localmodels.widgets.memory_view import LiveBars, some_models
from localmodels.widgets.places_view import LivePlaces
from localmodels.widgets.quiz_view import LiveQuiz

TWINS = {
    "memory_bars": lambda: memory_bars(free_gib=6),
    "request_anatomy": lambda: request_anatomy("http://localhost:11434", "llama3.2"),
    "quiz": lambda: quiz("00"),
    "stays_or_leaves": stays_or_leaves,
}
LIVE = {
    "memory_bars": lambda: LiveBars(Sums(), some_models()[:3], 6.0, 4096).box,
    "request_anatomy": lambda: LiveAnatomy("http://localhost:11434", Form("llama3.2")).box,
    "quiz": lambda: LiveQuiz(quiz("00").quiz).box,
    "stays_or_leaves": lambda: LivePlaces().box,
}
CELLS = ["from localmodels import quiz\nfrom localmodels.widgets import memory_bars, request_anatomy, stays_or_leaves",
         "memory_bars(free_gib=6)", "request_anatomy('http://localhost:11434', 'llama3.2')", "quiz('00')", "stays_or_leaves()"]
SVG = "{http://www.w3.org/2000/svg}"
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:white|black|red|green|blue|gr[ae]y)\b\s*[;\"]|rgba?\(")


@pytest.mark.parametrize("name", TWINS)
def test_the_still_forms_are_the_same_every_time(name):
    assert TWINS[name]().bundle() == TWINS[name]().bundle()


@pytest.mark.parametrize("name", TWINS)
def test_printing_gives_the_text(name):
    twin = TWINS[name]()
    assert str(twin) == twin.text() == twin.bundle()["text/plain"]
    assert len(twin.text()) > 80


DRAWN = ["memory_bars", "request_anatomy"]


def drawing_of(name):
    """The SVG inside the still figure, parsed."""
    (address,) = re.findall(r'src="data:image/svg\+xml,([^"]*)"', TWINS[name]().figure())
    return ET.fromstring(unquote(address))


@pytest.mark.parametrize("name", DRAWN)
def test_drawings_have_a_title_and_a_description(name):
    drawing = drawing_of(name)
    title, description = (drawing.find(f"{SVG}{tag}") for tag in ("title", "desc"))
    assert len(title.text) > 20 and len(description.text) > len(title.text)
    assert drawing.get("role") == "img"
    assert re.search(r'alt="[^"]{20,}"', TWINS[name]().figure())


@pytest.mark.parametrize("name", DRAWN)
def test_a_viewer_that_does_not_trust_the_notebook_can_show_the_figure(name):
    """JupyterLab and GitHub drop inline SVG but keep its words, run together."""
    assert "<svg" not in TWINS[name]().figure()


@pytest.mark.parametrize("name", DRAWN)
def test_the_address_stays_readable_for_the_rules_that_make_outputs_comparable(name):
    page = TWINS[name]().bundle()["text/html"]
    assert name == "memory_bars" or page.count("http://localhost:11434/api/chat") == 4


@pytest.mark.parametrize("name", DRAWN)
def test_a_live_drawing_takes_its_colours_from_the_theme(name):
    """A colour of our own may stand only as the fallback of one of JupyterLab's."""
    drawing = {"memory_bars": lambda: memory_svg(picture(setting_for(some_models()[0]))),
               "request_anatomy": lambda: anatomy_svg("http://localhost:11434", Form("llama3.2"))}[name]()
    assert COLOUR.findall(without_theme(drawing)) == []


def test_the_style_sheet_takes_its_colours_from_the_theme():
    assert COLOUR.findall(without_theme(display.look())) == []


def without_theme(markup):
    return re.sub(r"&#x?\w+;", "", re.sub(r"var\(--jp-[^()]*\)", "", markup))


@pytest.mark.parametrize("paper", display.PAPER)
def test_a_still_drawing_has_enough_contrast_on_its_own_paper(paper):
    colours = {name: brightness(colour) for name, colour in display.PAPER[paper].items()}
    ground = colours.pop("layout-color0")
    ratios = {name: (max(ground, own) + 0.05) / (min(ground, own) + 0.05) for name, own in colours.items()}
    assert ratios.pop("content-font-color1") > 7
    assert {name: ratio for name, ratio in ratios.items() if ratio < 3} == {}


def brightness(colour):
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[at:at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def controls(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from controls(child)


@pytest.mark.parametrize("name", LIVE)
def test_every_control_has_a_name_and_every_button_says_more(name):
    found = [one for one in controls(LIVE[name]()) if hasattr(one, "description") and type(one).__name__ not in ("HTML", "HBox", "VBox")]
    assert len(found) > 4
    assert [one for one in found if not one.description.strip()] == []
    buttons = [one for one in found if "Button" in type(one).__name__]
    assert [one.description for one in buttons if not one.tooltip] == []


@pytest.mark.parametrize("name", LIVE)
def test_what_happens_is_announced(name):
    spoken = [one.value for one in controls(LIVE[name]()) if type(one).__name__ == "HTML" and 'role="status"' in one.value]
    assert spoken and all("aria-live" in text or "<pre" in text for text in spoken)


def run_in_a_kernel(cells, **environment):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    NotebookClient(notebook, timeout=120, kernel_name="python3", store_widget_state=False).execute(env={**os.environ, **environment})
    return [cell.outputs for cell in notebook.cells]


def test_a_kernel_sends_the_live_form_and_then_the_still_one():
    _, *shown = run_in_a_kernel(CELLS, NBGRADER_EXECUTION="", LOCALMODELS_STATIC="")
    for outputs, twin in zip(shown, TWINS.values()):
        live, still = (output.data for output in outputs)
        assert list(live) == [display.VIEW], "no text: nbval must not see an output that the stored one lacks"
        assert still == twin().bundle()


@pytest.mark.parametrize("name", display.STATIC)
def test_while_grading_or_building_nothing_is_live(name, monkeypatch):
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(kernel=object()))
    assert display.can_be_live()
    monkeypatch.setenv(name, "1")
    assert not display.can_be_live()


def test_a_kernel_that_grades_sends_only_the_still_form():
    _, *shown = run_in_a_kernel(CELLS, NBGRADER_EXECUTION="autograde")
    for outputs, twin in zip(shown, TWINS.values()):
        (still,) = (output.data for output in outputs)
        assert still == twin().bundle()


def test_without_a_kernel_nothing_tries_to_be_live():
    assert not display.can_be_live()


def test_without_ipywidgets_the_command_is_named_and_the_figure_stays(monkeypatch, capsys):
    class Bare(display.Twin):
        def text(self): return "text"
        def figure(self): return "<p>figure</p>"
        def live(self): raise ImportError("No module named 'ipywidgets'")

    sent = []
    monkeypatch.setattr(display, "can_be_live", lambda: True)
    monkeypatch.setattr("IPython.display.publish_display_data", sent.append)
    Bare()._ipython_display_()
    assert "pip install ipywidgets" in capsys.readouterr().out
    assert [list(bundle) for bundle in sent] == [["text/plain", "text/html"]]


def test_importing_the_course_does_not_load_widgets():
    code = "import sys, localmodels, localmodels.widgets; from localmodels import check; sys.exit('ipywidgets' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_the_style_sheet_hides_the_figure_only_beside_a_live_form():
    sheet = Path(display.LOOK).read_text(encoding="utf-8")
    assert ".jp-OutputArea:has(.lm-live) .lm-twin { display: none; }" in sheet
    assert "<" not in sheet, "the sheet stands inside <style>"


def test_sentences_are_escaped_and_backticks_become_code():
    assert display.rich("run `a<b` & go") == "run <code>a&lt;b</code> &amp; go"
    assert display.status("<i>") == '<p class="lm-status" role="status" aria-live="polite">&lt;i&gt;</p>'
