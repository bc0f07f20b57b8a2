"""Train the tiny model from nothing.

    python -m localmodels.tiny.train --minutes 60 --seed 13 --out /tmp/tiny

Chats are generated as training goes, so almost none is seen twice. Needs the packages torch,
tokenizers and gguf (``pip install torch tokenizers gguf``). A run can be stopped at any time
and goes on with ``--resume``. The last line tells the command that writes the GGUF file.
"""

import argparse
import json
import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch.nn import functional as F

from . import bpe, corpus
from .chat import END, START
from .torch_model import Shape, TinyLlama

BATCH_TOKENS = 4096     # padded tokens per step
POOL = 1024             # chats sorted by length together, so that batches hold little padding
USER_WEIGHT = 0.3       # a token of a question counts this much of a token of an answer
MUON_RATE = 3e-3        # peak step size of the matrices inside the blocks
ADAM_RATE = 3e-3        # peak step size of the token table and the norms
TOKENIZER_CHATS = 12_000  # chats from which the vocabulary is learned
WARM_UP = 0.02          # share of the run in which the step size grows
REPORT_EVERY = 50       # steps
SAVE_EVERY = 120        # seconds


@dataclass
class Plan:
    """How long to train and where to keep the results."""

    steps: int
    minutes: float
    seed: int
    out: Path
    threads: int

    def progress(self, step: int, seconds: float) -> float:
        """0 at the start, 1 when the steps or the minutes are used up."""
        return max(step / self.steps, seconds / (60 * self.minutes))


def pieces(chat):
    """Cut a chat into (text, is_answer) pairs; only answers are the model's own words.

    >>> list(pieces([{"role": "user", "content": "Hi"}]))
    [('<|im_start|>user\\nHi<|im_end|>\\n', False)]
    """
    for message in chat:
        head = f"{START}{message['role']}\n"
        if message["role"] == "assistant":
            yield head, False
            yield message["content"] + END, True
            yield "\n", False
        else:
            yield f"{head}{message['content']}{END}\n", False


def learn_tokenizer(seed: int, size: int) -> Tokenizer:
    """The vocabulary of a sample of chats; the marks around messages are no text."""
    sample = corpus.training_chats(seed)
    texts = (text for _ in range(TOKENIZER_CHATS) for text, _ in pieces(next(sample)))
    return bpe.learn((text.replace(START, "").replace(END, "") for text in texts), size)


def encode_chat(chat, tokenizer: Tokenizer, limit: int):
    """One chat as (ids, weights): how much each token counts as something to predict."""
    ids, weights = [], []
    for text, is_answer in pieces(chat):
        new = tokenizer.encode(text).ids
        ids += new
        weights += [1.0 if is_answer else USER_WEIGHT] * len(new)
    return ids[:limit], weights[:limit]


def batches(chats, tokenizer: Tokenizer, shape: Shape, seed: int):
    """Endless (ids, weights) pairs of shape (B, T + 1) each, in random order within a pool."""
    order = torch.Generator().manual_seed(seed)
    while True:
        pool = sorted((encode_chat(next(chats), tokenizer, shape.context + 1) for _ in range(POOL)),
                      key=lambda item: len(item[0]))
        groups = list(groups_of(pool))
        for index in torch.randperm(len(groups), generator=order).tolist():
            yield as_tensors(groups[index])


def groups_of(pool):
    """Cut chats, sorted by length, into runs that fill at most one batch each."""
    start = 0
    while start < len(pool):
        count = 1
        while start + count < len(pool) and padded(pool[start + count]) * (count + 1) <= BATCH_TOKENS:
            count += 1
        yield pool[start:start + count]
        start += count


def padded(item) -> int:
    """The length of a chat's inputs, rounded up to a multiple of 8 tokens."""
    return math.ceil((len(item[0]) - 1) / 8) * 8


def as_tensors(group):
    """A list of encoded chats as two (B, T + 1) tensors; padding weighs nothing."""
    width = padded(group[-1]) + 1
    ids = torch.zeros(len(group), width, dtype=torch.long)
    weights = torch.zeros(len(group), width)
    for row, (chat_ids, chat_weights) in enumerate(group):
        ids[row, :len(chat_ids)] = torch.tensor(chat_ids)
        weights[row, :len(chat_ids)] = torch.tensor(chat_weights)
    return ids, weights


