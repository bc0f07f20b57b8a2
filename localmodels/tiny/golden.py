"""The numbers that tests expect of the committed model, computed anew.

    python -m localmodels.tiny.measure --golden          (rewrites tests/golden_runtime.json)

Run it only when the model file changed. The texts are stored with the numbers, so later changes
of the training text change nothing here.
"""

import argparse
import hashlib
import json
import tempfile
from pathlib import Path

import numpy as np

from . import MODEL_FILE, load
from .chat import said_ids
from .generate import generate
from .measure import difference, perplexity

GOLDEN_FILE = Path(__file__).parents[2] / "tests" / "golden_runtime.json"
CHATS = 40
CLOSE = 0.1   # difference of two scores that rounding might turn around
QUESTIONS = ("What is the KV cache?", "What is quantization?", "Who are you?",
             "What is the capital of France?", "What is a token?", "What does /api/tags do?")


def read_golden() -> dict:
    """The stored numbers."""
    return json.loads(GOLDEN_FILE.read_text(encoding="utf-8"))


def fresh_chats() -> list:
    """Chats of the kind the model learned from, but none that it was trained on."""
    from .corpus import evaluation_chats

    return evaluation_chats(CHATS)


def golden(path=MODEL_FILE, chats=None) -> dict:
    """Everything the tests compare with, as plain JSON values."""
    model = load(path)
    chats = chats or fresh_chats()
    texts = [said_ids(model.tokenizer, chat) for chat in chats]
    return {
        "sha256": hashlib.sha256(Path(path).read_bytes()).hexdigest(),
        "tokens": sum(map(len, texts)),
        "perplexity": round(perplexity(model, texts), 6),
        "formats": {kind: format_numbers(path, kind, model, texts) for kind in ("Q8_0", "Q4_0", "Q4_K", "Q2_K")},
        "greedy": {question: said for question in QUESTIONS if (said := greedy(model, question))},
        "chats": chats,
    }


def format_numbers(path, kind: str, model, texts) -> dict:
    """Size, perplexity and KL of the model in a smaller format."""
    from .quantize import quantize

    with tempfile.TemporaryDirectory() as folder:
        small = quantize(path, Path(folder) / f"{kind}.gguf", kind)
        other, size = load(small), small.stat().st_size
    far = difference(model, other, texts)
    return {"bytes": size, "perplexity": round(perplexity(other, texts), 6), "kl": round(far.kl, 8),
            "same_top": round(far.same_top, 6)}


def greedy(model, question: str) -> list[int]:
    """The ids of the likeliest answer, up to the first close call.

    Where two tokens are almost equally likely, another processor may choose the other one.
    """
    ids = model.chat_ids([{"role": "user", "content": question}])
    said = list(generate(model, ids, temperature=0, max_tokens=80))
    scores = np.sort(model.forward([*ids, *said])[len(ids) - 1:-1], axis=1)   # (tokens said, V)
    close = scores[:, -1] - scores[:, -2] < CLOSE
    return said[:int(close.argmax())] if close.any() else said


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m localmodels.tiny.measure", description="Measure the tiny model.")
    parser.add_argument("model", nargs="?", type=Path, default=MODEL_FILE)
    parser.add_argument("--golden", action="store_true", help=f"write {GOLDEN_FILE.name} for the tests")
    arguments = parser.parse_args()
    numbers = golden(arguments.model)
    if arguments.golden:
        GOLDEN_FILE.write_text(json.dumps(numbers, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    print(json.dumps({key: value for key, value in numbers.items() if key not in ("chats", "greedy")}))
