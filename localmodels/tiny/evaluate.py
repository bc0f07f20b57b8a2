"""How good is the tiny model? Every question here is one it was not trained on.

    python -m localmodels.tiny.evaluate [FILE.gguf] [--quick]

Runs on the NumPy runtime, at temperature 0 unless it says otherwise; takes a few minutes.
The last line is one JSON object with all numbers.
"""

import argparse
import json
import math
import random
import re
import tomllib
from itertools import islice
from pathlib import Path

from . import MODEL_FILE, corpus, load
from .chat import said_ids
from .corpus import facts, smalltalk
from .corpus.sums import BITS, size
from .corpus.typing_style import capital
from .corpus.words import FOLDER, a, invented
from .generate import generate
from .measure import surprises

TRAINING_SEED = 1_769_013
"""The chats of the second part of the training run began with this seed (see the model card)."""


def unseen() -> dict[str, list[str]]:
    """Off-topic questions, names and filler turns that training never met together."""
    data = tomllib.loads((FOLDER / "unseen.toml").read_text(encoding="utf-8"))
    return {"off_topic": data["off_topic"].strip().splitlines(), "names": data["names"].split(),
            "fillers": data["fillers"].strip().splitlines()}


def user(text: str) -> dict:
    return {"role": "user", "content": text}


def answer(model, chat, **options) -> str:
    """The model's next message in ``chat``; at temperature 0 unless told otherwise."""
    options = {"temperature": 0.0, "max_tokens": 120} | options
    return model.tokenizer.decode(list(generate(model, model.chat_ids(chat), **options)))


def talk(model, texts, system: str = "") -> list[str]:
    """Say ``texts`` one after the other in one chat; the answers."""
    chat = [{"role": "system", "content": system}] if system else []
    answers = []
    for text in texts:
        chat.append(user(text))
        answers.append(answer(model, chat))
        chat.append({"role": "assistant", "content": answers[-1]})
    return answers


def share(results) -> float:
    """The share of true results, in percent with one decimal."""
    results = list(results)
    return round(100 * sum(results) / len(results), 1)


def held_out(model, step: int) -> tuple[float, list]:
    """Exact answers to held-out wordings, in percent, and what went wrong."""
    wrong, questions = [], corpus.held_out_questions()[::step]
    for question, right in questions:
        got = answer(model, [user(question)])
        if got != right:
            wrong.append((question, got))
    return round(100 - 100 * len(wrong) / len(questions), 1), wrong


def trained(model, step: int) -> float:
    """Exact answers to the first wording of every fact."""
    return share(answer(model, [user(capital(fact.question(fact.wordings[0])))]) == fact.answer
                 for fact in facts.all_facts()[::step])


def refusals(model) -> tuple[float, list]:
    """Off-topic questions that get the refusal, in percent, and the others."""
    wrong = [(question, got) for question in unseen()["off_topic"]
             if (got := answer(model, [user(question)])) != smalltalk.refusal()]
    return round(100 - 100 * len(wrong) / len(unseen()["off_topic"]), 1), wrong


def names_copied(model) -> tuple[float, list]:
    """Names that come back after none to three other turns: unseen real ones and invented ones."""
    rng = random.Random(5)
    names = unseen()["names"] + [invented(rng).capitalize() for _ in range(40)]
    wrong = []
    for number, name in enumerate(names):
        between = rng.sample(unseen()["fillers"], number % 4)
        got = talk(model, [f"My name is {name}.", *between, "What is my name?"])[-1]
        if got != f"Your name is {name}.":
            wrong.append((name, len(between), got))
    return round(100 - 100 * len(wrong) / len(names), 1), wrong


