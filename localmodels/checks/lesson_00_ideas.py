"""Lesson 00: the idea behind a wrong answer, told from the answer alone. Pure functions, no learner's code runs here."""

from __future__ import annotations

import re

from localmodels.checks.plain import LearnerError, Opaque, shown

NO_RETURN = (
    "A function without return gives back None. Put return in front of the value, or it is not indented: "
    "it must stand under def, four spaces in."
)
OTHER_NAME = "Use `reply`, not `data`"
KEYS = ("message", "role", "content", "error")


def got(answer) -> str:
    """An answer as a reader sees it: texts in quotes, and a word for None."""
    return "nothing (None)" if answer is None else shown(answer)


def why_not_here(url: str, here: bool, answers: dict, source: str) -> str:
    """The idea behind a wrong verdict on `url`; `answers` are the verdicts on all addresses asked so far."""
    answer = answers[url]
    if answer is None:
        return NO_RETURN if len(answers) == 1 else (
            "In this case your function ends without a return. Say what it returns when the host is another one."
        )
    if answer in ("True", "False", "yes", "no"):
        return "That is a text. Return the truth value itself, True or False, without quotes."
    if not isinstance(answer, bool):
        return (
            "Return True or False: the result of a comparison, such as host == ... "
            "With `or`, write a whole comparison on both sides."
        )
    return _missed(url, answers, source) if here else _taken_in(url, answers, source)


def _missed(url: str, answers: dict, source: str) -> str:
    """An address of this computer was called foreign."""
    own = [verdict for address, verdict in answers.items() if "://localhost:" in address or "://127" in address]
    if len(own) > 1 and not any(own) and " and " in source:
        return "No host is both names at once: with two comparisons, use or, not and."
    if len(own) > 1 and any(own) and "127" in url:
        return "127.0.0.1 is this computer too: it is the number behind the name localhost."
    if len(own) > 1 and any(own):
        return "localhost is this computer too: it is the name behind the number 127.0.0.1."
    return "`host` has no http:// and no port any more: compare it with the bare name, in quotes."


def _taken_in(url: str, answers: dict, source: str) -> str:
    """A foreign address was called this computer's own."""
    if len(answers) > 1 and all(answers.values()):
        return f"Every address counts as this computer. {_why_every(source)}"
    if "localhost" in url:
        return "The word is somewhere in the address. Only the host counts: compare host with the whole name."
    if "//host" in url:
        return "`in` with one long text finds any piece of it. Put the two names into a tuple: (\"...\", \"...\")."
    return "The host of this address is neither of the two names. Compare the whole `host` with them."


def _why_every(source: str) -> str:
    if "address" in source:
        return "`address` belongs to a cell above and does not change. Use `host`."
    if " or " in source:
        return "`or` needs a whole comparison on both sides."
    return "Compare `host` with the two names, and return what comes out."


def why_no_role(answer, given: dict) -> tuple[str, str]:
    """The idea behind a wrong role, and the glossary anchor to read."""
    message = given["message"]
    if answer is None:
        return NO_RETURN, "role"
    if answer == message:
        return "That is the whole message, role and content together. One key deeper stands the role alone.", "message"
    if answer == message["content"]:
        return "content is what was said. Who said it stands under role.", "role"
    if answer in ("assistant", "user"):
        return (
            f"Every reply gets the same word, so it is right by luck. {OTHER_NAME}: open `reply`, "
            "which changes each time, and do not type the word in.",
            "role",
        )
    return "The role is the value under the key role of `message`.", "role"


def why_no_text(answer, given: dict) -> tuple[str, str]:
    """The idea behind a wrong text, and the glossary anchor to read."""
    message = given["message"]
    if answer is None:
        return NO_RETURN, "json"
    if answer in (message, given):
        return "That is a dictionary. The text stands deeper: under content, inside message.", "message"
    if isinstance(answer, tuple):
        return "A comma makes two values out of one. Return the text alone.", "json"
    if isinstance(answer, Opaque):
        return f"You returned {answer.type_name}. Return the text, which is a str.", "json"
    return _why_other_words(answer, message, given) if isinstance(answer, str) else (TEXT_IS, "message")


TEXT_IS = "The text stands under content, inside message."


def _why_other_words(answer: str, message: dict, given: dict) -> tuple[str, str]:
    if answer in (str(message), str(given)):
        return "str() writes out the whole dictionary. Take the value under its key instead.", "json"
    if answer == message["role"]:
        return "role says who speaks. What was said stands under content.", "role"
    if answer and answer == message["content"].strip():
        return "Spaces and line ends belong to the text. Return it unchanged, without strip().", "message"
    if answer.strip() == message["content"].strip():
        return "The words are right; something was added around them. Return the text as it came.", "message"
    if answer == "Hello from your computer.":
        return "The text of one reply is typed into the function. Take it out of `reply`, which changes each time.", "json"
    if answer.lower().startswith("error"):
        return "This reply is no error: it has no key error.", "json"
    if answer in given.values():
        return TEXT_IS, "message"
    return f"These words do not stand in the reply that came in. {OTHER_NAME}: `data` is one old reply.", "json"


