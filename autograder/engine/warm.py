"""The warm process: has imported what lessons import, and forks a boxed learner on request.

It holds no secret (never a hidden check, never a submission), because every child gets a copy of it. It stays
single-threaded, because only such a process may fork safely and leave its user namespace.
Started by `Nursery` as `python -m autograder.engine.warm FD`; it ends when that socket closes.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import json
import os
import signal
import socket
import sys
import threading
import warnings

from autograder.engine import box, open_box
from autograder.engine.answering import live
from autograder.engine.channel import Channel
from autograder.engine.policy import Level, Policy, from_json
from autograder.engine.shell import LearnerShell, make_shell, run_cell

LESSONS_IMPORT = (
    "json", "re", "math", "statistics", "collections", "datetime", "asyncio", "urllib.request", "http.client",
    "concurrent.futures", "multiprocessing", "subprocess", "numpy", "requests", "httpx", "aiohttp", "ollama", "openai",
    "ipywidgets", "localmodels", "localmodels.checks", "localmodels.connection", "localmodels.questions",
    "localmodels.memory", "localmodels.widgets", "localmodels.doctor", "localmodels.checks.redirect",
    "pandas", "matplotlib.pyplot",
)  # fmt: skip
FIRST_USES = (
    "1 + 1", "1 / 0", "print('hi')", "await __import__('asyncio').sleep(0)", "%who", "!true",
    "from IPython.display import HTML, display; display(HTML('<p>'))",
)  # fmt: skip
FIRST_REQUESTS = """
import http.server, threading
class Nothing(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Length", "2"); self.end_headers(); self.wfile.write(b"{}")
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"])); self.do_GET()
    def log_message(self, *_): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Nothing)
thread = threading.Thread(target=server.serve_forever, args=(0.01,))
thread.start()
url = f"http://127.0.0.1:{server.server_port}"
try:
    import requests, httpx
    requests.post(url, json={}, timeout=5).json()
    requests.get(url, timeout=5)
    httpx.post(url, json={}, timeout=5).json()
    import ollama, openai
    ollama.Client(host=url).list()
    openai.OpenAI(base_url=url, api_key="none")
finally:
    server.shutdown(); thread.join(); server.server_close()
"""
MOST_ORDER = 65536  # bytes
START_SECONDS = 60.0


def main(descriptor: int) -> None:
    """Serve one grader over the inherited unix socket `descriptor`: a policy first, then a birth for each order."""
    desk = socket.socket(fileno=descriptor)
    told = Channel(desk).receive(START_SECONDS)
    policy, shell = from_json(told["policy"]), make_shell()
    if told["warm"]:
        warm_up(shell)
    desk.settimeout(None)
    os.chdir("/")
    desk.sendall(b"ready\n")
    while True:
        order, descriptors, _, _ = socket.recv_fds(desk, MOST_ORDER, 8)
        if not order:
            return
        _reap()
        child = os.fork()
        if not child:
            be_born(shell, policy, order.decode(), descriptors)
        for one in descriptors:
            os.close(one)
        desk.sendall(b"%d\n" % child)


def warm_up(shell: LearnerShell) -> None:
    """Import what lessons import and do once what is slow the first time. Leaves no thread and no loop behind."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        for name in LESSONS_IMPORT:
            with contextlib.suppress(Exception):
                importlib.import_module(name)
        for source in (*FIRST_USES, FIRST_REQUESTS):
            run_cell(shell, source, 30, 100_000)
    _forget(shell)


def _forget(shell: LearnerShell) -> None:
    """Make the shell as good as new: no names, no event loop (its descriptors would be shared by all boxes)."""
    from IPython.core import async_helpers

    if loop := async_helpers._asyncio_event_loop:
        loop.close()
        async_helpers._asyncio_event_loop = None
    shell.reset(new_session=True)
    shell.execution_count = 1
    for name in ("_", "__", "___", "_exit_code"):
        shell.user_ns.pop(name, None)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if threading.active_count() > 1:
        raise RuntimeError(f"threads are left in the warm process: {threading.enumerate()}")
    gc.collect()
    gc.freeze()


def _reap() -> None:
    """Collect children that have ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def be_born(shell: LearnerShell, policy: Policy, order: str, descriptors: list[int]) -> None:
    """In the forked child: enter the box, then live there. Tells why when the box cannot be made."""
    mailbox, output, control = descriptors
    post = socket.socket(fileno=mailbox)
    try:
        for standard in (1, 2):
            os.dup2(output, standard)
        box.close_all_but(0, 1, 2, mailbox, control)
        enter = box.enter if policy.level is Level.ISOLATED else open_box.enter
        enter(policy, json.loads(order), post)
        os.environ.clear()
        os.environ.update(policy.environment)
        post.send(b"%s %d" % (box.READY, os.getpid()))
        post.close()
        live(shell, Channel(socket.socket(fileno=control)))
    except BaseException as error:
        with contextlib.suppress(OSError):
            post.send(f"refused: {error}".encode())
    finally:
        os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