def system_followed(model) -> tuple[float, list]:
    """System messages with an unseen first word, and a pirate: does every answer begin as told?"""
    cases = [(f"Begin every reply with the word {word}.", f"{word}. ") for word in
             ("Pineapple", "Attention", "Alright", "Absolutely", "Certainly", "Hooray", "Marvin", "Walrus", "Fine", "Calendar")]
    cases += [("Answer like a pirate.", "Arr! "), ("You are a pirate.", "Arr! "), ("You are a pirate. Be brief.", "Arr! ")]
    asked = ("What is Ollama?", "Hello!", "What is the capital of Madagascar?", "What is quantization?")
    wrong = [(system, question, got) for system, start in cases for question in asked
             if not (got := talk(model, [question], system)[0]).startswith(start)]
    return round(100 - 100 * len(wrong) / len(cases) / len(asked), 1), wrong


def stories(model) -> tuple[float, float]:
    """Out of ten seeds at temperature 0.8: different stories, and stories that name their animal, in percent."""
    told = [answer(model, [user(f"Tell me a story about {a(hero)}.")], temperature=0.8, seed=seed, max_tokens=150)
            for hero in ("fox", "dragon") for seed in range(10)]
    return share([told.index(story) == number for number, story in enumerate(told)]), share(
        [("fox", "dragon")[number // 10] in story for number, story in enumerate(told)])


def sums(model) -> tuple[float, float]:
    """Small additions that are exact, and model sizes within five percent (which it only guesses), in percent."""
    rng = random.Random(7)
    pairs = [(rng.randint(0, 10), rng.randint(0, 10)) for _ in range(40)]
    sizes = [(round(rng.uniform(0.5, 40), 1), rng.choice(("f16", "Q8_0", "Q4_0"))) for _ in range(40)]
    exact = share(answer(model, [user(f"What is {a} + {b}?")]) == f"{a} + {b} = {a + b}." for a, b in pairs)
    return exact, share(close(answer(model, [user(f"How much memory does a {n}B model need in {k}?")]), size(n, BITS[k]))
                        for n, k in sizes)


def close(text: str, truth: float) -> bool:
    """Is the number of GB in ``text`` within five percent of the truth?"""
    found = re.search(r"about ([\d.]+) GB", text)
    return bool(found) and abs(float(found.group(1)) / truth - 1) < 0.05


def mean_surprise(model, chats) -> float:
    """Nats per token over whole chats, marks and questions included."""
    every = [surprises(model, said_ids(model.tokenizer, chat)) for chat in chats]
    return float(sum(part.sum() for part in every) / sum(len(part) for part in every))


def evaluate(model, quick: bool = False) -> dict:
    """All numbers; with ``quick`` about a fifth of the questions."""
    step = 5 if quick else 1
    numbers, wrong = {}, {}
    numbers["held-out wordings, exact %"], wrong["held out"] = held_out(model, step)
    numbers["first wordings, exact %"] = trained(model, step)
    numbers["off-topic refused %"], wrong["off topic"] = refusals(model)
    numbers["unseen names copied %"], wrong["names"] = names_copied(model)
    numbers["system message followed %"], wrong["system"] = system_followed(model)
    numbers["different stories %"], numbers["stories about their animal %"] = stories(model)
    numbers["small additions exact %"], numbers["model sizes within 5 %"] = sums(model)
    fresh = mean_surprise(model, corpus.evaluation_chats(300))
    numbers["surprise, fresh chats (nats)"] = round(fresh, 4)
    numbers["surprise, training chats (nats)"] = round(
        mean_surprise(model, list(islice(corpus.training_chats(TRAINING_SEED), 300))), 4)
    numbers["perplexity, fresh chats"] = round(math.exp(fresh), 4)
    return {"numbers": numbers, "wrong": wrong}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path, default=MODEL_FILE)
    parser.add_argument("--quick", action="store_true", help="ask a fifth of the questions")
    arguments = parser.parse_args()
    result = evaluate(load(arguments.file), arguments.quick)
    for kind, cases in result["wrong"].items():
        for case in cases:
            print(f"{kind}: {case}")
    for title, value in result["numbers"].items():
        print(f"{title:36} {value}")
    print(json.dumps(result["numbers"]))


if __name__ == "__main__":
    main()
