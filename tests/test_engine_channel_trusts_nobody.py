"""The channel: whatever comes instead of an answer ends the exchange, in time and with a reason."""

import json
import socket
import struct
import threading
import time

import pytest

from autograder.engine.channel import MAX_FRAME, Broken, Channel, TooLarge
from autograder.engine.remote import Conversation, NoAnswer, RemoteLearner
from localmodels.checks.plain import LearnerError, NotWritten


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Channel(ours), theirs


def frame(data: bytes) -> bytes:
    return struct.pack("!I", len(data)) + data


GARBAGE = {
    "no JSON": frame(b"{"),
    "no object": frame(b"[1]"),
    "a constant that JSON lacks": frame(b'{"id": NaN}'),
    "letters beyond ASCII": frame("{\"é\": 1}".encode()),
    "another encoding": frame('{"id": 1}'.encode("utf-16")),
    "too large": struct.pack("!I", MAX_FRAME + 1),
    "too many parts": frame(b"[" + b"0," * 500_000 + b"0]"),
    "too deep": frame(b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "a number with a million digits": frame(b'{"id": ' + b"9" * 1_000_000 + b"}"),
}


@pytest.mark.parametrize("data", GARBAGE.values(), ids=GARBAGE)
def test_garbage_is_no_answer(ends, data):
    channel, theirs = ends
    sender = threading.Thread(target=lambda: [theirs.sendall(data), theirs.shutdown(socket.SHUT_WR)])
    sender.start()
    with pytest.raises(Broken):
        channel.receive(20)
    channel.close()
    sender.join()


def test_silence_is_no_answer(ends):
    with pytest.raises(Broken, match="too long"):
        ends[0].receive(0.05)


def test_an_answer_in_drops_counts_from_its_first_drop(ends):
    channel, theirs = ends
    over = threading.Event()

    def drip():
        theirs.sendall(struct.pack("!I", 1000))
        while not over.wait(0.02):
            theirs.send(b" ")

    dripping = threading.Thread(target=drip)
    dripping.start()
    started = time.monotonic()
    with pytest.raises(Broken, match="too long"):
        channel.receive(0.3)
    over.set()
    dripping.join()
    assert time.monotonic() - started < 10


def test_an_answer_given_in_advance_belongs_to_no_question(ends):
    channel, theirs = ends
    theirs.sendall(frame(json.dumps({"ok": True, "id": "0" * 16}).encode()))
    with pytest.raises(Broken, match="no question"):
        channel.ask({"op": "has"}, 5)


def answer(theirs, *answers):
    """Answer one question with these frames; each may leave out its id."""
    other = Channel(theirs)

    def work():
        question = other.receive(20)
        for each in answers:
            other.send({"id": question["id"], **each}, 20)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def learner(channel):
    return RemoteLearner(Conversation(lambda: 5.0, channel))


def test_a_second_answer_to_one_question_is_taken_for_none_to_the_next(ends):
    channel, theirs = ends
    thread = answer(theirs, {"ok": 1}, {"ok": 2})
    asked = learner(channel)
    assert asked.value("x") == 1
    thread.join()
    with pytest.raises(NoAnswer, match="no question"):
        asked.value("y")


def test_after_one_missing_answer_nothing_more_is_asked(ends):
    channel, theirs = ends
    thread = answer(theirs, {"ok": {"x": 1}})
    conversation = Conversation(lambda: 5.0, channel)
    for _ in range(2):
        with pytest.raises(NoAnswer, match="hold together"):
            RemoteLearner(conversation).f()
    thread.join()
    assert conversation.lost and not conversation.open


@pytest.mark.parametrize("told", [{}, {"args": [1, 2]}, {"ok": 1, "args": 3}, {"ok": 1, "args": []}])
def test_an_answer_that_lacks_a_part_is_none(ends, told):
    channel, theirs = ends
    thread = answer(theirs, told)
    with pytest.raises(NoAnswer):
        learner(channel).after("f", [1])
    thread.join()


def test_silence_is_not_an_error_of_the_learner():
    assert not issubclass(NoAnswer, LearnerError)


def test_errors_arrive_as_name_message_and_line(ends):
    channel, theirs = ends
    thread = answer(theirs, {"error": ["ValueError", "no\nway " + "x" * 1000, "f(1)"]})
    with pytest.raises(LearnerError) as caught:
        learner(channel).f()
    thread.join()
    assert (caught.value.name, caught.value.line) == ("ValueError", "f(1)")
    assert caught.value.message.startswith("no way xx") and len(caught.value.message) == 300


@pytest.mark.parametrize("error", [["<b>", 1, None], [], "text", 7, ["a b"]])
def test_errors_of_no_form_keep_nothing_of_it(ends, error):
    channel, theirs = ends
    thread = answer(theirs, {"error": error})
    with pytest.raises(LearnerError) as caught:
        learner(channel).f()
    thread.join()
    assert caught.value.name == "Exception"


def test_a_missing_function_is_not_written_yet(ends):
    channel, theirs = ends
    thread = answer(theirs, {"missing": "f is not defined yet"})
    with pytest.raises(NotWritten, match="not defined"):
        learner(channel).f()
    thread.join()


def test_what_does_not_fit_is_not_sent(ends):
    with pytest.raises(TooLarge):
        ends[0].send({"a": "x" * (MAX_FRAME + 1)}, 1)


def test_nobody_listening_ends_the_exchange(ends):
    channel, theirs = ends
    with pytest.raises(Broken, match="listen"):
        for _ in range(100):
            channel.send({"a": "x" * 1_000_000}, 0.05)
    theirs.close()
    with pytest.raises(Broken, match="ended"):
        channel.send({}, 1)
