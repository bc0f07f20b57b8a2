"""A student opens JupyterLab on lesson 00 and has a model's reply within the first cells, without Ollama or network."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.browser import KERNEL_IS_IDLE, browser_missing, chromium, lab_server
from tests.lessons import ROOT

pytestmark = pytest.mark.skipif(bool(browser_missing()), reason=browser_missing())


STUDENTS = "localmodels/lab_config.py"  # what `make lab` starts JupyterLab with


@pytest.fixture
def course(tmp_path):
    """What a student has: notebooks and glossary, an empty home, and a proxy that would swallow localhost."""
    for name in ("notebooks", "glossary.md"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    env = {"LOCALMODELS_HOME": str(tmp_path / "home"), "LOCALMODELS_PRACTICE": "1", "HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
    with lab_server(tmp_path, env=env, options=[f"--config={ROOT / STUDENTS}"]) as lab:
        yield lab
    subprocess.run([sys.executable, "-m", "localmodels", "stop"], env={**os.environ, **env}, check=False, stdout=subprocess.DEVNULL)


def run_next(page):
    """Shift+Enter, as the lesson says."""
    page.keyboard.press("Shift+Enter")


def outputs(page):
    return page.locator(".jp-OutputArea-output").all_inner_texts()


def test_a_model_replies_within_the_first_cells(course):
    with chromium() as browser:
        page = course.open(browser, "notebooks/m13/00_start_here.ipynb")
        assert page.locator("h1").first.inner_text().startswith("Start here")
        page.locator(".jp-CodeCell .cm-content").first.click()
        for _ in range(3):
            run_next(page)
        page.wait_for_function("document.querySelectorAll('.jp-CodeCell .jp-OutputArea-output').length >= 2", timeout=60_000)
        page.wait_for_function(KERNEL_IS_IDLE, timeout=60_000)
        connected, reply = outputs(page)[:2]
        assert "practice server" in connected
        assert len(reply.split()) >= 2 and "Error" not in reply


@pytest.mark.parametrize("notebook", ["02_call_a_local_model", "04_quantization_memory_math"])
def test_the_lessons_open_with_their_title_and_no_broken_output(course, notebook):
    with chromium() as browser:
        page = course.open(browser, f"notebooks/m13/{notebook}.ipynb", theme="dark")
        assert page.locator("h1").count() == 1
        assert page.locator(".jp-OutputArea-output").count() == 0, "a release carries no outputs"


def test_students_meet_no_menu_of_the_grading_program(course):
    with chromium() as browser:
        page = course.open(browser, "notebooks/m13/00_start_here.ipynb")
        page.goto(f"{course.url}lab")  # the whole of JupyterLab, menus and all
        page.get_by_role("menuitem", name="File", exact=True).wait_for()
        page.wait_for_timeout(1500)
        commands = page.evaluate("window.jupyterapp.commands.listCommands()")
        assert "notebook:run-all-cells" in commands
        assert not [name for name in commands if "nbgrader" in name or "validate" in name.lower()]
        assert page.get_by_text("nbgrader").count() == 0
