"""How people really type: with and without capitals, question marks and articles."""

_ARTICLES = ("a ", "an ", "the ")
_OPENERS = ("Hi! ", "Hello, ", "Please: ", "Hey, ", "Okay, ", "And ", "So, ", "Now ")
_MAY_BE_SMALL = set("""What What's Why Who Where When Which How Is Are Do Does Can Could Tell Explain Write Give Say Name
Pick Choose Please Count Repeat Suggest Should Was Did Will Will""".split())


def capital(text: str) -> str:
    """The first letter large, the rest as it is."""
    return text[:1].upper() + text[1:]


def typed(rng, text: str) -> str:
    """One way in which a person might type ``text``, which ends with its proper mark."""
    chance = rng.random()
    if chance < 0.60:
        return capital(text)
    if chance < 0.75:
        return text.lower()
    if chance < 0.88:
        return text.rstrip("?.!").lower()
    if chance < 0.94:
        return capital(text.rstrip("?.!"))
    first, rest = text[:1], text[1:]
    return rng.choice(_OPENERS) + (first.lower() if text.split()[0] in _MAY_BE_SMALL else first) + rest


def with_typo(rng, text: str) -> str:
    """``text`` with one letter missing, doubled or swapped with the next."""
    place = rng.randrange(1, max(2, len(text) - 2))
    before, letter, after = text[:place], text[place:place + 1], text[place + 1:]
    return rng.choice((before + after, before + letter + letter + after, before + after[:1] + letter + after[1:]))


def without_article(term: str) -> str:
    """``the KV cache`` -> ``KV cache``."""
    for article in _ARTICLES:
        if term.startswith(article):
            return term[len(article):]
    return term
