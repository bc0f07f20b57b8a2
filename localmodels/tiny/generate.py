"""Choosing one token after the other: from scores to text.

Each step: penalise what was just said, keep the ``top_k`` best, of those the smallest group that
holds ``top_p`` of the probability, drop what is below ``min_p`` of the best, then draw. The
temperature flattens (high) or sharpens (low) the last draw; at 0 the best token always wins.
The order is llama.cpp's, so the same options mean the same thing there.
"""

import numpy as np

from .model import ContextFull, softmax

REPEAT_WINDOW = 64   # how many of the last tokens the repeat penalty looks at


def generate(model, ids, *, temperature=0.8, top_k=40, top_p=0.9, min_p=0.0, seed=None, repeat_penalty=1.0,
             max_tokens=None, stop_ids=None, cache=None):
    """Yield the ids of the tokens that follow ``ids``, one by one, as they are chosen.

    Stops before a token of ``stop_ids`` (default: the model's end-of-message mark), after
    ``max_tokens``, or when the context is full. The generator's return value tells which:
    "stop" or "length". The same seed gives the same tokens; temperature 0 needs none.
    ``cache`` may hold what the model has already read of a conversation; it grows by ``ids``
    and by what is said. Raises ``ContextFull`` at once when ``ids`` leave no room for an answer.
    """
    cache = cache or model.new_cache()
    room = model.shape.context - cache.length - len(ids)
    if room < 1:
        raise ContextFull(f"The text is {cache.length + len(ids)} tokens long, but this model looks at "
                          f"{model.shape.context} at most, its own answer included. Shorten the text.")
    limit = room if max_tokens is None or max_tokens < 0 else min(room, max_tokens)
    stops = set([model.tokenizer.end] if stop_ids is None else stop_ids)
    sampler = Sampler(temperature, top_k, top_p, min_p, seed, repeat_penalty, said=list(ids))
    return _tokens(model, ids, cache, sampler, limit, stops)


def _tokens(model, ids, cache, sampler, limit: int, stops: set):
    """The loop itself: read, score, choose, and read what was chosen."""
    scores = model.scores(model.hidden(ids, cache)[-1:])[0]   # (V,): the prompt is read at once
    for number in range(1, limit + 1):
        token = sampler.choose(scores)
        if token in stops:
            return "stop"
        yield token
        if number < limit:
            scores = model.forward([token], cache)[0]         # (V,): then one token at a time
    return "length"


class Sampler:
    """Turns scores (V,) into one token id, again and again."""

    def __init__(self, temperature=0.8, top_k=40, top_p=0.9, min_p=0.0, seed=None, repeat_penalty=1.0, said=()):
        self.temperature, self.top_k, self.top_p, self.min_p = temperature, top_k, top_p, min_p
        self.random = np.random.default_rng(None if seed is None or seed < 0 else seed)
        self.repeat_penalty, self.said = repeat_penalty, list(said)

    def choose(self, scores: np.ndarray) -> int:
        """The id of the next token."""
        if self.repeat_penalty != 1.0:
            scores = penalised(scores, self.said[-REPEAT_WINDOW:], self.repeat_penalty)
        token = int(scores.argmax()) if self.temperature <= 0 else self.draw(scores)
        self.said.append(token)
        return token

    def draw(self, scores: np.ndarray) -> int:
        """One id at random, likelier ones more often."""
        ids = best_first(scores, self.top_k)
        ids = ids[keep(softmax(scores[ids].astype(np.float64)), self.top_p, self.min_p)]
        chances = softmax(scores[ids].astype(np.float64) / self.temperature)
        place = np.searchsorted(chances.cumsum(), self.random.random(), side="right")
        return int(ids[min(place, len(ids) - 1)])             # rounding may leave the sum below 1


def best_first(scores: np.ndarray, count: int) -> np.ndarray:
    """The ids of the ``count`` highest scores, best first; all of them when ``count`` is 0.

    >>> best_first(np.array([1.0, 9.0, 5.0]), 2).tolist()
    [1, 2]
    """
    if 0 < count < len(scores):
        top = np.argpartition(scores, -count)[-count:]
        return top[np.lexsort((top, -scores[top]))]           # equal scores: the lower id first
    return np.argsort(-scores, kind="stable")


def keep(chances: np.ndarray, top_p: float, min_p: float) -> np.ndarray:
    """Which of these chances, given best first, may be drawn. The best one always may.

    >>> keep(np.array([0.5, 0.3, 0.15, 0.05]), top_p=0.7, min_p=0.0).tolist()
    [True, True, False, False]
    >>> keep(np.array([0.5, 0.3, 0.15, 0.05]), top_p=1.0, min_p=0.2).tolist()
    [True, True, True, False]
    """
    before = chances.cumsum() - chances                       # what the better ones hold together
    kept = ((before < top_p) | (top_p >= 1)) & (chances >= min_p * chances[0])
    kept[0] = True
    return kept


def penalised(scores: np.ndarray, said, penalty: float) -> np.ndarray:
    """Scores with tokens that were just said made less likely (penalty above 1).

    >>> penalised(np.array([2.0, -2.0, 3.0]), said=[0, 1], penalty=2.0).tolist()
    [1.0, -4.0, 3.0]
    """
    scores, said = scores.copy(), list(set(said))
    scores[said] = np.where(scores[said] > 0, scores[said] / penalty, scores[said] * penalty)
    return scores
