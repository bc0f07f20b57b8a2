"""Lesson 00: right answers of any style earn everything, typical wrong ones are told the idea behind them."""

from urllib.parse import urlsplit

import pytest

from autograder.hidden import hidden_checks
from localmodels.checks import exercises
from localmodels.checks.core import Status, run
from localmodels.checks.learner import NotebookLearner
from localmodels.checks.render import as_text
from tests.answers_in_cells import run_cell
from tests.lessons import ROOT, read

EXERCISES = {name: exercise for name, exercise in exercises().items() if exercise.lesson == "00"}


class NoOllama:
    """No exercise of this lesson calls a server."""

    def clear(self):
        pass


def reference():
    """The solutions that stand in the lesson, by exercise."""
    cells = read(ROOT / "lessons" / "00_start_here.py").cells
    return {cell.metadata["answer"]: cell.source for cell in cells if cell.metadata.get("answer")}


def judged(name, source, hidden=True):
    names = {"urlsplit": urlsplit}
    run_cell(source, names)
    guards = hidden_checks(name) if hidden else ()
    return run(EXERCISES[name], NotebookLearner(names), NoOllama(), guards)


def here(body):
    return f"def stays_here(url):\n    host = urlsplit(url).hostname\n    {body}"


def who(body):
    return f"def speaker(reply):\n    message = reply['message']\n    {body}"


def text(body):
    return f"def first_reply(reply):\n    {body}"


RIGHT = [
    ("stays_here", here("return host == 'localhost' or host == '127.0.0.1'")),
    ("stays_here", here("if host in {'localhost', '127.0.0.1', '::1'}:\n        return True\n    return False")),
    ("stays_here", "import ipaddress, socket\n" + here("return host == 'localhost' or host.startswith('127.')")),
    ("stays_here", "def stays_here(url):\n    return url.split('//')[1].split('/')[0].split(':')[0] in ['localhost', '127.0.0.1']"),
    ("speaker", who("return message.get('role')")),
    ("speaker", "speaker = lambda reply: reply['message']['role']"),
    ("speaker", "class Reply(dict):\n    pass\n" + who("r = Reply(message)\n    return r['role']")),
    ("first_reply", text("try:\n        return reply['message']['content']\n    except KeyError:\n        return f\"Error: {reply['error']}\"")),
    ("first_reply", text("error = reply.get('error')\n    return reply['message']['content'] if error is None else 'Error: ' + error")),
    ("first_reply", text("match reply:\n        case {'error': words}:\n            return f'Error: {words}'\n    return reply['message']['content']")),
]