def why_no_error(answer, words: str) -> tuple[str, str]:
    """The idea behind an error told wrongly, and the glossary anchor to read."""
    if answer is None:
        return "In this case your function ends without return. Give both branches one.", "json"
    if answer == words:
        return 'Put "Error: " in front, so that nobody takes these words for the model\'s.', "json"
    if answer == {"error": words}:
        return "That is the whole reply. The words stand under the key error.", "json"
    if isinstance(answer, tuple):
        return "Use + and not a comma: a comma makes two values, + makes one text.", "json"
    if not isinstance(answer, str):
        return "A reply with an error has one key, error, and no message. Return a text.", "json"
    if _letters(answer) == _letters(f"Error: {words}"):
        return "Almost: capital E, colon, one space, then the server's words as they came.", "json"
    if answer.strip().lower().startswith("error"):
        return 'After "Error: " comes what the server said: the value under the key error.', "json"
    return f"These words do not stand in the reply that came in. {OTHER_NAME}.", "json"


def _letters(text: str) -> str:
    """A text without capitals, spaces and signs."""
    return re.sub(r"\W", "", text.lower())


def why_it_stopped(error: LearnerError, given) -> tuple[str, str]:
    """The idea behind an error raised while reading an input; empty when there is no telling."""
    reasons = {"KeyError": _why_no_key, "NameError": _why_no_name, "AttributeError": _why_no_attribute, "TypeError": _why_no_type}
    reasons |= {"gaierror": _why_looked_up, "ValueError": _why_looked_up}
    return reasons[error.name](error.message, given) if error.name in reasons else ("", "")


def _why_no_key(message: str, given) -> tuple[str, str]:
    key = message.strip("'\"")
    if key == "error" and "error" in given:
        return f"The reply that came in has the key error, so you asked another one. {OTHER_NAME}.", "json"
    if key not in KEYS and key.strip().lower() in KEYS:
        return f"In a key, capitals count, and so do spaces: write {key.strip().lower()}, in small letters.", "json"
    if key == "response":
        return "The key response belongs to another address of Ollama. In a chat, the text is in message.", "endpoint"
    if key in KEYS and "error" in given:
        return f"A reply that reports an error has no key {key}. Ask for the key error before you read anything else, in `reply`.", "json"
    if key in ("content", "role"):
        return f"{key} is not at the top of the reply. Open message first.", "message"
    if key == "error":
        return 'Most replies have no key error. Ask first whether it is there: if "error" in reply.', "json"
    return f"There is no key {key}. Compare it, letter by letter, with the reply printed above.", "json"


def _why_no_name(message: str, given) -> tuple[str, str]:
    found = re.search(r"name '(\w+)' is not defined", message)
    name = found[1] if found else ""
    if name in (*KEYS, "localhost", "assistant", "user"):
        return f'A name needs quotes to be a text. Write "{name}"; without quotes, Python looks for a variable.', ""
    if name:
        return f"Python does not know `{name}` here. Run its cell first; after a restart, run all cells above.", "kernel"
    return "", ""


def _why_looked_up(message: str, given) -> tuple[str, str]:
    """The worked cell's way to an address was copied: it needs the network, and a name that somebody knows."""
    if "does not appear to be an IPv4 or IPv6 address" in message:
        return "`ip_address` reads numbers, and a host may be a name. Compare `host` with the two names.", "host"
    if "[Errno " in message:
        return "You look the name up in the network. A name that nobody knows ends in an error: compare `host` with the two names.", "host"
    return "", ""


def _why_no_attribute(message: str, given) -> tuple[str, str]:
    if "json" in message:
        return "`reply` is Python data already. .json() belongs to the response, which requests.post returns.", "json"
    if "'dict'" in message:
        return 'Values in a dictionary are reached with brackets: reply["message"], not reply.message.', "json"
    return "", ""


def _why_no_type(message: str, given) -> tuple[str, str]:
    if "indices" in message:
        return "One step too deep: that value is a text or a list already, not a dictionary.", "json"
    if "unhashable" in message:  # reply[message], with the variable message of an earlier cell
        return 'A name needs quotes to be a text. Write reply["message"], with quotes.', ""
    if "'dict' object is not callable" in message:
        return 'Values in a dictionary are reached with brackets: reply["message"], not reply("message").', "json"
    if "concatenate" in message:
        return "+ joins texts only. The whole dictionary is no text: the words stand under the key error.", "json"
    return "", ""
