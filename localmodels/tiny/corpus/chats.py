"""Put turns together into chats: mostly one turn, sometimes a conversation, sometimes with a system message."""

import random
from dataclasses import dataclass, field

from . import creative, echo, facts, memory, smalltalk, sums, systems
from .typing_style import typed

LONGEST = 1700
"""Characters in a chat at most, so that it fits into 512 tokens."""

_WHY = ("Why does it matter?", "Why is that important?", "Why should I care?", "Why does that matter?", "And why does it matter?",
        "Tell me more.", "Why?", "More, please.", "Why is it useful?", "What is it good for?", "Go on.", "Why is this important?")
_AGAIN = ("Say that again.", "Can you repeat that?", "Repeat that, please.", "Again, please.", "Once more, please.", "Pardon?",
          "Please say that again.", "What did you say?", "Repeat your last answer.", "Sorry, what?")


@dataclass
class Conversation:
    """A chat being written, and what its later turns need to know of the earlier ones."""

    messages: list = field(default_factory=list)
    told: dict = field(default_factory=dict)   # what the person told: {"name": "Ada"}
    fact: facts.Fact | None = None             # the fact of the turn just before
    own_name: str = ""                         # the name a system message gave the model
    prefix: str = ""
    suffix: str = ""
    only: str = ""                             # a system message's one answer to everything

    def add(self, said: str, answer: str) -> None:
        """One question and its answer, changed by what the system message asks."""
        full = self.only or f"{self.prefix}{answer}{self.suffix}"
        self.messages += [{"role": "user", "content": said}, {"role": "assistant", "content": full}]
        self.fact = None

    def length(self) -> int:
        return sum(len(message["content"]) + 20 for message in self.messages)


def fact_turn(rng, conversation) -> None:
    """One turn: a question about the course."""
    fact = facts.choose(rng)
    conversation.add(facts.ask(rng, fact), fact.answer)
    conversation.fact = fact


def introduce(rng, conversation) -> None:
    """One turn: a name and a question about the course in one message."""
    who, fact = memory.value_of(rng, "name"), facts.choose(rng)
    said = rng.choice(("Hi, I am {n}. ", "My name is {n}. ", "I'm {n}. ", "Hello, my name is {n}. ")).format(n=who)
    conversation.add(said + facts.ask(rng, fact), fact.answer)
    conversation.told["name"], conversation.fact = who, fact


def follow_up(rng, conversation) -> None:
    """One turn: ask further after a fact, or have the last answer repeated."""
    fact = conversation.fact
    if fact and fact.reason and rng.random() < 0.75:
        conversation.add(typed(rng, rng.choice(_WHY)), facts.facts_by_key()[fact.reason].answer)
    elif conversation.messages and not (conversation.prefix or conversation.suffix or conversation.only):
        last = conversation.messages[-1]["content"]
        conversation.add(typed(rng, rng.choice(_AGAIN)), last)
    else:
        fact_turn(rng, conversation)


TURNS = {  # kind of turn: how often it starts a chat of one turn, how often it stands in a conversation
    fact_turn: (50, 24),
    smalltalk.refuse: (13, 5),
    smalltalk.talk: (8, 5),
    creative.tell_story: (5, 1.5),
    creative.suggest_names: (3, 1),
    creative.write_verse: (3, 1),
    creative.write_sentence: (3, 1),
    creative.give_idea: (1, 0.5),
    echo.say: (4, 2),
    echo.repeat: (4, 2),
    echo.count: (0.5, 0.3),
    echo.one_of: (1.5, 1),
    echo.chance: (0.7, 0.5),
    sums.addition: (1.5, 1),
    sums.multiplication: (0.7, 0.4),
    sums.model_size: (2, 0.5),
    sums.speed: (0.7, 0.3),
    memory.tell: (4, 20),
    memory.recall: (1.5, 24),
    memory.tell_and_ask: (4, 1),
    introduce: (0.5, 1.5),
    follow_up: (0, 11),
}


def one_chat(rng) -> list[dict]:
    """A new chat: a list of messages with role and content, ending with an answer."""
    conversation = Conversation()
    if rng.random() < 0.20:
        systems.add_system(rng, conversation)
    long = rng.random() < 0.4
    turns = rng.choice((2, 2, 2, 3, 3, 4, 5, 6, 8, 12)) if long else 1
    kinds = list(TURNS)
    weights = [TURNS[kind][long] for kind in kinds]
    for _ in range(turns):
        kind = rng.choices(kinds, weights)[0]
        if kind is follow_up and not conversation.messages:
            kind = fact_turn
        kind(rng, conversation)
        if conversation.length() > LONGEST - 400:
            break
    return conversation.messages


def chats(seed: int):
    """Endless chats; the same seed gives the same chats on every machine."""
    rng = random.Random(seed)
    while True:
        yield one_chat(rng)
