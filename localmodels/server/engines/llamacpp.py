"""llama.cpp behind the server: any GGUF file, in a child process, so that its crash is only an error."""

import os
from dataclasses import replace
from pathlib import Path

from ..errors import EngineError
from ..runner import STOPPED
from ...tiny.llamacpp import LlamaCpp, LlamaCppError, LlamaCppMissing
from . import Embedded, End, Piece
from .gguf_about import about_file
from .windowing import context_size, fit_messages, fit_prompt

MOST_CONTEXTS = 10
THREADS = max(1, (os.cpu_count() or 2) // 2)   # real cores, and one left for the notebook on small machines
DEFAULT_CONTEXT = 4096   # what Ollama gives a model on a machine without a large graphics card
SAME_NAMES = ("temperature", "top_k", "top_p", "min_p", "typical_p", "seed", "repeat_last_n", "repeat_penalty",
              "presence_penalty", "frequency_penalty")


class LlamaCppEngine:
    """Runs one GGUF file in llama.cpp. The child starts with the first request and can be restarted."""

    def __init__(self, path):
        self.path, self.child = Path(path), None

    def describe(self):
        """Raises EngineError with a sentence when the file is no model."""
        about = about_file(self.path, "llamacpp", ("completion", "embedding"))
        self.about = replace(about, context_length=min(about.context_length or DEFAULT_CONTEXT, DEFAULT_CONTEXT))
        return self.about

    @property
    def loaded(self):
        return self.child is not None and self.child.child.poll() is None

    def load(self):
        if self.loaded:
            return
        self.unload()
        try:
            self.child = LlamaCpp(self.path, threads=THREADS, context=self.about.context_length, embeddings=True)
        except LlamaCppMissing as problem:
            raise EngineError(500, f"llama-server process has terminated: exit status 1: {problem}") from None

    def unload(self):
        child, self.child = self.child, None
        if child:
            child.close()

    close = unload

    def chat(self, messages, options):
        child = self._ready()
        size = context_size(options, self.about.context_length)
        if options.truncate:
            messages = fit_messages(messages, size, lambda some: len(self._ids(child, some)))
        return self._reply(child, [*options.context, *self._ids(child, messages)], size, options)

    def complete(self, prompt, options):
        child = self._ready()
        ids = child.tokenize(prompt, special=True)
        return self._reply(child, ids, context_size(options, self.about.context_length), options)

    def embed(self, texts, options):
        child, size = self._ready(), context_size(options, self.about.context_length)
        counts = [len(child.tokenize(text)) for text in texts]
        if not options.truncate and max(counts) > size:
            raise EngineError(400, "the input length exceeds the context length")
        try:
            return Embedded([child.embed(text) for text in texts], sum(counts))
        except LlamaCppError as problem:
            raise EngineError(problem.status, str(problem)) from None

    def _ready(self):
        self.load()
        return self.child

    def _ids(self, child, messages):
        plain = [{"role": one["role"], "content": one["content"]} for one in messages]
        return child.tokenize(child.chat_prompt(plain), special=True)

    def _reply(self, child, ids, size, options):
        ids = fit_prompt(ids, size, options)
        limit = options.num_predict if options.num_predict >= 0 else MOST_CONTEXTS * size
        wishes = {name: getattr(options, name) for name in SAME_NAMES}
        wishes |= {"n_predict": min(limit, size - len(ids)), "stop": list(options.stop), "cache_prompt": True}
        if options.format:
            wishes["json_schema"] = {} if options.format == "json" else options.format
        return pieces(child, ids, wishes)


def pieces(child, ids, wishes):
    """llama.cpp's stream as Pieces, its timings as the End."""
    said = []
    try:
        for part in child.stream(ids, return_tokens=True, **wishes):
            said += part.get("tokens", ())
            if part.get("content"):
                yield Piece(part["content"], tokens=max(1, len(part.get("tokens", ()))))
            if part.get("stop"):
                yield Piece(end=end(part, [*ids, *said]), tokens=0)
    except LlamaCppError as problem:
        raise EngineError(problem.status, str(problem)) from None
    except (OSError, ValueError):
        raise EngineError(500, STOPPED) from None


def end(last, ids):
    """The End from llama.cpp's last part; milliseconds become nanoseconds."""
    timings = last.get("timings", {})
    return End(
        reason="length" if last.get("stop_type") == "limit" else "stop",
        prompt_eval_count=last.get("tokens_evaluated", 0),
        prompt_eval_duration=max(1, int(timings.get("prompt_ms", 0) * 1e6)),
        eval_count=timings.get("predicted_n", last.get("tokens_predicted", 0)),
        eval_duration=max(1, int(timings.get("predicted_ms", 0) * 1e6)),
        context=tuple(ids))
