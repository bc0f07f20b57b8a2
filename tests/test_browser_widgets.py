"""Widgets in JupyterLab, operated with the keyboard alone, in the light and the dark theme.

Set LOCALMODELS_SCREENSHOTS to a folder to keep the pictures that these tests take.
"""

import os
import re
from pathlib import Path

import pytest

from tests import browser as b

pytestmark = [
    pytest.mark.skipif(bool(b.browser_missing()), reason=b.browser_missing() or "-"),
]

BARS = """
from localmodels.memory import GiB, OVERHEAD_BYTES, card
from localmodels.widgets import memory_bars

def weights_bytes(parameters, bits):
    return parameters * bits / 8

def kv_cache_bytes(model, context, bytes_per_element=2):
    return 2 * model["layers"] * model["kv_heads"] * model["head_dim"] * context * bytes_per_element

def fits(model, context, free_gib):
    weights = weights_bytes(model["parameters"], model["bits_per_weight"])
    return weights + kv_cache_bytes(model, context) + OVERHEAD_BYTES <= free_gib * GiB

shelf = [card(name) for name in ("codellama:7b", "llama3.2:1b", "llama3.1:8b")]
memory_bars(weights_bytes, kv_cache_bytes, fits, models=shelf, free_gib=6)
"""
ANATOMY = """
from localmodels.server.scripted import ScriptedOllama
from localmodels.widgets import request_anatomy
ollama = ScriptedOllama().start()
ollama.reply("A token is a piece of text: a word, or a part of one.")
request_anatomy(ollama.url)
"""
QUIZ = """
from pathlib import Path
from localmodels.questions import load_quiz
from localmodels.widgets.quiz_view import QuizView
QuizView(load_quiz(Path("questions.toml")))
"""
PLACES = """
from localmodels.widgets import stays_or_leaves
stays_or_leaves()
"""
QUESTIONS = """
lesson = "02"
[[questions]]
id = "localhost"
ask = "Where does a request to localhost go?"
answer = "To another program on this computer."
choices = [
  {text = "To this computer", right = true, feedback = "Yes, and it never leaves it."},
  {text = "To the internet", feedback = "No: localhost is this computer's name for itself."},
]
[[questions]]
id = "size"
ask = "How large are 1 billion weights of 16 bits?"
answer = "2 GB: two bytes each."
unit = "GB"
otherwise = "Multiply by the bits, then divide by 8."
ranges = [
  {from = 1.99, to = 2.01, right = true, feedback = "Yes: two bytes for each."},
  {from = 15.9, to = 16.1, feedback = "That is gigabits: divide by 8."},
]
"""
KEPT = os.environ.get("LOCALMODELS_SCREENSHOTS")


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebooks")
    b.write_notebook(folder / "widgets.ipynb", [source.strip() for source in (BARS, ANATOMY, QUIZ, PLACES)])
    (folder / "questions.toml").write_text(QUESTIONS, encoding="utf-8")
    with b.lab_server(folder) as lab:
        yield lab


@pytest.fixture(scope="module")
def chromium():
    with b.chromium() as context:
        yield context


@pytest.fixture(scope="module", params=[("light", 1280), ("dark", 900)], ids=["light-1280", "dark-900"])
def looked_at(request, lab, chromium):
    """The notebook, run, in one theme and one width: (page, theme)."""
    theme, width = request.param
    page = lab.open(chromium, "widgets.ipynb", theme=theme, width=width, height=2200)
    assert b.run_all(page)
    yield page, theme
    page.close()


@pytest.fixture
def opened(looked_at, tmp_path):
    """A function that finds a widget on the page: (page, widget, take a picture)."""
    page, theme = looked_at

    def find(name):
        widget = page.locator(".jp-CodeCell").nth(["bars", "anatomy", "quiz", "places"].index(name)).locator(".lm-live")
        widget.wait_for()
        widget.locator("button").first.focus()

        def picture(state):
            page.wait_for_timeout(300)  # let JupyterLab finish laying out
            b.screenshot(page, Path(KEPT or tmp_path) / f"{name}-{state}-{theme}.png", widget)
        return page, widget, picture

    return find


def says(widget, text):
    """Wait until the widget shows the text."""
    widget.get_by_text(re.compile(text)).locator("visible=true").first.wait_for(timeout=10_000)


def press(page, locator, key="Space"):
    b.tab_to(page, locator)
    page.keyboard.press(key)


def no_part_is_cut_off(page, widget):
    """Nothing sticks out of the widget sideways, and the widget stays inside the notebook."""
    overflow = widget.evaluate(
        """node => [...node.querySelectorAll('button, input, select, textarea, svg, .lm-card, pre')]
             .filter(e => e.offsetParent !== null || e.tagName === 'svg')
             .filter(e => { const box = e.getBoundingClientRect(), all = node.getBoundingClientRect();
                            return box.width && (box.right > all.right + 3 || box.left < all.left - 3) })
             .map(e => e.outerHTML.slice(0, 120))"""
    )
    assert overflow == []
    assert widget.evaluate("node => node.getBoundingClientRect().right <= innerWidth")


