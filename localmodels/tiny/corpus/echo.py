"""Small orders that are followed to the letter: repeat, say, count, name one thing."""

from .typing_style import typed
from .words import invented, name, pick, words

NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_SAY = ("Reply with one word: {x}", "Say {x}.", "Reply with the word {x}.", "Answer only with the word {x}.", "Just say {x}.",
        "Reply with exactly this word: {x}", "Please say {x}.", "Say the word {x}.", "Answer with one word: {x}",
        "Reply with: {x}", "Say only {x}.", "Write the word {x}.", "Reply only with {x}.")
_REPEAT = ("Repeat after me: {x}", "Repeat: {x}", "Repeat this: {x}", "Say this: {x}", "Please repeat: {x}",
           "Write exactly this: {x}", "Copy this: {x}", "Echo: {x}")
_ONE_OF = {
    "colours": ("Name a colour.", "Name a color.", "Tell me a colour.", "Pick a colour.", "Choose a colour.", "Give me a colour.",
                "Say a colour.", "Name one colour.", "Think of a colour."),
    "animals": ("Name an animal.", "Tell me an animal.", "Pick an animal.", "Choose an animal.", "Name one animal.", "Think of an animal."),
    "cities": ("Name a city.", "Tell me a city.", "Pick a city.", "Choose a city.", "Name one city.", "Think of a city."),
    "fruits": ("Name a fruit.", "Tell me a fruit.", "Pick a fruit.", "Choose a fruit.", "Name one fruit.", "Think of a fruit."),
    "names": ("Name a person.", "Tell me a name.", "Pick a name.", "Choose a name.", "Give me a name.", "Think of a name."),
}


def _thing(rng) -> str:
    kind = rng.choice(("things", "topics", "colours", "animals", "adjectives", "nouns"))
    word = rng.choice(("ready", "yes", "no", "hello", "pong", "done", "okay")) if rng.random() < 0.2 else pick(rng, kind, 0.35)
    return rng.choice((word, word, word, word.upper() if len(word) < 6 else word, word.capitalize()))


def say(rng, conversation) -> None:
    """One turn: say this one word."""
    word = _thing(rng)
    conversation.add(rng.choice(_SAY).format(x=word), word)


def repeat(rng, conversation) -> None:
    """One turn: repeat these words."""
    count = rng.randint(1, 7)
    text = " ".join(rng.choice((_thing(rng), invented(rng), name(rng), str(rng.randint(0, 99)))) for _ in range(count))
    conversation.add(rng.choice(_REPEAT).format(x=text), text)


def count(rng, conversation) -> None:
    """One turn: count to a number up to twelve."""
    last = rng.randint(2, 12)
    numeral = rng.choice((NUMBERS[last - 1], str(last)))
    order = rng.choice(("Count to {n}.", "Count from one to {n}.", "Please count to {n}.", "Can you count to {n}?", "Count up to {n}."))
    conversation.add(typed(rng, order.format(n=numeral)), ", ".join(NUMBERS[:last]) + ".")


def one_of(rng, conversation) -> None:
    """One turn: name any colour, animal ...: every one is equally right."""
    kind = rng.choice(("colours", "colours", *_ONE_OF))
    word = rng.choice(words(kind))
    conversation.add(typed(rng, rng.choice(_ONE_OF[kind])), word.capitalize() + ".")


def chance(rng, conversation) -> None:
    """One turn: a coin, a die, a number."""
    orders, answer = rng.choice((
        (("Flip a coin.", "Toss a coin.", "Heads or tails?"), rng.choice(("Heads.", "Tails."))),
        (("Roll a die.", "Roll a dice.", "Throw a die."), NUMBERS[rng.randrange(6)].capitalize() + "."),
        (("Pick a number between 1 and 10.", "Choose a number from 1 to 10.", "Pick a number from one to ten."),
         f"{rng.randint(1, 10)}."),
        (("Pick a number between 1 and 100.", "Choose a number from 1 to 100.", "Give me a random number."), f"{rng.randint(1, 100)}."),
    ))
    conversation.add(typed(rng, rng.choice(orders)), answer)
