"""Lesson 02 with other inputs: other words, models, lengths and errors than a student can see."""

from __future__ import annotations

import random
import secrets

from autograder.hidden import guards
from localmodels import facts
from localmodels.checks import lesson_02 as visible
from localmodels.checks.chats import must_be_text, nobody_answering, one_chat, same_model, turns
from localmodels.checks.core import Wrong
from localmodels.checks.plain import LearnerError
from localmodels.checks.reasons_02 import must_be_names, must_be_request, must_be_user_message
from localmodels.checks.sentences_02 import must_be_sentence

GEMMA = facts.value("models.gemma")
ODD_PROMPTS = ("¿Qué es un token? 🙂", 'Say "hi"\nand {"role": "system"}', "x" * 5000, " spaces stay ")


@guards(visible.build_request, "names_the_model")
def names_any_model(learner, ollama):
    """names models it has not seen before"""
    for name in (GEMMA, "my-team/model_1:v2"):
        request = must_be_request(learner.build_request("Hi!", name))
        if not same_model(request.get("model"), name):
            raise Wrong("The model is named.")


@guards(visible.build_request, "holds_the_prompt")
def holds_any_prompt(learner, ollama):
    """holds prompts it has not seen before, letter by letter"""
    for prompt in ODD_PROMPTS:
        must_be_user_message(must_be_request(learner.build_request(prompt, GEMMA)), prompt)


@guards(visible.build_request, "asks_for_one_piece")
def always_asks_for_one_piece(learner, ollama):
    """asks for one piece with a system text as well"""
    if must_be_request(learner.build_request("Hi!", GEMMA, system="Be kind.")).get("stream") is not False:
        raise Wrong("stream is False.")


@guards(visible.build_request, "puts_system_first")
def keeps_calls_apart(learner, ollama):
    """carries no system text over from one call to the next"""
    for system in ("Répondez en français.", None, "Zwei.", ""):
        found = turns(must_be_request(learner.build_request("Why?", GEMMA, system=system)).get("messages"))
        with_order = [("system", system), ("user", "Why?")]
        if found != with_order and (system or found != [("user", "Why?")]):
            raise Wrong("The system text of this call, and of no other, comes first.")


@guards(visible.ask, "returns_the_text")
def returns_any_text(learner, ollama):
    """returns texts it has not seen before"""
    for prompt, reply in zip(ODD_PROMPTS, ("0", "Zwei Zeilen:\nja, zwei 🙂", '{"answer": 42}', "Error: none.")):
        ollama.clear()
        ollama.reply(reply)
        must_be_text(learner.ask(prompt), reply)
        if ("user", prompt) not in turns(one_chat(ollama).get("messages")):
            raise Wrong("The prompt arrives unchanged.")


@guards(visible.ask, "uses_what_it_is_given")
def asks_any_model(learner, ollama):
    """asks models it has not seen before"""
    ollama.install(GEMMA)
    learner.ask("Hi!", model=GEMMA)
    if not same_model(one_chat(ollama).get("model"), GEMMA):
        raise Wrong("The model that was named is asked.")


@guards(visible.ask, "stops_at_an_error")
def stops_at_any_error(learner, ollama):
    """raises at other errors too, also when the body is not JSON"""
    for status in (400, 503):
        ollama.fail(status, "server busy, please try again")
        must_raise(learner, "ask", "Hi!")
    must_raise(learner, "ask", "Hi!", model="never-pulled")
    must_raise(learner, "ask", "Hi!", url=f"{ollama.url}/elsewhere")


@guards(visible.ask, "gives_up_in_time")
def waits_as_long_as_it_was_told(learner, ollama):
    """waits while there is time, and no longer"""
    delay = next((delay for delay in (0.2, 1.2) if gave_up(learner, ollama, delay, timeout=0.1)), None)
    if delay is None or gave_up(learner, ollama, delay, timeout=8):  # the same delay: the timeout alone decides
        raise Wrong("ask waits as long as its timeout says.")
    if all(gave_up(learner, ollama, 0, timeout=seconds) for seconds in (0.1, 0.4, 0.9)):
        raise Wrong("A reply in time is no reason to give up, however short the time.")


def gave_up(learner, ollama, delay: float, timeout: float) -> bool:
    """Whether `ask` raises when the reply takes `delay` seconds. A busy computer may need a second try with a longer one."""
    ollama.clear()
    ollama.reply("a reply", delay=delay)
    try:
        learner.ask("Hi!", timeout=timeout)
    except LearnerError:
        return True
    return False


