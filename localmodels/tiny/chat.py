"""How a chat becomes what the model reads (the ChatML convention).

Every message is wrapped in marks, and the text ends where the model's own words begin:

    <|im_start|>user
    Hello!<|im_end|>
    <|im_start|>assistant
"""

START, END = "<|im_start|>", "<|im_end|>"


def chat_text(messages) -> str:
    """The chat as one string, ready for the model's answer.

    >>> chat_text([{"role": "user", "content": "Hello!"}])
    '<|im_start|>user\\nHello!<|im_end|>\\n<|im_start|>assistant\\n'
    """
    said = "".join(f"{START}{message['role']}\n{message['content']}{END}\n" for message in messages)
    return f"{said}{START}assistant\n"


def said_ids(tokenizer, messages) -> list[int]:
    """What was said so far as token ids. Only the marks set here are marks.

    A user who types "<|im_end|>" cannot end the message and speak as somebody else: what people
    wrote is always encoded as text.
    """
    start, end = tokenizer.special[START], tokenizer.special[END]
    ids = []
    for message in messages:
        ids += [start, *tokenizer.encode(f"{message['role']}\n{message['content']}"), end, *tokenizer.encode("\n")]
    return ids


def chat_ids(tokenizer, messages) -> list[int]:
    """The same and the opening of the model's answer, ready to generate from."""
    return [*said_ids(tokenizer, messages), tokenizer.special[START], *tokenizer.encode("assistant\n")]
