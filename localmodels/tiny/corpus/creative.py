"""Open-ended prompts: stories, names, verses, sentences.

They have many right answers, so the model stays unsure of the next token, and temperature and
seed visibly matter.
"""

from .typing_style import capital, typed
from .words import a, pick, words



def name(rng) -> str:
    """A name for somebody in a story: mostly a common one."""
    return pick(rng, "names", invent=0.15)


_STORY = ("Tell me a story about {x}.", "Write a story about {x}.", "Tell a short story about {x}.", "Write a short story about {x}.",
          "Can you tell me a story about {x}?", "I want a story about {x}.", "Make up a story about {x}.", "A story about {x}, please.",
          "Tell me a tale about {x}.", "Tell me about {x} in a story.", "Please write a little story about {x}.")
_ANY_STORY = ("Tell me a story.", "Write a story.", "Tell a story.", "Write a short story.", "Tell me a bedtime story.",
              "Make up a story.", "Can you tell me a story?", "Story please.")
_GOALS = ("wanted to see the sea", "was looking for a friend", "could not sleep at night", "dreamed of flying",
          "had lost a {thing}", "wanted to learn to sing", "was afraid of the dark", "collected old {thing}s",
          "wanted to bake the best bread", "never spoke a word", "had a secret", "liked to count the stars")
_EVENTS = ("One {time}, {n} found {thing_a} near the {place2}.", "One {time}, {thing_a} fell from the sky.",
           "One {time}, {n} met {other_a} called {m}.", "One {time}, {other_a} knocked at the door.",
           "Then a storm came, and {n} hid in the {place2}.", "In the {place2}, {n} heard a strange song.",
           "{n} asked {other_a} for help.", "A {adj2} {other} gave {n} {thing_a}.", "{n} walked all the way to the {place2}.")
_MIDDLES = ("Inside was a map of the {place2}.", "It began to glow in the dark.", "Nobody had seen it before.",
            "They talked until the sun came up.", "\"Do not worry,\" said the {other}.", "It was {adj2} and very old.",
            "At first {n} did not know what to do.", "\"Follow me,\" said {m}.", "It was the bravest thing {n} had ever done.",
            "Everyone in the {place} came to look.")
_ENDS = ("From that day on, they were friends.", "And {n} was never lonely again.", "That night, {n} slept very well.",
         "The {place} was never the same again.", "{n} smiled and went home.", "In the end, it was only a dream.",
         "And the {thing} is still there today.", "So {n} became the happiest {hero} in the {place}.",
         "{n} gave the {thing} back and felt {adj2}.", "Since then, {n} and {m} share every {thing}.")
_TIMES = "morning evening night winter summer day Sunday".split()


def _filler(rng, hero: str) -> dict[str, str]:
    other, thing = rng.choice(words("animals")), rng.choice(words("things"))
    return {"n": name(rng), "m": name(rng), "hero": hero, "adj": rng.choice(words("adjectives")),
            "adj2": rng.choice(words("adjectives")), "place": rng.choice(words("places")), "place2": rng.choice(words("places")),
            "other": other, "other_a": a(other), "thing": thing, "thing_a": a(thing), "time": rng.choice(_TIMES)}


def story(rng, hero: str) -> str:
    """Three to six sentences about ``hero``, who gets a name, a wish, an adventure and an end."""
    fill = _filler(rng, hero)
    first = rng.choice(("Once upon a time, {adj_a} {hero} called {n} lived in {place_a}.", "{n} was {adj_a} {hero} who {goal}.",
                        "In {place_a} there lived {adj_a} {hero}. Its name was {n}.", "There was once {adj_a} {hero} called {n} who {goal}."))
    fill |= {"adj_a": a(fill["adj"]), "place_a": a(fill["place"]), "goal": rng.choice(_GOALS).format(**fill)}
    middle = rng.sample(_MIDDLES, rng.randint(0, 2))
    lines = [first, rng.choice(_EVENTS), *middle, rng.choice(_ENDS)]
    return " ".join(capital(line.format(**fill)) for line in lines)


def tell_story(rng, conversation) -> None:
    """One turn: a story, about something or about anything."""
    if rng.random() < 0.2:
        conversation.add(typed(rng, rng.choice(_ANY_STORY)), story(rng, rng.choice(words("animals"))))
        return
    hero = pick(rng, "animals", 0.15)
    conversation.add(typed(rng, rng.choice(_STORY).format(x=a(hero))), story(rng, hero))


def suggest_names(rng, conversation) -> None:
    """One turn: ideas for what to call something."""
    thing = pick(rng, rng.choice(("animals", "pets", "topics", "things")), 0.15)
    if rng.random() < 0.5:
        ask = rng.choice(("Give me a name for {x}.", "What should I call {x}?", "Suggest a name for {x}.", "I need a name for {x}.",
                          "Think of a name for {x}.", "What is a good name for {x}?", "Name for {x}?"))
        conversation.add(typed(rng, ask.format(x=a(thing))), f"How about {name(rng)}?")
        return
    ask = rng.choice(("Give me three names for {x}.", "Suggest three names for {x}.", "Three names for {x}, please.",
                      "I need three names for {x}.", "Write three names for {x}."))
    answer = f"{name(rng)}, {name(rng)} or {name(rng)}."
    conversation.add(typed(rng, ask.format(x=a(thing))), answer)


