"""What a person tells about themselves, and whether it comes back later in the same chat.

The model remembers nothing between requests. Inside one request it can copy from an earlier
message, and these turns teach it to: also for names it never met, because half are invented.
"""

from dataclasses import dataclass

from .typing_style import typed
from .words import name, pick


@dataclass(frozen=True)
class Detail:
    """One thing a person may tell. ``{v}`` stands for its value."""

    tell: tuple[str, ...]
    reply: str
    recall: tuple[str, ...]
    known: str
    unknown: str


DETAILS = {
    "name": Detail(
        ("My name is {v}.", "I am {v}.", "I'm {v}.", "Hi, my name is {v}.", "Hello, I am {v}.", "Call me {v}.", "Please call me {v}.",
         "Hi! I'm {v}.", "Hello! My name is {v}.", "My name is {v}. Please remember it.", "You can call me {v}.",
         "Remember: my name is {v}.", "They call me {v}.", "My name's {v}.", "Hi, I'm {v}, nice to meet you."),
        "Nice to meet you, {v}.",
        ("What is my name?", "What's my name?", "Who am I?", "Do you know my name?", "Do you remember my name?", "Tell me my name.",
         "How am I called?", "What was my name?", "What am I called?", "Can you tell me my name?", "Say my name.",
         "What is my name again?", "Which name did I tell you?"),
        "Your name is {v}.", "You have not told me your name."),
    "colour": Detail(
        ("My favourite colour is {v}.", "My favorite color is {v}.", "I like the colour {v} best.", "The colour I like most is {v}.",
         "{v} is my favourite colour.", "I love the colour {v}."),
        "I will remember that you like {v}.",
        ("What is my favourite colour?", "What's my favourite colour?", "What is my favorite color?", "Which colour do I like?",
         "Do you know my favourite colour?", "What colour do I like best?", "Tell me my favourite colour."),
        "Your favourite colour is {v}.", "You have not told me your favourite colour."),
    "city": Detail(
        ("I live in {v}.", "I am from {v}.", "My home is in {v}.", "My city is {v}.", "I come from {v}.", "I'm from {v}.",
         "I live in the city of {v}."),
        "So you live in {v}.",
        ("Where do I live?", "Which city do I live in?", "What is my city?", "Where am I from?", "In which city do I live?",
         "Do you know where I live?", "Tell me where I live."),
        "You live in {v}.", "You have not told me where you live."),
    "pet": Detail(
        ("My {p} is called {v}.", "I have a {p} called {v}.", "The name of my {p} is {v}.", "I have a {p} named {v}.",
         "My {p}'s name is {v}."),
        "{v} is a good name for a {p}.",
        ("What is my {p} called?", "What is the name of my {p}?", "What's my {p}'s name?", "How is my {p} called?",
         "Do you know the name of my {p}?", "What is my {p}'s name?"),
        "Your {p} is called {v}.", "You have not told me about your {p}."),
    "number": Detail(
        ("My favourite number is {v}.", "My lucky number is {v}.", "Remember the number {v}.", "The number is {v}.",
         "Keep the number {v} in mind."),
        "I will remember the number {v}.",
        ("What is my number?", "Which number did I tell you?", "What was the number?", "What is my favourite number?",
         "What is my lucky number?", "Do you remember the number?"),
        "The number is {v}.", "You have not told me a number."),
    "job": Detail(
        ("I work as {a} {v}.", "My job is {v}.", "I am {a} {v} by profession.", "I earn my money as {a} {v}.", "By profession I am {a} {v}."),
        "Working as {a} {v} must be interesting.",
        ("What is my job?", "What do I do for work?", "What is my profession?", "Do you know my job?", "What do I work as?"),
        "You work as {a} {v}.", "You have not told me your job."),
}
ORDER = ("name", "name", "name", "name", "name", "colour", "city", "pet", "number", "job")


def value_of(rng, kind: str) -> str:
    """A random value for one kind of detail."""
    if kind == "name":
        whole = name(rng)
        return f"{whole} {name(rng)}" if rng.random() < 0.06 else whole
    if kind == "number":
        return str(rng.randint(1, 999))
    if kind == "pet":
        return name(rng)
    return pick(rng, {"colour": "colours", "city": "cities", "job": "jobs"}[kind], invent=0.3)


def article(value: str) -> str:
    """The article that goes before ``value``: ``an`` for ``engineer``."""
    return "an" if value[:1].lower() in "aeiou" else "a"


def tell(rng, conversation) -> None:
    """One turn: the person tells something; it may replace what was told before."""
    kind = rng.choice(ORDER)
    detail, value = DETAILS[kind], value_of(rng, kind)
    pet = pick(rng, "pets", invent=0.1)
    if rng.random() < 0.1:
        value = value.lower()
    sentence = rng.choice(detail.tell).replace("{p}", pet).replace("{a}", article(value))
    said = typed(rng, sentence.replace("{v}", "\0")).replace("\0", value)
    conversation.add(said, detail.reply.format(v=value, p=pet, a=article(value)))
    conversation.told[kind] = value
    if kind == "pet":
        conversation.told["pet kind"] = pet


def recall(rng, conversation) -> None:
    """One turn: the person asks for a detail, told before or not."""
    told = [kind for kind in conversation.told if kind in DETAILS]
    kind = rng.choice(told) if told and rng.random() < 0.85 else rng.choice(ORDER)
    detail = DETAILS[kind]
    pet = conversation.told.get("pet kind") or pick(rng, "pets", invent=0.1)
    answer = detail.known if kind in conversation.told else detail.unknown
    question = typed(rng, rng.choice(detail.recall).replace("{p}", pet))
    value = conversation.told.get(kind, "")
    conversation.add(question, answer.format(v=value, p=pet, a=article(value)))


def tell_and_ask(rng, conversation) -> None:
    """One turn: two things told at once, or one told and asked for in the same message."""
    kind = rng.choice(("name", "name", "city", "number", "colour"))
    detail, value = DETAILS[kind], value_of(rng, kind)
    conversation.told[kind] = value
    if kind == "name" and rng.random() < 0.5:
        city = value_of(rng, "city")
        shape = rng.choice(("My name is {v} and I live in {c}.", "I am {v} from {c}.", "My name is {v}. I live in {c}.",
                            "I'm {v} and I come from {c}.", "Hi, I am {v} and I live in {c}."))
        conversation.add(shape.format(v=value, c=city), detail.reply.format(v=value))
        conversation.told["city"] = city
        return
    told = next(sentence for sentence in rng.sample(detail.tell, len(detail.tell)) if sentence[-1] == ".")
    conversation.add(f"{told} {rng.choice(detail.recall)}".format(v=value), detail.known.format(v=value))
