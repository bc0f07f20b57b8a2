"""What a widget costs: seconds from the import to a rendered widget, and the bytes a notebook sends for it.

    python benchmarks/widget.py

For each widget, in a kernel that has imported nothing yet: seconds until every message is out, and the bytes of
those messages (the widgets' state, the figure, the text). Where Chromium is found also the seconds until a browser
with JupyterLab shows it. Last line: one JSON object.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

from jupyter_client.manager import start_new_kernel

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from tests import browser  # noqa: E402

CELLS = {
    "memory_bars": "from localmodels.widgets import memory_bars\nmemory_bars()",
    "request_anatomy": "from localmodels.widgets import request_anatomy\nrequest_anatomy()",
    "quiz": 'from localmodels import quiz\nquiz("00")',
}
MESSAGES = ("comm_open", "comm_msg", "display_data", "execute_result")


def in_a_kernel(source):
    """Seconds from the start of the cell to the end of its messages, and the bytes of these."""
    manager, client = start_new_kernel()
    sent = []
    try:
        client.execute_interactive("pass", output_hook=lambda message: None, timeout=60)  # warm the channel, import nothing
        started = time.perf_counter()
        reply = client.execute_interactive(
            source, timeout=60, output_hook=lambda m: sent.append(m) if m["msg_type"] in MESSAGES else None
        )
        seconds = time.perf_counter() - started
        if reply["content"]["status"] != "ok":
            raise RuntimeError(reply["content"]["evalue"])
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return seconds, sum(len(json.dumps(message["content"])) for message in sent), len(sent)


def in_a_browser():
    """Seconds from Run to a visible widget in JupyterLab, each in a fresh kernel; empty without a browser."""
    if browser.browser_missing():
        return {}
    seconds = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, source in CELLS.items():
            browser.write_notebook(Path(folder) / f"{name}.ipynb", [source])
        with browser.lab_server(folder) as lab, browser.chromium() as chromium:
            for name in CELLS:
                page = lab.open(chromium, f"{name}.ipynb")
                started = time.perf_counter()
                page.evaluate("void window.jupyterapp.commands.execute('notebook:run-all-cells')")
                page.locator(".lm-live button").first.wait_for()
                seconds[name] = time.perf_counter() - started
                page.close()
    return seconds


def main():
    shown = in_a_browser()
    result = {}
    for name, source in CELLS.items():
        seconds, size, count = in_a_kernel(source)
        result[name] = {"kernel_s": round(seconds, 2), "bytes": size, "messages": count}
        if name in shown:
            result[name]["browser_s"] = round(shown[name], 2)
        print(f"{name:16} {seconds:5.2f} s in the kernel, {size / 1e3:6.1f} kB in {count} messages"
              + (f", {shown[name]:5.2f} s until JupyterLab shows it" if name in shown else ""))
    print(json.dumps({"benchmark": "widget", **result}))


if __name__ == "__main__":
    main()
