"""Plain words, loaded from ``words.toml``, and invented ones."""

import tomllib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent

_STARTS = ("b", "br", "ch", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "kl", "l", "m", "n", "p", "pr", "qu", "r", "s",
           "sh", "st", "t", "tr", "v", "w", "y", "z", "")
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ee", "ou", "ia", "y")
_ENDS = ("", "", "", "n", "l", "r", "s", "m", "t", "ck", "nd", "x", "v", "th", "ld", "rt", "ne", "la", "ko", "ssa", "mund", "lyn", "dra")


@cache
def words(kind: str) -> tuple[str, ...]:
    """The list called ``kind`` in ``words.toml``."""
    return tuple(_lists()[kind].split())


@cache
def _lists() -> dict[str, str]:
    return tomllib.loads((FOLDER / "words.toml").read_text(encoding="utf-8"))


def invented(rng) -> str:
    """A word that does not exist, of one to three syllables: ``drounal``, ``zeem``, ``kiasto`` ..."""
    count = rng.choice((1, 2, 2, 2, 3, 3))
    word = "".join(rng.choice(_STARTS) + rng.choice(_VOWELS) + rng.choice(_ENDS) for _ in range(count))
    return word if len(word) > 2 else word + "lo"


def pick(rng, kind: str, invent: float = 0.25) -> str:
    """A word of the list, or (with chance ``invent``) an invented one in the same spelling."""
    word = rng.choice(words(kind))
    if rng.random() >= invent:
        return word
    new = invented(rng)
    return new.capitalize() if word[0].isupper() else new


def name(rng) -> str:
    """A first name: half from the list, half invented, so that copying works for any name."""
    return pick(rng, "names", invent=0.5)


def a(noun: str) -> str:
    """``a fox``, ``an owl``."""
    return ("an " if noun[0] in "aeiou" else "a ") + noun
