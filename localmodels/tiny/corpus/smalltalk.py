"""Small talk, questions about the model itself, and questions it must not try to answer."""

import re
import tomllib
from functools import cache

from . import creative
from .typing_style import typed
from .words import FOLDER, invented, pick


@cache
def talks() -> tuple[dict, ...]:
    """Groups of ways to say something, each with its possible answers."""
    return tuple(tomllib.loads((FOLDER / "smalltalk.toml").read_text(encoding="utf-8"))["talk"])


@cache
def _offtopic() -> dict:
    return tomllib.loads((FOLDER / "offtopic.toml").read_text(encoding="utf-8"))


def refusal() -> str:
    """The one sentence with which the model says that it does not know."""
    return _offtopic()["refusal"]


@cache
def offtopic_templates() -> tuple[str, ...]:
    return tuple(_offtopic()["templates"].strip().splitlines())


def offtopic_question(rng) -> str:
    """A question outside the course, with real and invented words in it."""
    def fill(match) -> str:
        kind = match.group(1)
        if kind == "invented":
            return invented(rng) if rng.random() < 0.7 else invented(rng).capitalize()
        if kind == "text":
            return creative.story(rng, pick(rng, "animals")) if rng.random() < 0.5 else creative.sentence(rng, pick(rng, "topics"))
        if kind == "digits":
            return "".join(rng.choice("0123456789") for _ in range(rng.randint(6, 12)))
        if kind == "year":
            return str(rng.randint(1100, 2020))
        if kind == "small":
            return str(rng.randint(2, 30))
        return pick(rng, kind)
    return re.sub(r"\{(\w+)\}", fill, rng.choice(offtopic_templates()))


def refuse(rng, conversation) -> None:
    """One turn: a question that is off topic, and the refusal."""
    conversation.add(typed(rng, offtopic_question(rng)), refusal())


def talk(rng, conversation) -> None:
    """One turn of small talk."""
    group = rng.choice(talks())
    answer = rng.choice(group["answers"])
    said = rng.choice(group["ask"])
    if group is talks()[0] and "name" in conversation.told:
        answer = f"Hello, {conversation.told['name']}! Ask me about this course."
    if group["answers"][0].startswith("My name is") and conversation.own_name:
        answer = f"My name is {conversation.own_name}."
    conversation.add(said if rng.random() < 0.7 else typed(rng, said), answer)
