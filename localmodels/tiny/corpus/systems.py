"""System messages that visibly change the answers, and some that do not."""

from .words import invented, name, pick, words

_PERSONAS = {  # what the message asks for -> what every reply then starts with
    "a pirate": "Arr! ", "a robot": "Beep. ", "a king": "Hear, hear! ", "a cat": "Meow. ", "a wizard": "By my beard! ",
    "a polite butler": "At your service. ", "a grumpy old man": "If you must know: ", "a sleepy student": "Yawn. ",
    "a cheerful coach": "You can do it! ", "a teacher": "Listen well: ",
}
_AS_PERSONA = ("Answer like {p}.", "You are {p}.", "Talk like {p}.", "Speak like {p}.", "Always answer like {p}.", "Reply as {p} would.",
               "Pretend to be {p}.", "You are {p}. Answer every question.", "Answer in the style of {p}.", "Act like {p}.",
               "Please answer like {p}.", "You talk like {p}.", "Be {p}.")
_AND = ("", "", "", "", "", "", " Be brief.", " Keep it short.", " Be helpful.", " Answer in one sentence.")
_PLAIN = ("You are a helpful assistant.", "You are a polite assistant.", "You are an assistant.", "Answer in English.", "Be helpful.",
          "Answer the question.", "You are a friendly assistant.", "You are a helpful and honest assistant.", "Be polite.",
          "Answer in one sentence.", "Answer in one short sentence.", "You answer questions about a course.", "You are a tutor.", "Be brief.",
          "You are a kind tutor for beginners.", "Keep it short.", "You are tiny-course.", "Use plain words.", "You help students.")
_BEGIN = ("Begin every reply with the word {w}.", "Start every answer with the word {w}.", "Begin every answer with {w}.",
          "Start each reply with {w}.", "Always begin with the word {w}.", "Every reply must start with {w}.", "Always start with {w}.",
          "The first word of every reply must be {w}.")
_END = ("End every reply with the word {w}.", "End every answer with the word {w}.", "End every answer with {w}.", "Always end with {w}.",
        "Every reply must end with {w}.", "The last word of every reply must be {w}.", "Finish every reply with the word {w}.")
_ONLY = ("Whatever the user says, reply only with: {s}", "Answer every question with: {s}", "Always reply exactly: {s}",
         "Reply to everything with: {s}", "No matter what is asked, say only: {s}")
_SENTENCES = ("I am on holiday.", "Please ask a teacher.", "The library is closed.", "I only speak on Sundays.", "Ask me tomorrow.",
              "That is a secret.", "I am asleep.", "No comment.", "The office is closed today.", "Please call {n}.",
              "{n} will answer you later.", "I like {t}s.", "Look at the {t}.", "Only the {t} knows.")
_USER = ("The user is called {n}.", "You are talking to {n}.", "The name of the user is {n}.", "The user's name is {n}.",
         "You help a student called {n}.", "The person you talk to is {n}.", "You are a helpful assistant. The user is called {n}.")
_OWN = ("Your name is {n}.", "You are called {n}.", "You are {n}, a helpful assistant.", "You are an assistant called {n}.",
        "Your name is {n}. Be helpful.", "You are a helpful assistant named {n}.")


def _marker(rng) -> str:
    if rng.random() < 0.4:
        return rng.choice(words("openers"))
    kind = rng.choice(("things", "colours", "animals", "topics", "fruits", "names"))
    return pick(rng, kind, 0.35).capitalize()


def add_system(rng, conversation) -> None:
    """Give a chat a system message; prefix, suffix or details change the turns that follow."""
    kind = rng.choice(("persona",) * 6 + ("plain",) * 4 + ("begin",) * 6 + ("end", "end", "only", "user", "user", "own"))
    if kind == "persona":
        persona = "a pirate" if rng.random() < 0.4 else rng.choice(tuple(_PERSONAS))
        conversation.prefix = _PERSONAS[persona]
        text = rng.choice(_AS_PERSONA).format(p=persona) + rng.choice(_AND)
    elif kind == "plain":
        text = rng.choice(_PLAIN)
    elif kind == "begin":
        word = _marker(rng)
        conversation.prefix, text = f"{word}. ", rng.choice(_BEGIN).format(w=rng.choice((word, word, f'"{word}"')))
    elif kind == "end":
        word = _marker(rng)
        conversation.suffix, text = f" {word}.", rng.choice(_END).format(w=rng.choice((word, word, f'"{word}"')))
    elif kind == "only":
        sentence = rng.choice(_SENTENCES).format(n=name(rng), t=rng.choice(words("topics")))
        conversation.only, text = sentence, rng.choice(_ONLY).format(s=sentence)
    elif kind == "user":
        conversation.told["name"] = name(rng)
        text = rng.choice(_USER).format(n=conversation.told["name"])
    else:
        conversation.own_name = rng.choice((name(rng), name(rng), invented(rng).capitalize()))
        text = rng.choice(_OWN).format(n=conversation.own_name)
    conversation.messages.append({"role": "system", "content": text})