OLD = "data = {'message': {'role': 'assistant', 'content': 'Hello, old reply.'}}\nmessage = {'role': 'user', 'content': 'Hi!'}\n"
LOOKED_UP = """
import ipaddress
class socket:
    def gethostbyname(host):
        if host == "localhost":
            return "127.0.0.1"
        from socket import gaierror
        raise gaierror(-2, "Name or service not known")
"""
READ = "return reply['message']['content']"
WRONG = [
    ("stays_here", here("return 'True'"), "That is a text"),
    ("stays_here", here("print(host == 'localhost')"), "print shows it to people"),
    ("stays_here", here("host == 'localhost'"), "A function without return gives back None"),
    ("stays_here", here("return host"), "Return True or False: the result of a comparison"),
    ("stays_here", here("return host == 'localhost'"), "127.0.0.1 is this computer too"),
    ("stays_here", here("return host == 'localhost' or '127.0.0.1'"), "Return True or False"),
    ("stays_here", here("return True"), "Every address counts as this computer. Compare `host` with the two names, and return what comes out."),
    ("stays_here", here("return host == 'http://localhost'"), "compare it with the bare name"),
    ("stays_here", here("return 'localhost' in url or '127.0.0.1' in url"), "Only the host counts: compare host with the whole name"),
    ("stays_here", here("return 'localhost' in host or '127.0.0.1' in host"), "Only the host counts"),
    ("stays_here", here("return host in 'localhost 127.0.0.1'"), "Put the two names into a tuple"),
    ("stays_here", here("return host == 'localhost' and host == '127.0.0.1'"), "No host is both names at once"),
    ("stays_here", here("if host == 'localhost' or host == '127.0.0.1':\n        return True"), "your function ends without a return"),
    ("stays_here", here("return bool(host == 'localhost' or '127.0.0.1')"), "Every address counts as this computer. `or` needs a whole comparison on both sides."),
    ("stays_here", here("return False"), "compare it with the bare name, in quotes"),
    ("stays_here", here("return host == '127.0.0.1'"), "localhost is this computer too"),
    ("stays_here", LOOKED_UP + here("return ipaddress.ip_address(socket.gethostbyname(host)).is_loopback"),
     "You look the name up in the network. A name that nobody knows ends in an error: compare `host` with the two names."),
    ("stays_here", "import ipaddress\n" + here("return ipaddress.ip_address(host).is_loopback"), "`ip_address` reads numbers"),
    ("stays_here", here("return host.count('o') < 3"), "The host of this address is neither of the two names"),
    ("first_reply", text("return reply['message']['content'].strip()"), "Spaces and line ends belong to the text. Return it unchanged, without strip()."),
    ("stays_here", here("pass"), "or it is not indented: it must stand under def"),
    ("stays_here", "class Old:\n    is_loopback = True\naddress = Old()\n" + here("return address.is_loopback"), "Every address counts as this computer. `address` belongs to a cell above and does not change. Use `host`."),
    ("stays_here", here("return host == localhost"), "A name needs quotes to be a text"),
    ("stays_here", here("return hots == 'localhost'"), "Python does not know `hots` here. Run its cell first; after a restart, run all cells above."),
    ("speaker", who("return message[role]"), "A name needs quotes to be a text"),
    ("speaker", OLD + "def speaker(reply):\n    return reply[message]", "A name needs quotes to be a text"),
    ("speaker", who("return message['Role']"), "capitals count"),
    ("speaker", who("return message['roel']"), "There is no key roel"),
    ("speaker", OLD + who("return data['message']['role']"), "Use `reply`, not `data`"),
    ("speaker", OLD + "def speaker(reply):\n    return message['role']", "Use `reply`, not `data`"),
    ("first_reply", OLD + text("return data['message']['content']"), "Use `reply`, not `data`"),
    ("first_reply", OLD + text("return 'Error: ' + data['error'] if 'error' in data else data['message']['content']"), "Use `reply`, not `data`"),
    ("first_reply", OLD + text("if 'error' in reply:\n        return 'Error: ' + data['error']\n    " + READ), "you asked another one. Use `reply`, not `data`"),
    ("first_reply", text("if 'error' in reply:\n        return 'Error: ', reply['error']\n    " + READ), "Use + and not a comma"),
    ("first_reply", text("if 'error' in reply:\n        return 'error: ' + reply['error']\n    " + READ), "capital E, colon, one space"),
    ("first_reply", text("if 'error' in reply:\n        return 'Error:' + reply['error']\n    " + READ), "capital E, colon, one space"),
    ("first_reply", text("if 'error' in reply:\n        return 'Error: ' + reply\n    " + READ), "+ joins texts only"),
    ("first_reply", text("return reply('message')"), "reached with brackets"),
    ("speaker", who("return message"), "That is the whole message"),
    ("speaker", who("return message['content']"), "content is what was said"),
    ("speaker", who("print(message['role'])"), "print shows it to people"),
    ("speaker", who("message['role']"), "Put return in front of the value"),
    ("speaker", who("return 'assistant'"), "right by luck"),
    ("speaker", who("return reply['role']"), "Open message first"),
    ("speaker", who("return reply['model']"), "The role is the value under the key role"),
    ("speaker", who("return reply.message['role']"), "reached with brackets"),
    ("first_reply", text("return reply"), "That is a dictionary"),
    ("first_reply", text("return reply['message']"), "That is a dictionary"),
    ("first_reply", text("return str(reply['message'])"), "writes out the whole dictionary"),
    ("first_reply", text("return reply['content']"), "content is not at the top of the reply"),
    ("first_reply", text("return reply['response']"), "belongs to another address of Ollama"),
    ("first_reply", text("return reply.json()['message']['content']"), "is Python data already"),
    ("first_reply", text("return reply['message']['content']['text']"), "One step too deep"),
    ("first_reply", text("return reply['message']['role']"), "role says who speaks"),
    ("first_reply", text("print(reply['message']['content'])"), "print shows it to people"),
    ("first_reply", text("reply['message']['content']"), "A function without return"),
    ("first_reply", text("return reply['message']['content'] + ' '"), "something was added around them"),
    ("first_reply", text("return 'Hello from your computer.'"), "typed into the function"),
    ("first_reply", text("if reply['error']:\n        return 'Error: ' + reply['error']\n    " + READ), "Ask first whether it is there"),
    ("first_reply", text(READ), "Ask for the key error before you read"),
    ("first_reply", text("if 'error' in reply:\n        return reply['error']\n    " + READ), "so that nobody takes these words"),
    ("first_reply", text("if 'error' in reply:\n        return 'Error'\n    " + READ), "comes what the server said"),
    ("first_reply", text("if 'error' in reply:\n        print(reply['error'])\n    else:\n        " + READ), "print shows it to people"),
    ("first_reply", text("if 'error' in reply:\n        return reply\n    " + READ), "That is the whole reply"),
]

