"""Text becomes numbers, and numbers become text: byte-level byte-pair encoding (BPE).

Three steps. The text is cut into words (a space belongs to the word after it). Each word is
written as bytes, one printable letter per byte. Then the pair of neighbours that was learned
first is joined, again and again, until no known pair is left; what remains are the tokens.
"""

import codecs
import re
import sys
import unicodedata
from functools import lru_cache

from .gguf_file import BadModelFile, GGUFFile

CONTROL = 3   # the token type GGUF gives to marks that are not text, such as <|im_end|>


def byte_letters() -> dict[int, str]:
    """A printable letter for each of the 256 bytes, as GPT-2 chose them.

    Bytes that print well stand for themselves; the others get letters from 256 upwards, so a
    space becomes 'Ġ' and a line break 'Ċ'.

    >>> letters = byte_letters()
    >>> letters[ord("a")], letters[ord(" ")], letters[ord("\\n")]
    ('a', 'Ġ', 'Ċ')
    """
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) for byte in printable} | {
        byte: chr(256 + number) for number, byte in enumerate(others)}


def other_numbers() -> str:
    """Number characters that are not decimal digits (such as ² or Ⅷ), ready for a [...] class.

    Python's ``re`` counts them as letters; Unicode does not. They all lie below 0x20000.
    """
    found = [c for c in map(chr, range(0x20000)) if unicodedata.category(c) in ("No", "Nl")]
    return "".join(found)


@lru_cache(maxsize=1)
def word_pattern() -> re.Pattern:
    """How Llama 3 cuts text into words ("llama-bpe"), for Python's own ``re``.

    >>> word_pattern().findall("It's 2026, is it?  Yes!")
    ['It', "'s", ' ', '202', '6', ',', ' is', ' it', '?', ' ', ' Yes', '!']
    """
    more = other_numbers()
    blank = r"\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"   # Unicode White_Space
    letter = rf"[^\W\d_{more}]"
    number = rf"[\d{more}]"
    return re.compile("|".join([
        r"'(?:[sStTmMdD]|[rR][eE]|[vV][eE]|[lL][lL])",             # 's 't 're 've 'm 'll 'd
        rf"(?:(?!{letter}|{number})[^\r\n])?{letter}+",            # a word, with one sign before it
        rf"{number}{{1,3}}",                                       # up to three digits
        rf" ?(?:(?!{letter}|{number})[^{blank}])+[\r\n]*",         # signs, with the line break after
        rf"[{blank}]*[\r\n]+",                                     # blank lines
        rf"[{blank}]+(?![^{blank}])",                              # blanks up to the last one
        rf"[{blank}]+",
    ]))


class Tokenizer:
    """Vocabulary and merges of one model. Ids are the places in ``entries``."""

    def __init__(self, entries: list[str], merges: list[str], kinds: list[int], end: int, start=None):
        self.entries = entries
        self.ids = {entry: number for number, entry in enumerate(entries)}
        self.ranks = {tuple(pair.split(" ")): rank for rank, pair in enumerate(merges)}
        self.special = {entry: n for n, (entry, kind) in enumerate(zip(entries, kinds)) if kind == CONTROL}
        self.end, self.start = end, start       # ids: end of a message, start of a text (or None)
        self.letters = byte_letters()
        self.bytes = {letter: byte for byte, letter in self.letters.items()}
        self.marks = re.compile("|".join(map(re.escape, sorted(self.special, key=len, reverse=True))) or "(?!)")
        self.word_ids = lru_cache(maxsize=20_000)(self._word_ids)

    @classmethod
    def from_gguf(cls, file: GGUFFile) -> "Tokenizer":
        """The tokenizer stored in a GGUF file. Raises ``BadModelFile`` for another kind."""
        kind = file.setting("tokenizer.ggml.model"), file.setting("tokenizer.ggml.pre")
        if kind != ("gpt2", "llama-bpe"):
            raise BadModelFile(f"{file.path.name} cuts text with the tokenizer {kind[0]!r} ({kind[1]!r}); this "
                               "small runtime knows only 'gpt2' with 'llama-bpe'. Use Ollama or llama.cpp.")
        entries = file.setting("tokenizer.ggml.tokens")
        first = file.metadata.get("tokenizer.ggml.add_bos_token")
        return cls(entries, file.setting("tokenizer.ggml.merges"),
                   file.setting("tokenizer.ggml.token_type", [1] * len(entries)),
                   file.setting("tokenizer.ggml.eos_token_id"),
                   file.setting("tokenizer.ggml.bos_token_id") if first else None)

    def encode(self, text: str, special: bool = False) -> list[int]:
        """The token ids of ``text``.

        Text is only text: "<|im_end|>" typed by a user does not end a message. With ``special``
        the marks in the text count as marks; use that only for text you wrote yourself.
        """
        if not special:
            return [token for word in word_pattern().findall(text) for token in self.word_ids(word)]
        ids, place = [], 0
        for mark in self.marks.finditer(text):
            ids += [*self.encode(text[place:mark.start()]), self.special[mark.group()]]
            place = mark.end()
        return ids + self.encode(text[place:])

    def _word_ids(self, word: str) -> tuple[int, ...]:
        """Join pairs, best rank first, until none is known."""
        parts = [self.letters[byte] for byte in word.encode("utf-8", "replace")]
        while len(parts) > 1:
            pairs = set(zip(parts, parts[1:]))
            best = min(pairs, key=lambda pair: self.ranks.get(pair, sys.maxsize))
            if best not in self.ranks:       # every rank was infinite: nothing left to join
                break
            parts = join(parts, best)
        return tuple(self.ids[part] for part in parts)

    def decode(self, ids, special: bool = False) -> str:
        """The text of ``ids``. Marks are left out unless ``special``; broken UTF-8 becomes �."""
        return b"".join(self.token_bytes(token, special) for token in ids).decode("utf-8", "replace")

    def token_bytes(self, token: int, special: bool = False) -> bytes:
        """The bytes one id stands for; a character may be spread over several tokens."""
        entry = self.entries[token]
        if entry in self.special:
            return entry.encode() if special else b""
        return bytes(self.bytes[letter] for letter in entry)

    def stream(self, ids):
        """Yield (id, text) per id; text waits until its characters are complete."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        for token in ids:
            yield token, decoder.decode(self.token_bytes(token))


def join(parts: list[str], pair: tuple[str, str]) -> list[str]:
    """Every ``pair`` of neighbours becomes one part.

    >>> join(["b", "a", "n", "a", "n"], ("a", "n"))
    ['b', 'an', 'an']
    """
    joined, place = [], 0
    while place < len(parts):
        step = 2 if tuple(parts[place:place + 2]) == pair else 1
        joined.append("".join(parts[place:place + step]))
        place += step
    return joined
