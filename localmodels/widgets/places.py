"""Addresses to guess at: does a request to them stay on this computer? Pure data and functions."""

from __future__ import annotations

from dataclasses import dataclass

from localmodels import facts

QUESTION = "Does a request to this address stay on your computer?"


@dataclass(frozen=True)
class Place:
    """An address, whether it leads to the computer that asks, and why."""

    url: str
    stays: bool
    why: str


def places() -> tuple[Place, ...]:
    """The addresses, from the plain case to the ones that look like another."""
    return (
        Place(f"{facts.value('ollama.url')}/api/chat", True, "The host is localhost, this computer's name for itself."),
        Place("https://api.example.com/v1/chat", False, "The host is a name on the internet: a hosted model would be called like this."),
        Place("https://127.0.0.1:8443", True, "127.0.0.1 is the number behind localhost. A port names a program, and https a language."),
        Place("http://localhost.example.com", False, "The host is all of localhost.example.com, a name on the internet that only begins like localhost."),
        Place("http://192.168.1.20:8000", False, "That is another computer in your own network: near, but not this one. It may belong to somebody else."),
    )


def said(place: Place, guess: bool) -> str:
    """What a guess is told."""
    verdict = "It stays here." if place.stays else "It leaves."
    return f"{'✓ Right.' if guess is place.stays else '✗ No.'} {verdict} {place.why}"


def summary(guesses: dict[str, bool]) -> str:
    """How far somebody is, from the first guess for each address."""
    known = places()
    right = sum(guesses.get(place.url) is place.stays for place in known)
    if len(guesses) < len(known):
        return f"{len(guesses)} of {len(known)} guessed."
    return f"All {len(known)} guessed, {right} right at once. What counts is the host: between // and the next : or /."


def as_text() -> str:
    """The addresses, then the answers."""
    listed = [f"{number}. {place.url}" for number, place in enumerate(places(), 1)]
    answers = [f"{number}. {'stays' if place.stays else 'leaves'}: {place.why}" for number, place in enumerate(places(), 1)]
    return "\n".join([QUESTION, *listed, "Answers:", *answers])