GUESSED = [
    ("stays_here", here("return not host.endswith('example.com') and host != 'host'")),
    ("speaker", who("return 'user' if message['role'] == 'user' else 'assistant'")),
    ("first_reply", text("return reply['message']['content'] or '(nothing)' if 'message' in reply else 'Error: ' + reply['error']")),
    ("first_reply", text("return reply['message']['content'] if 'message' in reply else \"Error: model 'llama9' not found\"")),
]


@pytest.mark.parametrize("name", EXERCISES)
def test_the_lessons_own_solution_earns_everything(name):
    report = judged(name, reference()[name])
    assert report.earned == report.points, as_text(report)


@pytest.mark.parametrize("name, source", RIGHT)
def test_another_right_style_earns_everything(name, source):
    report = judged(name, source)
    assert report.earned == report.points, as_text(report)


@pytest.mark.parametrize("name, source, message", WRONG)
def test_a_typical_wrong_answer_is_told_the_idea_behind_it(name, source, message):
    report = judged(name, source, hidden=False)
    missed = [outcome for outcome in report.outcomes if outcome.status is not Status.EARNED]
    assert all(outcome.status is Status.NOT_YET for outcome in missed), as_text(report)
    assert any(message in outcome.idea for outcome in missed), as_text(report)


@pytest.mark.parametrize("body", ["return host == 'http://localhost'", "return False", "return host == 'local host'"])
def test_nobody_is_told_to_use_or_who_did_not_use_and(body):
    assert "No host is both names" not in as_text(judged("stays_here", here(body), hidden=False))


@pytest.mark.parametrize("source", [who("return message[role]"), OLD + "def speaker(reply):\n    return reply[message]"])
def test_a_name_without_quotes_is_no_matter_of_json(source):
    text = as_text(judged("speaker", source, hidden=False))
    assert "A name needs quotes" in text and "Read:" not in text


@pytest.mark.parametrize("name, source", GUESSED)
def test_an_answer_that_fits_the_visible_examples_only_loses_to_a_hidden_check(name, source):
    assert judged(name, source, hidden=False).earned == EXERCISES[name].points
    report = judged(name, source)
    assert report.earned < report.points
    assert any(outcome.guard and not outcome.idea and not outcome.got for outcome in report.outcomes)


@pytest.mark.parametrize("name", EXERCISES)
def test_nothing_written_earns_nothing(name):
    report = judged(name, f"def {name}(value):\n    raise NotImplementedError()")
    assert report.earned == 0
    assert all("is not written yet" in outcome.got for outcome in report.outcomes)


@pytest.mark.parametrize("body, seen", [("return 'True'", "'True'"), ("return None", "nothing (None)"), ("return host", "'localhost'")])
def test_a_text_is_shown_in_quotes_and_nothing_is_called_nothing(body, seen):
    (outcome,) = judged("stays_here", here(body), hidden=False).outcomes
    assert outcome.got == seen


def test_the_last_hint_begins_its_code_on_a_line_of_its_own():
    assert all(exercise.hints[2].startswith("\n") for exercise in EXERCISES.values())
