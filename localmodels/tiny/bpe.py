"""Learn the 1,024-entry byte-level BPE vocabulary from a sample of the corpus.

Needs the ``tokenizers`` package; only training does. Students read ids with ``tokenizer.py``.
"""

import json

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
"""Tokens that text can never contain: padding, start of a message, end of a message."""

# How llama.cpp (pre-tokenizer "llama-bpe") and Ollama cut text into words before merging.
WORDS = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
         r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def learn(texts, size: int = 1024) -> Tokenizer:
    """A trained tokenizer with ``size`` entries, the three special tokens among them."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(WORDS), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=list(SPECIAL), show_progress=False,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def entries_and_merges(tokenizer: Tokenizer) -> tuple[list[str], list[str]]:
    """The vocabulary in id order, and the merges in rank order, each as ``"left right"``."""
    model = json.loads(tokenizer.to_str())["model"]
    entries = sorted(model["vocab"], key=model["vocab"].get)
    merges = [pair if isinstance(pair, str) else " ".join(pair) for pair in model["merges"]]
    return entries, merges