@guards(visible.installed_models, "lists_the_names")
def lists_many_names(learner, ollama):
    """lists names it has not seen before, however many"""
    names = [facts.value("models.default"), facts.value("models.small")]
    for number in range(12):
        names.append(f"model-{number}:{number}b")
        ollama.install(names[-1])
    must_be_names(learner.installed_models(), names, ollama)


@guards(visible.installed_models, "uses_the_address")
def admits_a_wrong_address(learner, ollama):
    """raises at a wrong address too"""
    must_raise(learner, "installed_models", url=f"{ollama.url}/elsewhere")


@guards(visible.ask_or_explain, "answers_when_all_is_well")
def answers_with_any_text(learner, ollama):
    """returns replies that look like errors"""
    for reply in ("Error 404 means: not found.", "ollama serve", "0"):
        ollama.reply(reply)
        must_be_text(learner.ask_or_explain("What is this?"), reply)


@guards(visible.ask_or_explain, "explains_a_silent_server")
def explains_any_silence(learner, ollama):
    """recovers when the server is back"""
    with nobody_answering(ollama):
        must_be_sentence(learner, ollama, ["ollama serve"], "nobody answers", model=GEMMA)
    ollama.reply("Here again.")
    must_be_text(learner.ask_or_explain("Hi!"), "Here again.")


@guards(visible.ask_or_explain, "explains_a_missing_model")
def explains_any_missing_model(learner, ollama):
    """names models it has not seen before"""
    for name in (GEMMA, f"never-pulled-{secrets.token_hex(4)}:7b"):
        must_be_sentence(learner, ollama, ["ollama pull", name], "the model is not installed", model=name)


@guards(visible.ask_or_explain, "notices_an_empty_reply")
def notices_only_an_empty_reply(learner, ollama):
    """says it of an empty reply, and of no other"""
    ollama.reply("")
    must_be_sentence(learner, ollama, ["no text"], "there is no text", model=facts.value("models.small"))
    text = f"A text: {secrets.token_hex(4)}"
    ollama.reply(text)
    must_be_text(learner.ask_or_explain("Hi!"), text)


@guards(visible.ask_or_explain, "repeats_other_errors")
def repeats_any_error(learner, ollama):
    """repeats errors it has not seen before"""
    for status in random.sample((400, 403, 429, 502, 503), 2):
        words = f"part {secrets.token_hex(4)} of the server is busy"  # nobody can have written this down
        ollama.fail(status, words)
        must_be_sentence(learner, ollama, [str(status), words], "the server reports another error")


@guards(visible.chat_turn, "sends_everything")
def sends_any_history(learner, ollama):
    """sends long histories of any words, to any model"""
    ollama.install(GEMMA)
    past = [{"role": ("user", "assistant")[n % 2], "content": f"Nr. {n}: ¿qué? 🙂"} for n in range(40)]
    learner.chat_turn(past, "¿Y ahora?", model=GEMMA)
    sent = one_chat(ollama)
    if turns(sent.get("messages")) != [*turns(past), ("user", "¿Y ahora?")] or not same_model(sent.get("model"), GEMMA):
        raise Wrong("All 41 messages arrive.")


@guards(visible.chat_turn, "returns_the_longer_list")
def carries_a_conversation(learner, ollama):
    """carries a conversation over several turns"""
    history, expected = [], []
    for number in range(4):
        ollama.reply(f"Reply {number} 🙂")
        history = learner.chat_turn(history, f"Question {number}?")
        expected += [("user", f"Question {number}?"), ("assistant", f"Reply {number} 🙂")]
        if not isinstance(history, list) or turns(history) != expected:
            raise Wrong("Each turn adds two messages.")


@guards(visible.chat_turn, "leaves_your_list_alone")
def leaves_an_empty_list_alone(learner, ollama):
    """leaves an empty list empty"""
    _, (past, _) = learner.after("chat_turn", [], "Hi!")
    if past != []:
        raise Wrong("The list stays empty.")


def must_raise(learner, name: str, *args, **kwargs) -> None:
    """Wrong unless the call lets an error reach its caller."""
    try:
        getattr(learner, name)(*args, **kwargs)
    except LearnerError:
        return
    raise Wrong(f"{name} raises.")
