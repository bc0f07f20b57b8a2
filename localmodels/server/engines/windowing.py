"""Fitting a conversation into the context: what is dropped, what is refused, what slides."""

from .. import gojson
from ..errors import EngineError

SMALLEST = 4          # tokens; Ollama goes no lower
TOO_LONG = (
    "the prompt is longer than the context length currently available to the model; shorten the prompt, "
    "adjust the context length in settings, or use a model with a longer context length")


def context_size(options, longest):
    """num_ctx, between 4 and what the model was made for; 0 means all of it."""
    return max(SMALLEST, min(options.num_ctx or longest, longest))


def fit_messages(messages, size, count):
    """Leave out the oldest messages until `count(messages)` tokens fit; system messages and the last stay."""
    droppable = [at for at, one in enumerate(messages[:-1]) if one["role"] != "system"]

    def without(number):
        dropped = set(droppable[:number])
        return [one for at, one in enumerate(messages) if at not in dropped]

    # Counting is the slow part, so the number to drop is found by halving.
    few, many = 0, len(droppable)
    while few < many:
        middle = (few + many) // 2
        few, many = (few, middle) if count(without(middle)) <= size else (middle + 1, many)
    return without(few)


def fit_prompt(ids, size, options):
    """Token ids that leave room for an answer. Raises EngineError where truncate or shift forbid cutting."""
    if len(ids) < size:
        return list(ids)
    if not options.truncate:
        raise EngineError(400, exceeded(len(ids), size))
    if not options.shift:
        raise EngineError(400, TOO_LONG)
    return slide(ids, size, options.num_keep)


def slide(ids, size, keep):
    """The first `keep` tokens and the newest ones, half of the rest forgotten at a time.

    >>> slide(list(range(10)), size=8, keep=2)
    [0, 1, 5, 6, 7, 8, 9]
    """
    keep = max(0, min(keep, size - SMALLEST))
    step = max(1, (size - keep) // 2)
    rest = ids[keep:]
    return [*ids[:keep], *rest[step * ((len(rest) - (size - keep)) // step + 1):]]


def exceeded(tokens, size):
    """llama.cpp's own error, which Ollama passes on as text."""
    message = f"request ({tokens} tokens) exceeds the available context size ({size} tokens), try increasing it"
    return gojson.dumps({"error": {"code": 400, "message": message, "type": "exceed_context_size_error",
                                   "n_prompt_tokens": tokens, "n_ctx": size}})
