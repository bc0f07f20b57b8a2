"""What lessons do, done once in the warm process: imports, and whatever is slow the first time.

Everything here is public: it stands in the notebooks as students get them. What no lesson uses is left out, however likely a
student is to import it: each copy that serves a check costs time in proportion to the memory of the process it is forked from.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import tempfile
from collections.abc import Callable

IMPORTS = (
    "json", "re", "math", "statistics", "collections", "datetime", "asyncio", "urllib.request", "http.client", "tempfile",
    "concurrent.futures", "multiprocessing", "subprocess", "numpy", "requests", "ollama",
    "ipywidgets", "localmodels", "localmodels.checks", "localmodels.connection", "localmodels.questions",
    "localmodels.memory", "localmodels.mixes", "localmodels.widgets", "localmodels.doctor", "localmodels.unfinished",
    "localmodels.checks.redirect", "localmodels.tiny.generate", "localmodels.tiny.quantize",
)  # fmt: skip
SHELL = (
    "1 + 1", "1 / 0", "print('hi')", "await __import__('asyncio').sleep(0)", "%who", "!true",
    "from IPython.display import HTML, display; display(HTML('<p>'))",
)  # fmt: skip
COURSE = (
    "from localmodels import check, connect, hint, quiz\nOLLAMA = connect()",
    "hint('of no exercise')",  # loads them all, and counts no hint as seen
    "quiz('00')",
    "from localmodels.doctor import doctor\ndoctor()",
    "from localmodels.widgets import memory_bars, request_anatomy\nrequest_anatomy(OLLAMA)",
    "from localmodels.memory import card\ncard('llama3.2:1b')",
)
CLIENTS = (
    "import requests\nrequests.get(OLLAMA, timeout=5)\nrequests.post(f'{OLLAMA}/api/chat', json={}, timeout=5).status_code",
    "import ollama\nollama.Client(host=OLLAMA).list()",
)


def rehearse(run: Callable[[str], object]) -> None:
    """Import everything, and `run` cells like those of lessons against a scripted Ollama that exists meanwhile.

    It listens at a free port of this machine; nothing else that may run here is asked anything.
    """
    for name in IMPORTS:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    from localmodels import connection, facts
    from localmodels.server.scripted import ScriptedOllama

    models = [facts.value("models.default"), facts.value("models.small")]
    with ScriptedOllama(models=models) as ollama:
        os.environ["OLLAMA_HOST"] = f"127.0.0.1:{ollama.port}"
        for source in (*SHELL, *COURSE, *CLIENTS):
            run(source)
    del os.environ["OLLAMA_HOST"]
    connection.port_in_use = tempfile.tempdir = None  # what was found here does not hold in a box
