"""The same model in llama.cpp, always in a process of its own.

llama.cpp comes from the optional package ``xllamacpp``. On a processor without AVX2 it does not
raise an error, it kills its process; so it is never imported here, only in a child process that
loads the model and makes one token before anybody relies on it.

    with LlamaCpp("model.gguf") as llama:
        print(llama.completion("Once upon a time", n_predict=20)["content"])
"""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np

from .gguf_file import BadModelFile, check_it_is_gguf

INSTALL = 'pip install "localmodels[llamacpp]"'
START_SECONDS = 120     # loading a large file from a slow disk takes a while


class LlamaCppMissing(RuntimeError):
    """llama.cpp cannot run here; the message says why and what to do."""


class LlamaCppError(RuntimeError):
    """llama.cpp refused a request. ``status`` is its HTTP status, ``body`` its JSON answer."""

    def __init__(self, status: int, body: dict):
        self.status, self.body = status, body
        error = body.get("error", body)
        super().__init__(error.get("message", str(error)) if isinstance(error, dict) else str(error))


def probe(path) -> str | None:
    """None when llama.cpp can load ``path`` and make a token here, else one sentence why not."""
    try:
        LlamaCpp(path, threads=1).close()
    except (LlamaCppMissing, BadModelFile) as problem:
        return str(problem)
    return None


class LlamaCpp:
    """A child process that runs one GGUF file. Close it, or use it in a ``with`` block.

    ``threads`` None leaves the choice to llama.cpp, ``context`` None takes the file's own.
    ``embeddings`` makes ``embed`` work. Raises ``BadModelFile`` when ``path`` is no GGUF file, and
    ``LlamaCppMissing`` when llama.cpp cannot run here or cannot load it.
    """

    def __init__(self, path, *, threads=None, context=None, embeddings=False, start_seconds=START_SECONDS):
        check_it_is_gguf(Path(path))
        wish = {"path": str(path), "threads": threads, "context": context, "embeddings": embeddings}
        self.child = subprocess.Popen(
            [sys.executable, "-m", "localmodels.tiny.llamacpp_child", json.dumps(wish)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=own_path())
        clock = threading.Timer(start_seconds, self.child.kill)
        clock.start()
        line = self.child.stdout.readline()      # the address, or nothing when the child died
        clock.cancel()
        ready = json.loads(line) if line else {}
        if "port" not in ready:
            why = explain(self._last_words(), ready.get("problem", ""), str(path))
            self.close()
            raise LlamaCppMissing(why)
        self.port, self.key = ready["port"], ready["key"]

    def completion(self, prompt, **options) -> dict:
        """llama.cpp's own /completion: ``prompt`` is text or a list of ids; the whole answer."""
        return self.post("/completion", {"prompt": prompt, **options})

    def stream(self, prompt, **options):
        """The same piece by piece: dicts with "content"; the last has "stop" and "timings"."""
        body = {"prompt": prompt, "stream": True, **options}
        with self._answer("POST", "/completion", body) as answer:
            for line in answer:
                if line.startswith(b"data: ") and line.strip() != b"data: [DONE]":
                    piece = json.loads(line[6:])
                    if "error" in piece:
                        raise LlamaCppError(piece["error"].get("code", 500), piece)
                    yield piece

    def chat_prompt(self, messages) -> str:
        """The chat as one string, by the template in the file."""
        return self.post("/apply-template", {"messages": list(messages)})["prompt"]

    def tokenize(self, text: str, special: bool = False) -> list[int]:
        """The ids of ``text``; marks count as marks only with ``special``."""
        return self.post("/tokenize", {"content": text, "parse_special": special})["tokens"]

    def embed(self, text: str) -> list[float]:
        """The mean over the text's tokens, length 1. Needs ``embeddings=True``."""
        return self.post("/embedding", {"content": text})[0]["embedding"][0]

    def log_probs(self, ids, vocabulary: int) -> np.ndarray:
        """ln of the chance of every next token after each prefix of ``ids``: (len(ids), V)."""
        found = np.full((len(ids), vocabulary), -np.inf, np.float32)
        for row in range(len(ids)):
            answer = self.completion(list(ids[:row + 1]), n_predict=1, n_probs=vocabulary, temperature=0.0)
            for token in answer["completion_probabilities"][0]["top_logprobs"]:
                found[row, token["id"]] = token["logprob"]
        return found

    def props(self) -> dict:
        """What llama.cpp says about the file: template, context and more."""
        with self._answer("GET", "/props") as answer:
            return json.load(answer)

    def post(self, path: str, body: dict):
        """Send JSON to one of llama.cpp's own paths and read the JSON answer."""
        with self._answer("POST", path, body) as answer:
            return json.load(answer)

    def _answer(self, method: str, path: str, body: dict | None = None) -> http.client.HTTPResponse:
        link = http.client.HTTPConnection("127.0.0.1", self.port)
        link.request(method, path, json.dumps(body).encode() if body else None, {
            "Content-Type": "application/json", "Authorization": f"Bearer {self.key}", "Connection": "close"})
        answer = link.getresponse()
        link.close()                 # the answer keeps the socket until it is read or closed
        if answer.status != 200:
            with answer:
                raise LlamaCppError(answer.status, json.loads(answer.read() or b"{}"))
        return answer

    def close(self) -> None:
        """End the child process. Safe to call twice."""
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()
        for pipe in (self.child.stdin, self.child.stdout):
            pipe.close()

    def _last_words(self) -> int:
        """How the child ended, as an exit status (negative: the signal that killed it)."""
        self.child.stdin.close()
        return self.child.wait(timeout=10)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def own_path() -> dict[str, str]:
    """The environment for the child: it finds this package where the parent found it."""
    folders = [os.environ.get("PYTHONPATH", ""), str(Path(__file__).parents[2])]
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, folders))}


def explain(status: int, problem: str, path: str) -> str:
    """One sentence on why the child did not start, from its exit status and what it said."""
    illegal = {-getattr(signal, "SIGILL", 4), 132, 0xC000001D, 0xC000001D - 2**32}
    if status in illegal:
        return ("llama.cpp stopped at once: this processor lacks the AVX2 instructions its ready-made "
                "package needs. Use the course's own runtime instead; it runs everywhere.")
    if "libgomp" in problem:
        return ("llama.cpp needs the system library libgomp, which is missing here. Install it (Debian and "
                "Ubuntu: sudo apt install libgomp1) or use the course's own runtime.")
    if "DLL load failed" in problem:
        return ("llama.cpp needs Microsoft's Visual C++ runtime, which is missing here. Install it (the PyPI "
                "package msvc-runtime brings it) or use the course's own runtime.")
    if "No module named" in problem:
        return f"The package xllamacpp is not installed. Install it with: {INSTALL}"
    reason = problem or f"its process ended with status {status}"
    return f"llama.cpp could not run {os.path.basename(path)}: {reason}. Check that it is a complete GGUF file."
