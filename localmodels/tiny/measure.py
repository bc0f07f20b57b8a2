"""How good is a model? Three numbers, all from the same scores.

* surprise: minus ln of the chance the model gave the token that really came (nats)
* perplexity: e to the mean surprise; 1 is a model that always knows, V one that only guesses
* KL: how far another model's chances are from this one's; 0 is "the same model"

Perplexity looks at one token per place, KL at all of them, so KL notices smaller damage.
"""

from dataclasses import dataclass

import numpy as np


def log_probs(scores: np.ndarray) -> np.ndarray:
    """ln of the chances that belong to ``scores`` (T, V), in float64.

    >>> log_probs(np.array([[0.0, 0.0]])).round(4).tolist()
    [[-0.6931, -0.6931]]
    """
    scores = scores.astype(np.float64)
    scores -= scores.max(axis=-1, keepdims=True)                       # exp cannot overflow now
    return scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))  # (T, V)


def surprises(model, ids) -> np.ndarray:
    """The surprise at each of ``ids`` but the first: (T - 1,) nats."""
    chances = log_probs(model.forward(ids[:-1]))                       # (T - 1, V)
    return -chances[np.arange(len(ids) - 1), ids[1:]]                  # (T - 1,)


def windows(texts, context: int) -> list[list[int]]:
    """One text (ids) or a list of texts, cut where a text is longer than the context.

    >>> windows([1, 2, 3, 4, 5, 6], context=3)
    [[1, 2, 3, 4], [4, 5, 6]]
    """
    if len(texts) and np.ndim(texts[0]) == 0:
        texts = [texts]
    return [list(text[start:start + context + 1])
            for text in texts for start in range(0, max(len(text) - 1, 1), context)]


def perplexity(model, texts) -> float:
    """e to the mean surprise over ``texts``: one list of ids, or a list of such lists.

    The first token of a text is not counted: nothing came before it. Raises ``ValueError`` when
    there is nothing to predict.
    """
    parts = [text for text in windows(texts, model.shape.context) if len(text) > 1]
    if not parts:
        raise ValueError("Perplexity needs a text of at least two tokens.")
    return float(np.exp(np.concatenate([surprises(model, text) for text in parts]).mean()))


@dataclass(frozen=True)
class Difference:
    """How far a second model is from a first one, on the same texts."""

    kl: float        # nats per token, 0 or more
    same_top: float  # share of places where both think the same token likeliest, 0 to 1


def difference(reference, other, texts) -> Difference:
    """Compare ``other`` with ``reference`` at every place of ``texts`` (ids)."""
    kls, same = [], []
    for text in windows(texts, reference.shape.context):
        text = text[:reference.shape.context]
        p, q = log_probs(reference.forward(text)), log_probs(other.forward(text))  # (T, V) each
        kls.append((np.exp(p) * (p - q)).sum(axis=-1))                             # (T,)
        same.append(p.argmax(axis=-1) == q.argmax(axis=-1))                        # (T,)
    return Difference(float(np.concatenate(kls).mean()), float(np.concatenate(same).mean()))


if __name__ == "__main__":
    from .golden import main

    main()
