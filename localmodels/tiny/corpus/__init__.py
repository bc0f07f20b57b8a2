"""The text that the tiny model learns from: generated chats about the course, all our own words.

What to read, in this order: ``facts.toml`` (what the model knows), ``facts.py`` (how it is asked),
``smalltalk.py``, ``memory.py``, ``creative.py``, ``echo.py``, ``sums.py`` (the other kinds of turn),
``systems.py`` (system messages), ``chats.py`` (how turns become chats). Only the standard library is needed.
"""

from itertools import islice

from .chats import chats
from .facts import held_out_questions

__all__ = ["evaluation_chats", "held_out_questions", "training_chats"]

EVALUATION_SEED = 20_000_013
"""Far from any seed that training uses: no evaluation chat is a training chat by construction."""


def training_chats(seed: int):
    """Endless fresh chats for training; each is a list of messages with role and content."""
    return chats(seed)


def evaluation_chats(n: int = 300, seed: int = EVALUATION_SEED) -> list[list[dict]]:
    """The fixed text for perplexity: ``n`` chats drawn like training chats but never trained on."""
    return list(islice(chats(seed), n))