def loss_of(model, ids, weights):
    """Weighted mean surprise of the next token, in nats, and the plain mean over answer tokens."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(ids[:, :-1])                                    # (B, T, V)
    each = F.cross_entropy(logits.float().flatten(0, 1), ids[:, 1:].flatten(), reduction="none")
    weight = weights[:, 1:].flatten()
    answer = (weight == 1.0).float()
    return (each * weight).sum() / weight.sum(), ((each * answer).sum() / answer.sum()).item()


def optimizers(model: TinyLlama):
    """Muon for the matrices inside the blocks, AdamW for the token table and the norms."""
    matrices = [p for name, p in model.named_parameters() if p.ndim == 2 and "blocks" in name]
    others = [p for name, p in model.named_parameters() if not (p.ndim == 2 and "blocks" in name)]
    muon = torch.optim.Muon(matrices, lr=MUON_RATE, momentum=0.95, weight_decay=0.05,
                            adjust_lr_fn="match_rms_adamw")
    adam = torch.optim.AdamW(others, lr=ADAM_RATE, betas=(0.9, 0.98), weight_decay=0.0)
    return [muon, adam]


def rate(progress: float) -> float:
    """The step size as a share of its peak: up, flat, then down in a straight line."""
    if progress < WARM_UP:
        return progress / WARM_UP
    return 1.0 if progress < 0.3 else max(0.0, (1.0 - progress) / 0.7)


class Run:
    """A training run that can be saved and resumed."""

    def __init__(self, plan: Plan, shape: Shape):
        torch.manual_seed(plan.seed)
        torch.set_num_threads(plan.threads)
        self.plan, self.shape = plan, shape
        self.step, self.seconds, self.tokens, self.log = 0, 0.0, 0, []
        self.tokenizer = learn_tokenizer(plan.seed + 1, shape.vocabulary)
        self.model = TinyLlama(shape)
        self.optimizers = optimizers(self.model)

    def save(self, path: Path) -> None:
        """Write everything that ``load`` needs; a crash while writing leaves the old file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save({"weights": self.model.state_dict(), "shape": asdict(self.shape),
                    "tokenizer": self.tokenizer.to_str(), "step": self.step, "seconds": self.seconds,
                    "tokens": self.tokens, "log": self.log,
                    "optimizers": [o.state_dict() for o in self.optimizers]}, path.with_suffix(".part"))
        path.with_suffix(".part").rename(path)
        (path.parent / "training-log.json").write_text(json.dumps(self.log, indent=1))

    def load(self, path: Path) -> None:
        """Take up the run that was saved at ``path``."""
        state = torch.load(path, weights_only=True)
        self.model.load_state_dict(state["weights"])
        self.tokenizer = Tokenizer.from_str(state["tokenizer"])
        self.step, self.seconds = state["step"], state["seconds"]
        self.tokens, self.log = state["tokens"], state["log"]
        for optimizer, saved in zip(self.optimizers, state["optimizers"]):
            optimizer.load_state_dict(saved)

    def train(self) -> None:
        """Train until the steps or the minutes are used up, saving now and then."""
        # A resumed run draws other chats than the first part did.
        seed = self.plan.seed + 1000 * self.step
        data = batches(corpus.training_chats(seed=seed), self.tokenizer, self.shape, seed)
        began, saved, answers = time.monotonic() - self.seconds, time.monotonic(), []
        while (progress := self.plan.progress(self.step, self.seconds)) < 1.0:
            answers.append(self.one_step(*next(data), rate(progress)))
            self.seconds = time.monotonic() - began
            if self.step % REPORT_EVERY == 0:
                self.report(sum(answers) / len(answers))
                answers.clear()
            if time.monotonic() - saved > SAVE_EVERY:
                self.save(self.plan.out / "checkpoint.pt")
                saved = time.monotonic()
        self.save(self.plan.out / "checkpoint.pt")

    def one_step(self, ids, weights, share: float) -> float:
        """Learn from one batch, with ``share`` of the peak step size; the loss of its answers."""
        loss, answer_loss = loss_of(self.model, ids, weights)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer, peak in zip(self.optimizers, (MUON_RATE, ADAM_RATE)):
            for group in optimizer.param_groups:
                group["lr"] = peak * share
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.step += 1
        self.tokens += int((weights > 0).sum())
        return answer_loss

    def report(self, loss: float) -> None:
        """One line for the log: where the run is and how surprised it was lately."""
        row = {"step": self.step, "minutes": round(self.seconds / 60, 2), "tokens": self.tokens,
               "answer_loss": round(loss, 4)}
        self.log.append(row)
        print(json.dumps(row), f"{self.tokens / self.seconds:,.0f} tok/s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60, help="stop after this long (default 60)")
    parser.add_argument("--steps", type=int, default=3300, help="stop after this many steps")
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--out", type=Path, default=Path("tiny-run"), help="folder for checkpoint and log")
    parser.add_argument("--resume", action="store_true", help="go on from OUT/checkpoint.pt")
    arguments = parser.parse_args()
    plan = Plan(arguments.steps, arguments.minutes, arguments.seed, arguments.out, arguments.threads)
    run = Run(plan, Shape(layers=arguments.layers))
    if arguments.resume:
        run.load(plan.out / "checkpoint.pt")
    run.train()
    print(f"now: python -m localmodels.tiny.write_gguf {plan.out}/checkpoint.pt tiny-course-f16.gguf")


if __name__ == "__main__":
    main()
