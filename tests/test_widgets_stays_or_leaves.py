"""Guessing where an address leads: what is said is true, and the view follows the guesses."""

import ipaddress
from urllib.parse import urlsplit

import pytest

from localmodels.widgets.places import as_text, places, said, summary
from localmodels.widgets.places_view import LivePlaces, stays_or_leaves

PLACES = places()


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.url)
def test_what_is_said_about_an_address_is_true(place):
    host = urlsplit(place.url).hostname
    try:
        here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        here = host == "localhost"
    assert place.stays is here
    assert said(place, place.stays).startswith("✓ Right.") and said(place, not place.stays).startswith("✗ No.")


def test_some_stay_and_some_leave_so_that_one_answer_for_all_is_wrong():
    assert {place.stays for place in PLACES} == {True, False}


def test_the_first_guess_counts_and_the_end_says_what_to_look_at():
    assert summary({}) == "0 of 5 guessed."
    assert summary({place.url: place.stays for place in PLACES}).startswith("All 5 guessed, 5 right at once. What counts is the host")
    live = LivePlaces()
    first = PLACES[0]
    live.buttons[first.url, not first.stays].click()
    assert "lm-bad" in live.answers[first.url].value and "1 of 5 guessed." in live.status.value
    live.buttons[first.url, first.stays].click()
    assert "lm-good" in live.answers[first.url].value and live.buttons[first.url, first.stays].button_style == "primary"
    for place in PLACES[1:]:
        live.buttons[place.url, place.stays].click()
    assert "All 5 guessed, 4 right at once." in live.status.value


def test_text_and_figure_hold_every_address_and_its_reason():
    text, figure = as_text(), stays_or_leaves().figure()
    for place in PLACES:
        assert place.url in text and place.why in text and place.url in figure
    assert text.index(PLACES[-1].url) < text.index("Answers:") and figure.count("<details>") == len(PLACES)
