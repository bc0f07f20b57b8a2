"""Sums: small ones the model learns by heart, and sizes it only learns to guess."""

from .typing_style import typed

BITS = {"f16": 16, "Q8_0": 8.5, "Q5_0": 5.5, "Q4_0": 4.5, "Q4_K_M": 4.8, "Q2_K": 2.6, "8 bits": 8, "4 bits": 4, "16 bits": 16}
"""Bits per weight of the formats that the course uses."""
_BILLIONS = (0.5, 1, 1.5, 2, 3, 4, 6, 7, 8, 9, 12, 13, 14, 20, 27, 30, 32, 70)


def addition(rng, conversation) -> None:
    """One turn: two numbers up to twenty."""
    one, two = rng.randint(0, 20), rng.randint(0, 20)
    if rng.random() < 0.5:
        one, two = one % 11, two % 11
    ask = rng.choice(("What is {a} + {b}?", "What is {a} plus {b}?", "{a} + {b} = ?", "Add {a} and {b}.", "How much is {a} + {b}?",
                      "{a}+{b}", "Calculate {a} + {b}."))
    conversation.add(typed(rng, ask.format(a=one, b=two)), f"{one} + {two} = {one + two}.")


def multiplication(rng, conversation) -> None:
    """One turn: the multiplication table up to ten."""
    one, two = rng.randint(1, 10), rng.randint(1, 10)
    ask = rng.choice(("What is {a} times {b}?", "What is {a} x {b}?", "Multiply {a} by {b}.", "How much is {a} times {b}?", "{a} * {b}"))
    conversation.add(typed(rng, ask.format(a=one, b=two)), f"{one} times {two} is {one * two}.")


def size(billions: float, bits: float) -> float:
    """Gigabytes for the weights of a model: billions of weights times bits, over eight."""
    return billions * bits / 8


def model_size(rng, conversation) -> None:
    """One turn: how much memory a model needs. The answer has one decimal, so it can be checked."""
    billions = rng.choice(_BILLIONS) if rng.random() < 0.6 else round(rng.uniform(0.5, 40), 1)
    kind = rng.choice(tuple(BITS))
    ask = rng.choice(("How much memory does a {n}B model need in {k}?", "How large is a {n}B model in {k}?",
                      "How many GB is a {n}B model in {k}?", "How big is a {n}B model with {k}?",
                      "What is the size of a {n}B model in {k}?", "How much space does a {n}B model take in {k}?"))
    answer = f"A {billions:g}B model in {kind} needs about {size(billions, BITS[kind]):.1f} GB for its weights."
    conversation.add(typed(rng, ask.format(n=f"{billions:g}", k=kind)), answer)


def speed(rng, conversation) -> None:
    """One turn: tokens and seconds that divide without a rest."""
    seconds, rate = rng.randint(2, 10), rng.choice((5, 10, 15, 20, 25, 30, 40, 50, 60, 80, 100))
    ask = rng.choice(("A model makes {t} tokens in {s} seconds. How fast is it?", "How fast is {t} tokens in {s} seconds?",
                      "How many tokens per second is {t} tokens in {s} seconds?", "What is {t} tokens in {s} seconds per second?"))
    conversation.add(typed(rng, ask.format(t=seconds * rate, s=seconds)), f"That is {rate} tokens per second.")
