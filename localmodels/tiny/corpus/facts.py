"""Facts from ``facts.toml`` and the many wordings in which each of them is asked for.

One pair (fact, wording) in ten is held out: it never appears in training text and is what
``evaluate.py`` asks. The first wording of a fact is never held out.
"""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache

from .typing_style import typed, with_typo, without_article
from .words import FOLDER

WHAT = (  # {t} the term, {is} "is" or "are"; held-out pairs are drawn per fact
    "what {is} {t}?", "explain {t}.", "tell me about {t}.", "what {do} {t} mean?", "define {t}.", "what's {t}?",
    "can you explain {t}?", "in one sentence: what {is} {t}?", "could you tell me about {t}?", "what do you know about {t}?",
    "give me a definition of {t}.", "I do not understand {t}.", "describe {t} in one sentence.", "what exactly {is} {t}?",
    "do you know what {t} {is}?", "help me understand {t}.", "in simple words, what {is} {t}?", "please explain {t} to me.",
    "what {is} meant by {t}?", "{t}?", "how {do} {t} work?", "explain {t} to a beginner.", "what {is} {t} in one sentence?",
)
WHY = (
    "why {do} {t} matter?", "why should I care about {t}?", "why {is} {t} important?", "what {is} {t} good for?",
    "what is the point of {t}?", "tell me why {t} {matter}.", "why would I need {t}?", "why do people talk about {t}?",
    "why do I have to know about {t}?", "what is the use of {t}?", "why bother with {t}?", "explain why {t} {is} important.",
    "why {is} {t} useful?", "in one sentence: why {do} {t} matter?", "who cares about {t}?", "why learn about {t}?",
)
BOTH = (  # answered with the what and the why together
    "tell me more about {t}.", "tell me everything about {t}.", "explain {t} in two sentences.", "write a paragraph about {t}.",
    "what should I know about {t}?", "explain {t} in detail.", "explain {t} and why {it} {matter}.", "what {is} {t} and why {do} {it} matter?",
    "give me a longer explanation of {t}.", "describe {t} in two sentences.", "tell me all you know about {t}.",
    "in two sentences: what {is} {t}?", "write two sentences about {t}.", "teach me about {t}.",
    "explain {t} and its use.", "I want to understand {t}.", "give me the full story of {t}.", "what is there to know about {t}?",
)
DIFFERENCE = (
    "what is the difference between {a} and {b}?", "how does {a} differ from {b}?", "compare {a} and {b}.",
    "{a} or {b}: what is the difference?", "explain the difference between {a} and {b}.", "{a} vs {b}?",
    "what distinguishes {a} from {b}?", "how are {a} and {b} different?", "tell me the difference between {a} and {b}.",
    "I mix up {a} and {b}.",
)
AROUND = (  # {q} a complete question without its mark
    "{q}?", "quick question: {q}?", "in one sentence: {q}?", "tell me, {q}?", "I have a question: {q}?", "please, {q}?",
    "{q}, please?", "one more thing: {q}?", "I wonder, {q}?",
)
_MANNERS = (" Answer in one sentence.", " Keep it short.", " One sentence, please.", " Please be brief.", " Thanks!")
HELD_OUT_SHARE = 0.10


@dataclass(frozen=True)
class Fact:
    """One answer, the wordings that ask for it and the names its subject goes by."""

    key: str                          # "what a token", "why a token", "both a token", "difference GB GiB" ...
    answer: str
    wordings: tuple[str, ...]         # complete questions; "{t}" stands for the subject if there is one
    names: tuple[str, ...] = ()       # the subject's names, the main one first
    reason: str = ""                  # key of the fact that answers "Why does it matter?"

    def question(self, wording: str, name: str = "") -> str:
        return wording.replace("{t}", name or (self.names[0] if self.names else ""))

    def trained_wordings(self) -> tuple[str, ...]:
        return tuple(w for w in self.wordings if not is_held_out(self, w))


def is_held_out(fact: Fact, wording: str) -> bool:
    """True for one pair in ten, chosen by a hash so that adding a fact moves no other pair."""
    if wording == fact.wordings[0]:
        return False
    digest = hashlib.sha256(f"{fact.key}|{wording}".encode()).digest()
    return digest[0] < 256 * HELD_OUT_SHARE


def _concept_facts(entry: dict, taken: set[str]):
    """The "what", the "why" and both together of one concept, without the wordings that a single question has ``taken``."""
    plural = entry.get("plural", False)
    grammar = ({"is": "are", "do": "do", "matter": "matter", "it": "they"} if plural else
               {"is": "is", "do": "does", "matter": "matters", "it": "it"})
    names = (entry["term"], *entry.get("also", ()))
    reason = f"why {names[0]}"


    def fill(wordings):
        filled = (w.format(t="{t}", **grammar) for w in wordings)
        return tuple(w for w in filled if not any(w.rstrip("?").replace("{t}", n) in taken for n in names))

    yield Fact(f"what {names[0]}", entry["what"], fill(WHAT), names, reason)
    yield Fact(reason, entry["why"], fill(WHY), names)
    yield Fact(f"both {names[0]}", f"{entry['what']} {entry['why']}", fill(BOTH), names)


def _question_fact(entry: dict) -> Fact:
    wordings = tuple(around.format(q=ask) for ask in entry["ask"] for around in AROUND)
    return Fact(f"ask {entry['ask'][0]}", entry["answer"], wordings)


def _difference_fact(entry: dict) -> Fact:
    one, two = entry["one"], entry["two"]
    pairs = ((one, two), (two, one))
    wordings = tuple(w.format(a=a, b=b) for w in DIFFERENCE for a, b in pairs)
    return Fact(f"difference {one} {two}", entry["answer"], wordings)


@cache
def all_facts() -> tuple[Fact, ...]:
    """Every fact of ``facts.toml``, in the order of the file."""
    data = tomllib.loads((FOLDER / "facts.toml").read_text(encoding="utf-8"))
    taken = {ask for entry in data["question"] for ask in entry["ask"]}
    facts = [fact for entry in data["concept"] for fact in _concept_facts(entry, taken)]
    facts += [_question_fact(entry) for entry in data["question"]]
    facts += [_difference_fact(entry) for entry in data["difference"]]
    return tuple(facts)


@cache
def facts_by_key() -> dict[str, Fact]:
    return {fact.key: fact for fact in all_facts()}


def choose(rng) -> Fact:
    """A random fact; the longer answers come less often than the plain ones."""
    fact = rng.choice(all_facts())
    return rng.choice(all_facts()) if fact.key.startswith("both") and rng.random() < 0.5 else fact


def ask(rng, fact: Fact) -> str:
    """A question for ``fact`` in a wording that training may use, typed like a person would."""
    wordings = fact.trained_wordings()
    wording = wordings[0] if rng.random() < 0.08 else rng.choice(wordings)
    name = ""
    if fact.names:
        name = fact.names[0] if rng.random() < 0.6 else rng.choice(fact.names)
        name = without_article(name) if rng.random() < 0.15 else name
    question = typed(rng, fact.question(wording, name))
    chance = rng.random()
    if chance < 0.03 and len(question) > 15:
        return with_typo(rng, question)
    return question + rng.choice(_MANNERS) if chance < 0.07 and question[-1] in "?." else question


def held_out_questions() -> list[tuple[str, str]]:
    """Every held-out (question, answer), the question with a capital and its mark."""
    return [(question[0].upper() + question[1:], fact.answer)
            for fact in all_facts() for wording in fact.wordings if is_held_out(fact, wording)
            for question in [fact.question(wording)]]
