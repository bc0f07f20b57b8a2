"""Lesson 00, start here: tell whether an address stays on this computer; take a value out of a reply."""

from __future__ import annotations

from localmodels import facts
from localmodels.checks.core import Exercise, Wrong
from localmodels.checks.plain import LearnerError, Opaque

MODEL = facts.value("models.default")


def reply(content: str, role: str = "assistant", model: str = MODEL) -> dict:
    """A reply of /api/chat as Python data, the way the lesson shows it."""
    return {"model": model, "message": {"role": role, "content": content}, "done": True}


stays_here = Exercise(
    "stays_here",
    lesson="00",
    hints=[
        "`host` holds a name such as localhost or api.example.com. Which names mean this computer?",
        "Compare `host` with the two names of this computer, localhost and 127.0.0.1, and return whether it is one of them.",
        'return host in ("...", "...")   # the two names of this computer',
    ],
)


@stays_here.check(points=1)
def tells_here_from_elsewhere(learner, ollama):
    """tells this computer's own addresses from others"""
    port = facts.value("ollama.port")
    cases = {f"http://localhost:{port}/api/chat": True, f"http://127.0.0.1:{port}": True, "https://api.example.com/v1/chat": False}
    for url, here in cases.items():
        answer = learner.stays_here(url)
        if answer is not here:
            raise Wrong(f"stays_here({url!r}) returns {here}.", answer, why_not_here(answer, url, here, learner), "localhost")


def why_not_here(answer, url: str, here: bool, learner) -> str:
    """The idea behind a wrong verdict on an address."""
    if answer is None:
        return PRINTED if str(here) in learner.printed else NO_RETURN
    if answer in ("True", "False", "yes", "no"):
        return "That is a text. Return the truth value itself, True or False, without quotes."
    if not isinstance(answer, bool):
        return "Return True or False: the result of a comparison, such as host == ..."
    if not here:
        return "Every name counts as this computer now. `or` needs a comparison on both sides, and `in` needs both names."
    if "127" in url:
        return "127.0.0.1 is this computer too: it is the number behind the name localhost."
    return "`host` has no http:// and no port any more: compare it with the bare name."


speaker = Exercise(
    "speaker",
    lesson="00",
    hints=[
        "`message` is a dictionary too. Which of its two keys names who speaks? Look at the reply printed above.",
        "Take the value under the key role out of `message`, and hand it back with return.",
        'return message["..."]   # put the name of the key between the quotes',
    ],
)


@speaker.check(points=1)
def names_who_speaks(learner, ollama):
    """returns who speaks in a reply"""
    for role in ("assistant", "user"):
        given = reply("Hello!", role=role)
        answer = called(learner, "speaker", given)
        if answer != role:
            raise Wrong(f"For a message with the role {role!r}, speaker returns {role!r}.", answer, *why_no_role(answer, given, learner))


def why_no_role(answer, given, learner) -> tuple[str, str]:
    """The idea behind a wrong role, and the glossary anchor to read."""
    message = given["message"]
    if answer is None and message["role"] in learner.printed:
        return PRINTED, "role"
    if answer is None:
        return "A function without return gives back None. Put return in front of the value.", "role"
    if answer == message:
        return "That is the whole message, role and content together. One key deeper stands the role alone.", "message"
    if answer == message["content"]:
        return "content is what was said. Who said it stands under role.", "role"
    if answer == "assistant":
        return "The word is typed into the function, so it is right by luck. Take it out of `message`.", "role"
    return "The role is the value under the key role of `message`.", "role"


first_reply = Exercise(
    "first_reply",
    lesson="00",
    hints=[
        "Two kinds of reply can come in. Which key do you find in one of them, but never in the other?",
        "If the key error is in `reply`, return the word Error:, a space, and what stands under that key. Otherwise open "
        "message and return what stands under content.",
        'if "error" in reply:\n    return "Error: " + reply["..."]\nreturn reply["..."]["..."]',
    ],
)