def every_control_has_a_name(widget):
    nameless = widget.evaluate(
        """node => [...node.querySelectorAll('button, input, select, textarea')]
             .filter(e => e.offsetParent !== null)
             .filter(e => !(e.innerText || '').trim() || /INPUT|SELECT|TEXTAREA/.test(e.tagName))
             .filter(e => ![...(e.labels || [])].some(label => label.innerText.trim()) && !e.ariaLabel)
             .map(e => e.outerHTML.slice(0, 120))"""
    )
    assert nameless == []


def test_memory_bars_by_keyboard(opened):
    page, widget, picture = opened("bars")
    says(widget, r"does not fit into 6 GiB of free memory: 0\.03 GiB too much")
    picture("1")
    press(page, widget.get_by_label("Cached numbers"))  # Space opens the list
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    says(widget, r"It fits into 6 GiB")
    press(page, widget.get_by_role("button", name="Longer context"))
    says(widget, r"does not fit into 6 GiB")
    press(page, widget.get_by_role("button", name="KV cache"))
    says(widget, r"2 \(a key and a value\) × 32 layers × 32 key-value heads")
    press(page, widget.get_by_role("button", name="Compare with the real file"), "Enter")
    says(widget, r"The real file has 3\.83 GB")
    every_control_has_a_name(widget)
    no_part_is_cut_off(page, widget)
    picture("2")


def test_request_anatomy_by_keyboard(opened):
    page, widget, picture = opened("anatomy")
    b.tab_to(page, widget.get_by_label("System"))
    page.keyboard.type("Answer in one sentence.")
    page.keyboard.press("Tab")
    says(widget, r'"role": "system", "content": "Answer in one sentence\."')
    press(page, widget.get_by_role("button", name="Send"))
    says(widget, "A token is a piece of text")
    picture("1")
    press(page, widget.get_by_role("button", name='"role": "assistant"'))
    says(widget, r'^data\["message"\]\["role"\]$')
    b.tab_to(page, widget.get_by_role("button", name="Model not pulled"), steps=200)
    page.keyboard.press("Enter")
    says(widget, "404 Not Found")
    says(widget, "ollama pull")
    every_control_has_a_name(widget)
    no_part_is_cut_off(page, widget)
    picture("2")


def test_quiz_by_keyboard(opened):
    page, widget, picture = opened("quiz")
    b.tab_to(page, widget.get_by_label("Your answer"))
    page.keyboard.type("To a <b>program</b> here")
    press(page, widget.get_by_role("button", name="Show the choices"))
    press(page, widget.get_by_role("button", name="To the internet"))
    says(widget, "Not this one. To the internet: No: localhost is")
    press(page, widget.get_by_role("button", name="Show the model answer"))
    says(widget, "To a <b>program</b> here")
    press(page, widget.get_by_role("button", name="Partly"))
    no_part_is_cut_off(page, widget)
    picture("1")
    press(page, widget.get_by_role("button", name="Next question"), "Enter")
    second = widget.get_by_label("Your answer, in GB")
    second.wait_for()  # the box is emptied for the next question: nobody types faster than that
    b.tab_to(page, second, steps=200)
    page.keyboard.type("16 GB")
    press(page, widget.get_by_role("button", name="Check my number"))
    says(widget, "That is gigabits")
    every_control_has_a_name(widget)
    picture("2")


def test_places_by_keyboard(opened):
    page, widget, picture = opened("places")
    press(page, widget.get_by_role("button", name="Leaves").nth(1))
    says(widget, "Right. It leaves. The host is a name on the internet")
    press(page, widget.get_by_role("button", name="Stays").nth(3))
    says(widget, "No. It leaves. The host is all of localhost.example.com")
    says(widget, "2 of 5 guessed.")
    every_control_has_a_name(widget)
    no_part_is_cut_off(page, widget)
    picture("1")


def test_a_notebook_opened_again_shows_the_still_figures(lab, chromium):
    page = lab.open(chromium, "widgets.ipynb")
    b.run_all(page)
    page.locator(".lm-live").first.wait_for()
    assert page.locator(".lm-twin").first.is_hidden(), "the figure must hide while the live form is there"
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save').then(() => { window.saved = true }); undefined")
    page.wait_for_function("window.saved")
    page.close()
    lab.end_kernels()
    page = lab.open(chromium, "widgets.ipynb", height=2400)
    page.get_by_text("A still picture.").first.wait_for()
    page.wait_for_timeout(2500)  # JupyterLab gives up on the live form after two seconds
    assert page.locator(":text('Error displaying widget'):visible").count() == 0
    for name, figure in zip(("bars", "anatomy", "quiz", "places"), page.locator(".lm-twin").all()):
        assert figure.is_visible()
        assert all(image.evaluate("image => image.naturalWidth > 100") for image in figure.locator("img").all())
        if KEPT:
            b.screenshot(page, Path(KEPT) / f"{name}-still-light.png", figure)
    page.close()