_VERSE_1 = ("{adj_a} {x} waits,", "The {x} is awake,", "Look at the {x},", "Softly the {x} sings,", "Deep in the {place},", "One {adj} {x},",
            "Oh, little {x},", "The {x} in the night,")
_VERSE_2 = ("the {topic} is {adj} tonight,", "{adj} as the {topic},", "a {topic} falls without a sound,", "nobody sees the {topic},",
            "dreaming of the {topic},", "and the {topic} answers,", "far away the {topic} shines,", "a song about the {topic},")
_VERSE_3 = ("morning comes again.", "and all is quiet.", "silence in the {place}.", "who will stay with me?", "the {topic2} sleeps.",
            "soon it will be {season}.", "{season} is coming.", "nothing else remains.")
_SEASONS = "winter spring summer autumn".split()


def verse(rng, topic: str, lines: int) -> str:
    """Two or three short lines that begin with ``topic``."""
    fill = {"x": topic, "adj": rng.choice(words("adjectives")), "place": rng.choice(words("places")), "season": rng.choice(_SEASONS),
            "topic": rng.choice(words("topics")), "topic2": rng.choice(words("topics"))}
    fill["adj_a"] = a(fill["adj"])
    shapes = (_VERSE_1, _VERSE_2, _VERSE_3) if lines == 3 else (_VERSE_1, _VERSE_3)
    return "\n".join(capital(rng.choice(shape).format(**fill)) for shape in shapes)


def write_verse(rng, conversation) -> None:
    """One turn: a haiku or a poem of three lines, or one line of verse."""
    topic = pick(rng, rng.choice(("topics", "topics", "animals", "things")), 0.12)
    if rng.random() < 0.7:
        ask = rng.choice(("Write a haiku about {x}", "Write a haiku about {x}.", "Write a poem about {x}.", "Write a short poem about {x}.",
                          "A haiku about {x}, please.", "Write me a little poem about {x}.", "Give me a poem about {x}.",
                          "Can you write a poem about {x}?"))
        answer = verse(rng, topic, 3)
    else:
        ask = rng.choice(("Write two lines about {x}.", "Write a rhyme about {x}.", "Two lines of verse about {x}, please.",
                          "Write a line of verse about {x}."))
        answer = verse(rng, topic, 2)
    conversation.add(typed(rng, ask.format(x=rng.choice((a(topic), "the " + topic)))), answer)


_SENTENCES = ("The {x} was {adj} and {adj2}.", "Every {x} needs a {thing}.", "{n} saw {x_a} in the {place}.", "There is {x_a} in my {place}.",
              "I once met {x_a} that was {adj}.", "{x_A} and {other_a} sat in the {place}.", "Without the {x}, the {place} would be {adj}.",
              "{n} dreamed of {adj_a} {x}.", "The {adj} {x} belongs to {n}.")


def sentence(rng, topic: str) -> str:
    """One sentence about ``topic``."""
    fill = _filler(rng, topic) | {"x": topic, "x_a": a(topic), "x_A": capital(a(topic))}
    fill["adj_a"] = a(fill["adj"])
    return rng.choice(_SENTENCES).format(**fill)


def write_sentence(rng, conversation) -> None:
    """One turn: any sentence about a thing."""
    topic = pick(rng, rng.choice(("topics", "topics", "animals", "things")), 0.12)
    ask = rng.choice(("Write a sentence about {x}.", "Write one sentence about {x}.", "Make a sentence with {x}.",
                      "Give me a sentence about {x}.", "Say something about {x}.", "Write something about {x}."))
    conversation.add(typed(rng, ask.format(x=rng.choice((a(topic), "the " + topic)))), sentence(rng, topic))


_IDEAS = ("an app that {verb} {topic}s", "a website about the {topic}", "a game with {adj_a} {hero}", "a chat that talks like {hero_a}",
          "a program that {verb} your {thing}s", "a small robot that {verb} {topic}s", "a diary for {adj} {hero}s")
_VERBS = "counts sorts finds draws names describes collects compares".split()


def give_idea(rng, conversation) -> None:
    """One turn: an idea for a project."""
    ask = rng.choice(("Give me an idea for a project.", "I need an idea for a project.", "What could I build?", "Suggest a project.",
                      "Give me an idea.", "What should I build?", "Give me an idea for an app.", "Suggest an idea for a program."))
    hero = rng.choice(words("animals"))
    fill = {"verb": rng.choice(_VERBS), "topic": rng.choice(words("topics")), "thing": rng.choice(words("things")), "hero": hero,
            "hero_a": a(hero), "adj": rng.choice(words("adjectives"))}
    fill["adj_a"] = a(fill["adj"])
    conversation.add(typed(rng, ask), f"You could build {rng.choice(_IDEAS).format(**fill)}.")