@first_reply.check(points=1)
def returns_the_text(learner, ollama):
    """returns the text of a reply"""
    for text in ("Hello from your computer.", "A second reply, with other words."):
        given = reply(text)
        answer = called(learner, "first_reply", given)
        if answer != text:
            raise Wrong(f"For this reply, first_reply returns {text!r}.", answer, *why_no_text(answer, given, learner))


@first_reply.check(points=1)
def passes_on_an_error(learner, ollama):
    """returns Error: and the server's words when the server reports an error"""
    words = "model 'llama9' not found"
    answer = called(learner, "first_reply", {"error": words})
    if answer == f"Error: {words}":
        return
    expected = f"For the reply {{'error': \"{words}\"}}, first_reply returns \"Error: {words}\"."
    raise Wrong(expected, answer, *why_no_error(answer, words))


def why_no_error(answer, words: str) -> tuple[str, str]:
    """The idea behind an error told wrongly, and the glossary anchor to read."""
    if answer is None:
        return "In this case your function ends without return. Give both branches one.", "json"
    if answer == words:
        return 'Put "Error: " in front, so that nobody takes these words for the model\'s.', "json"
    if isinstance(answer, str) and answer.strip().startswith("Error"):
        return 'After "Error: " comes what the server said: the value under the key error.', "json"
    if answer == {"error": words}:
        return "That is the whole reply. The words stand under the key error.", "json"
    return "A reply with an error has one key, error, and no message.", "json"


def why_no_text(answer, given, learner) -> tuple[str, str]:
    """The idea behind a wrong text, and the glossary anchor to read."""
    message = given["message"]
    if answer is None:
        return (PRINTED if message["content"] in learner.printed else NO_RETURN), "json"
    if answer in (message, given):
        return "That is a dictionary. The text stands deeper: under content, inside message.", "message"
    if answer in (str(message), str(given)):
        return "str() writes out the whole dictionary. Take the value under its key instead.", "json"
    if answer == message["role"]:
        return "role says who speaks. What was said stands under content.", "role"
    if isinstance(answer, str) and answer.strip() == message["content"]:
        return "The words are right; something was added around them. Return the text as it came.", "message"
    if answer == "Hello from your computer.":
        return "The text of one reply is typed into the function. Take it out of `reply`, which changes each time.", "json"
    if isinstance(answer, str) and answer.startswith("Error"):
        return "This reply is no error: it has no key error.", "json"
    if isinstance(answer, Opaque):
        return f"You returned {answer.type_name}. Return the text, which is a str.", "json"
    return "The text stands under content, inside message.", "message"


PRINTED = "You printed the value. print shows it to people; return hands it to whoever called the function."
NO_RETURN = "A function without return gives back None. Put return in front of the value."


def called(learner, function: str, given: dict):
    """What the learner's function makes of a reply; a stumble that means something is explained."""
    try:
        return getattr(learner, function)(given)
    except LearnerError as error:
        idea, see = why_it_stopped(error, given)
        if not idea:
            raise
        raise Wrong(f"{function} works on the reply {given}.", error.sentence, idea, see) from error


def why_it_stopped(error: LearnerError, given: dict) -> tuple[str, str]:
    """The idea behind an error raised while reading a reply; empty when there is no telling."""
    key = error.message.strip("'\"")
    if error.name == "KeyError" and "error" in given:
        return f"A reply that reports an error has no key {key}. Ask for the key error before you read anything else.", "json"
    if error.name == "KeyError" and key in ("content", "role"):
        return f"{key} is not at the top of the reply. Open message first.", "message"
    if error.name == "KeyError" and key == "response":
        return "The key response belongs to another address of Ollama. In a chat, the text is in message.", "endpoint"
    if error.name == "KeyError" and key == "error":
        return 'Most replies have no key error. Ask first whether it is there: if "error" in reply.', "json"
    if error.name == "AttributeError" and "json" in error.message:
        return "`reply` is Python data already. .json() belongs to what requests.post returns.", "json"
    if error.name == "AttributeError" and "'dict'" in error.message:
        return 'Values in a dictionary are reached with brackets: reply["message"], not reply.message.', "json"
    if error.name == "TypeError" and "indices" in error.message:
        return "One step too deep: that value is a text or a list already, not a dictionary.", "json"
    return "", ""
