"""JupyterLab in a real browser, for tests: a server of its own, a page to operate, screenshots.

    with lab_server(folder) as lab, chromium() as browser:
        page = lab.open(browser, "lesson.ipynb", theme="dark", width=1280)
        run_all(page)
        screenshot(page, "lesson-dark.png", page.locator(".jp-OutputArea").first)

Everything lives in temporary folders and on loopback; nothing else can be reached.
`browser_missing()` says why a browser test cannot run here, or is empty.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.chromium import path as installed_browser

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-lcd-text", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
NO_NEWS = {"fetchNews": "false", "checkForUpdates": False}
KERNEL_IS_IDLE = (
    "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
)
START_SECONDS = 120  # a cold JupyterLab on a busy two-core machine


def browser_missing():
    """Why browser tests cannot run here, in one line; empty where they can."""
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return "Browser tests skipped: the playwright package is not installed (pip install playwright)."
    if not installed_browser():
        return "Browser tests skipped: no Chromium found (on Debian: apt-get install chromium)."
    return ""


@contextmanager
def chromium():
    """A headless browser with a new profile; yields a Playwright context."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=installed_browser(), args=QUIET, headless=True
        )
        try:
            yield context
        finally:
            context.close()


@dataclass
class Lab:
    """A running JupyterLab: its address and the folder of notebooks it serves."""

    url: str
    folder: Path
    log: Path

    def open(self, browser, notebook, *, theme="light", width=1280, height=900):
        """Open a notebook alone on the page, kernel ready; returns the Playwright page."""
        self.set_theme(theme)
        page = browser.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.set_default_timeout(60_000)
        page.goto(f"{self.url}doc/tree/{notebook}?reset")
        page.wait_for_selector(".jp-NotebookPanel .jp-Notebook .jp-Cell")
        page.wait_for_function(KERNEL_IS_IDLE, timeout=START_SECONDS * 1000)
        return page

    def end_kernels(self):
        """End every kernel, as if the computer had been switched off over night."""
        with _loopback().open(f"{self.url}api/sessions", timeout=10) as reply:
            sessions = json.load(reply)
        for session in sessions:
            request = urllib.request.Request(f"{self.url}api/sessions/{session['id']}", method="DELETE")
            _loopback().open(request, timeout=20).close()

    def set_theme(self, theme):
        """Choose "light" or "dark" for every page opened from now on."""
        self.set_option("@jupyterlab/apputils-extension:themes", {"theme": THEMES[theme]})

    def set_option(self, plugin, options):
        """Store JupyterLab settings of one plug-in, as its settings editor would."""
        request = urllib.request.Request(
            f"{self.url}lab/api/settings/{plugin}", method="PUT",
            data=json.dumps({"raw": json.dumps(options)}).encode(),
            headers={"Content-Type": "application/json"},
        )
        _loopback().open(request, timeout=10).close()


@contextmanager
def lab_server(folder, *, env=None, options=()):
    """Run JupyterLab on a free loopback port with throw-away settings; yields a `Lab`."""
    with tempfile.TemporaryDirectory() as home:
        home = Path(home)
        log = home / "jupyterlab.log"
        url = f"http://127.0.0.1:{_free_port()}/"
        with log.open("w") as output:
            process = subprocess.Popen(
                [*_command(folder, url), *options], stdout=output, stderr=subprocess.STDOUT,
                env={**os.environ, **_home_variables(home), **(env or {})},
            )
        try:
            _wait_until_up(url, process, log)
            lab = Lab(url, Path(folder), log)
            lab.set_option("@jupyterlab/apputils-extension:notification", NO_NEWS)
            yield lab
        finally:
            _stop(url, process)


def _command(folder, url):
    port = url.rsplit(":", 1)[1].strip("/")
    return [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
        f"--ServerApp.root_dir={folder}", "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
        "--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True",
        "--LabApp.expose_app_in_browser=True", "--LabApp.news_url=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]


def _home_variables(home):
    names = {
        "HOME": "home", "USERPROFILE": "home", "LOCALMODELS_HOME": "localmodels",
        "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime", "IPYTHONDIR": "ipython",
        "JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }
    for folder in names.values():
        (home / folder).mkdir(exist_ok=True)
    return {name: str(home / folder) for name, folder in names.items()}


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _loopback():
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _wait_until_up(url, process, log):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"JupyterLab ended at once:\n{log.read_text()[-2000:]}")
        try:
            _loopback().open(f"{url}api", timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"JupyterLab was not up after {START_SECONDS} s:\n{log.read_text()[-2000:]}")


def _stop(url, process):
    """Ask the server to end its kernels and itself; insist when it does not."""
    request = urllib.request.Request(f"{url}api/shutdown", data=b"", method="POST")
    try:
        _loopback().open(request, timeout=5).close()
        process.wait(timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        process.kill()
        process.wait()


def run_all(page, *, timeout=120):
    """Run every cell and wait for the end; False when a cell failed and stopped the run."""
    page.evaluate(
        "window.allRan = null; window.jupyterapp.commands.execute('notebook:run-all-cells')"
        ".then(ok => { window.allRan = [ok] }); undefined"
    )
    page.wait_for_function("window.allRan", timeout=timeout * 1000)
    page.wait_for_function(KERNEL_IS_IDLE, timeout=timeout * 1000)
    return page.evaluate("window.allRan[0]")


def tab_to(page, locator, *, steps=120):
    """Press Tab until the element has the focus, as a keyboard user would."""
    for _ in range(steps):
        if locator.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reached {locator} in {steps} steps")


def screenshot(page, path, locator=None):
    """Save a PNG of the page, or of one element scrolled into view."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    (locator or page).screenshot(path=str(path), animations="disabled", caret="hide")
    return Path(path)


def write_notebook(path, cells):
    """A notebook of code cells (text: code; `("markdown", text)`: text)."""
    import nbformat

    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    pairs = [cell if isinstance(cell, tuple) else ("code", cell) for cell in cells]
    notebook = nbformat.v4.new_notebook(
        cells=[make[kind](source, id=f"cell-{n}") for n, (kind, source) in enumerate(pairs)],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    Path(path).write_text(nbformat.writes(notebook), encoding="utf-8")
    return Path(path)
