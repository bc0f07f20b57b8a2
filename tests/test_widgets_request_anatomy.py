"""The request anatomy: four forms that send the same, a reply whose paths are right, breaks that break as told."""

import contextlib
import io
import json
import re
import shlex
import threading

import pytest

from localmodels.server.scripted import ScriptedOllama
from localmodels.widgets import anatomy_send, request_anatomy
from localmodels.widgets.anatomy import Form, NotAForm, as_curl, as_json, as_python, body, from_json
from localmodels.widgets.anatomy_breaks import at_port, breaks, not_installed, right
from localmodels.widgets.anatomy_figure import as_html, as_text, example_reply, svg
from localmodels.widgets.anatomy_send import Got, Sent, diagnose, reply_text, send
from localmodels.widgets.anatomy_view import LiveAnatomy, exchange_card, shortened
from localmodels.widgets.reply_tree import LONGEST, preview, tree

PLAIN = Form("llama3.2")
FORMS = [
    PLAIN,
    Form("llama3.2:1b", "It's \"quoted\" \\n and\nover two lines", "Answer as a pirate.", temperature=0.7),
    Form("llama3.2", "Grüße, 数字 & $HOME `date` ${x} </script>{curly}", "", temperature=2),
    Form("llama3.2", "tell me a story", stream=True),
]
BREAKS = {one.key: one for one in breaks()}


@pytest.fixture
def ollama():
    with ScriptedOllama(models=["llama3.2:latest", "llama3.2:1b"]) as server:
        yield server


# --- Four forms of one request ------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_the_json_holds_what_the_form_says(form):
    assert json.loads(as_json(form)) == body(form)
    assert body(form)["messages"][-1] == {"role": "user", "content": form.prompt}
    assert [message["role"] for message in body(form)["messages"]] == (["system", "user"] if form.system else ["user"])


@pytest.mark.parametrize("form", FORMS)
def test_the_json_leads_back_to_the_form(form):
    assert from_json(as_json(form)) == form


@pytest.mark.parametrize("form", FORMS)
def test_the_python_runs_and_sends_the_same(ollama, form):
    ollama.reply("Once upon a time", chunks=["Once upon ", "a time"])
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(as_python(ollama.url, form), {})
    assert ollama.last.json == body(form) and ollama.last.path == "/api/chat"
    assert "Once upon" in printed.getvalue()


@pytest.mark.parametrize("form", FORMS)
def test_the_curl_command_sends_the_same(form):
    program, url, flag, data = shlex.split(as_curl("http://localhost:11434", form))
    assert (program, url, flag) == ("curl", "http://localhost:11434/api/chat", "-d")
    assert json.loads(data) == body(form)


@pytest.mark.parametrize("text, says", [
    ("{", "Not JSON, line 1"),
    ('{"model": "m", "stream": False}', "False is Python; JSON writes false"),
    ("{'model': 'm'}", "double quotes"),
    ("[]", "must be an object in braces"),
    ('{"model": "m"}', '"messages" must be a list'),
    ('{"messages": [{"role": "user", "content": "x"}]}', '"model" must be there'),
    ('{"model": 3, "messages": [{"role": "user", "content": "x"}]}', '"model" must be there, with a text'),
    ('{"model": "m", "messages": ["x"]}', '"messages" must be a list of'),
    ('{"model": "m", "messages": [{"role": "robot", "content": "x"}]}', "one user message"),
    ('{"model": "m", "messages": [{"role": "user", "content": 1}]}', '"content" must be there'),
    ('{"model": "m", "message": []}', 'no field for "message"'),
    ('{"model": "m", "messages": [{"role": "user", "content": "x"}], "stream": "false"}', "true or false, without quotes"),
    ('{"model": "m", "messages": [{"role": "user", "content": "x"}], "options": {"seed": 1}}', "knows one option"),
    ('{"model": "m", "messages": [{"role": "user", "content": "x"}], "options": {"temperature": "hot"}}', "must be a number"),
])
def test_json_that_the_form_cannot_show_is_explained(text, says):
    with pytest.raises(NotAForm, match=re.escape(says)):
        from_json(text)


def test_json_that_says_nothing_of_streaming_streams_as_the_server_would():
    form = from_json('{"model": "m", "messages": [{"role": "user", "content": "x"}]}')
    assert form.stream and form.temperature == 0.8


# --- The reply as a tree --------------------------------------------------------------------


def test_every_path_leads_to_its_value():
    reply = {"message": {"content": "hi", "tool calls": [{"a\"b": None}, []]}, "done": True, "embeddings": [[0.1, 2]]}
    nodes = tree(reply)
    assert [eval(node.path, {"data": reply}) == node.value for node in nodes] == [True] * 11
    assert nodes[1].path == 'data["message"]["content"]' and nodes[1].depth == 1


@pytest.mark.parametrize("value, shown", [
    ({}, "{ 0 keys }"), ({"a": 1}, "{ 1 key }"), ([1], "[ 1 entry ]"), ([], "[ 0 entries ]"), (True, "true"), (None, "null"), ("é", '"é"'),
])
def test_values_are_shown_in_brief(value, shown):
    assert preview(value) == shown


def test_a_long_text_is_cut_in_the_tree():
    assert len(preview("x" * 500)) == LONGEST and preview("x" * 500).endswith("…")


# --- Breaking it ----------------------------------------------------------------------------


@pytest.mark.parametrize("key", BREAKS)
def test_each_break_gets_the_status_and_body_that_its_table_row_promises(ollama, key):
    one = BREAKS[key]
    got = send(one.make(ollama.url, PLAIN))
    assert got.status == one.status
    promised = one.body.removesuffix(" (plain text)").removeprefix("no text: ")
    assert one.status is None or all(part in got.text for part in promised.split(" ... "))


@pytest.mark.parametrize("key, cause, fix", [
    ("down", "nobody to send even an error", "ollama serve"),
    ("port", "No program listens", "Ollama's own is 11434"),
    ("path", "no path /api/chats. The body is plain text", "the path is /api/chat"),
    ("model", "no model of this name is installed", "ollama pull no-such-model"),
    ("get", "not for GET", "requests.post"),
    ("json", "not JSON", "json={...}"),
    ("type", "of the wrong kind", "write False"),
    ("message", 'The unknown field "message" was ignored', '"messages" with an s'),
    ("prompt", 'The unknown field "prompt" was ignored', '"messages" with an s'),
])
def test_each_break_is_explained_from_what_came_back(ollama, key, cause, fix):
    sent = BREAKS[key].make(ollama.url, PLAIN)
    found = diagnose(sent, send(sent))
    assert cause in found.cause and fix in found.fix and not found.good


def test_a_right_request_is_called_good(ollama):
    ollama.reply("Paris.")
    sent = right(ollama.url, PLAIN)
    got = send(sent)
    assert diagnose(sent, got).good and reply_text(got) == "Paris."


@pytest.mark.parametrize("got, says", [
    (Got(trouble="slow"), "did not answer in time"),
    (Got(trouble="The connection broke off before the answer was complete."), "broke off"),
    (Got(503, "Service Unavailable", '{"error":"server busy"}'), "server busy"),
    (Got(500, "", "oops"), "oops"),
    (Got(200, "OK", '{"message":null}'), "wrote nothing"),
])
def test_other_ends_are_explained_as_well(got, says):
    assert says in diagnose(right("http://localhost:1", PLAIN), got).cause


def test_a_cut_connection_is_told_from_a_missing_server(ollama):
    ollama.cut()
    assert "broke off" in send(right(ollama.url, PLAIN)).trouble


def test_a_slow_server_is_told_from_a_missing_one(ollama):
    ollama.reply("late", delay=1.0)
    assert send(right(ollama.url, PLAIN), timeout_s=0.05).trouble == "slow"


def test_a_proxy_in_the_environment_is_not_asked(ollama, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert send(Sent("GET", ollama.url + "/api/tags")).status == 200


def test_an_address_that_is_none_gets_a_sentence():
    assert "could not send this" in send(Sent("GET", "localhost:11434")).trouble


@pytest.mark.parametrize("url, port, expected", [
    ("http://localhost:11434", 11435, "http://localhost:11435"), ("http://[::1]:11434", 1, "http://[::1]:1"), ("http://box", 80, "http://box:80"),
])
def test_a_port_can_be_exchanged(url, port, expected):
    assert at_port(url, port) == expected


def test_a_name_that_is_not_installed_is_found_whatever_is_installed():
    assert not_installed([]) == "no-such-model"
    assert not_installed(["no-such-model:latest"]) == "not-pulled-yet"
    assert not_installed(["no-such-model", "not-pulled-yet:latest", "not-pulled-0"]) == "not-pulled-1"


# --- Still forms ----------------------------------------------------------------------------


def test_the_text_names_the_way_to_the_reply_and_every_break():
    text = as_text("http://localhost:11434", PLAIN)
    assert 'data["message"]["content"]' in text and all(one.label in text and one.fix in text for one in breaks())


def test_the_figure_shows_all_four_parts_and_escapes_them():
    form = Form("<b>m</b>", "a < b & c", "be <brief>")
    drawing = svg("http://localhost:11434", form)
    assert all(f"{n}. " in drawing for n in (1, 2, 3, 4))
    assert "<b>" not in drawing and "<brief>" not in as_html("http://localhost:11434", form)


def test_the_example_reply_has_the_keys_of_a_real_one(ollama):
    real = send(right(ollama.url, PLAIN)).data
    assert set(example_reply(PLAIN)) <= set(real) and set(example_reply(PLAIN)["message"]) == set(real["message"])


def test_without_an_address_the_last_connect_decides(monkeypatch):
    from localmodels import connection

    monkeypatch.setattr(connection, "port_in_use", None)
    assert request_anatomy().url == "http://localhost:11434"
    monkeypatch.setattr(connection, "port_in_use", 50123)
    assert request_anatomy(model="gemma2:2b").url == "http://localhost:50123"
    assert request_anatomy("http://box:1/").url == "http://box:1"


# --- The view -------------------------------------------------------------------------------


@pytest.fixture
def live(ollama):
    return LiveAnatomy(ollama.url, PLAIN)


def pressed(live, button):
    button.click()
    live.wait()
    return live.card.value


def test_the_forms_follow_the_form(live):
    live.prompt.value, live.system.value, live.temperature.value = "Why <is> it?", "Short.", 0.5
    assert from_json(live.json.value) == Form("llama3.2", "Why <is> it?", "Short.", temperature=0.5)
    for view in (live.python, live.curl):
        assert "Why &lt;is&gt; it?" in view.value and "Short." in view.value
    live.stream.value = True
    assert "iter_lines" in live.python.value and '"stream": true' in live.json.value


def test_the_form_follows_the_json(live):
    live.json.value = as_json(Form("llama3.2:1b", "New", "Brief.", True, 1.5))
    assert (live.model.value, live.prompt.value, live.system.value) == ("llama3.2:1b", "New", "Brief.")
    assert live.stream.value is True and live.temperature.value == 1.5 and live.json_note.value == ""
    assert "llama3.2:1b" in live.curl.value


@pytest.mark.parametrize("form", [PLAIN, Form("llama3.2", stream=True)], ids=["whole", "stream"])
def test_every_path_shown_is_one_that_the_python_beside_it_knows(ollama, form):
    ollama.reply("Once upon a time", chunks=["Once upon ", "a time"])
    live = LiveAnatomy(ollama.url, form)
    pressed(live, live.send)
    known = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(as_python(ollama.url, form), known)
    for node in live.nodes:
        eval(node.path, known)  # a NameError or KeyError would be a path that leads nowhere


def test_send_sends_what_stands_in_the_box_and_the_server_says_what_is_wrong_with_it(live, ollama):
    typed = as_json(PLAIN).replace('"stream": false', '"stream": False')
    live.json.value = typed
    assert "False is Python" in live.json_note.value and "Send sends this text as it is" in live.json_note.value
    card = pressed(live, live.send)
    assert ollama.last.body.decode() == typed
    assert "400" in card and "invalid character" in card and "The body is not JSON" in card and "lm-bad" in card


def test_json_that_the_form_cannot_show_is_sent_all_the_same(live, ollama):
    live.json.value = '{"model": "llama3.2", "messages": [], "stream": false}'
    assert "200 OK, but no text" in pressed(live, live.send)


def test_broken_json_leaves_the_other_forms_and_says_why(live):
    before = live.python.value
    live.json.value = '{"model": }'
    assert "Not JSON" in live.json_note.value and live.python.value == before and live.prompt.value == PLAIN.prompt
    live.json.value = as_json(PLAIN)
    assert live.json_note.value == ""


def test_before_anything_is_sent_an_example_shows_the_way_to_the_text(live):
    assert "Not sent yet" in live.card.value
    assert "data[&quot;message&quot;][&quot;content&quot;]" in live.path.value


def test_send_shows_the_real_reply_and_picking_a_key_shows_its_path(live, ollama):
    ollama.reply("Paris, <b>France</b>.")
    card = pressed(live, live.send)
    assert "200 OK" in card and "Paris, " in card and "<b>" not in card and "lm-good" in card
    assert "Paris, &lt;b&gt;France&lt;/b&gt;." in live.path.value
    at = next(at for at, node in enumerate(live.nodes) if node.label == '"eval_count"')
    live.keys.children[at].click()
    assert "data[&quot;eval_count&quot;]" in live.path.value
    assert [button.button_style for button in live.keys.children].count("primary") == 1


def test_a_streamed_reply_shows_its_first_and_last_line(live, ollama):
    ollama.reply("Paris.", chunks=["Pa", "ris", "."])
    live.stream.value = True
    pressed(live, live.send)
    assert {node.path.split("]")[0] + "]" for node in live.nodes} == {"lines[0]", "lines[-1]"}
    assert "lines[0][&quot;message&quot;][&quot;content&quot;]" in live.path.value and ">Pa<" in live.path.value


@pytest.mark.parametrize("key", BREAKS)
def test_every_break_button_really_sends_and_shows_status_body_cause_and_fix(live, ollama, key):
    card = pressed(live, live.buttons[key])
    assert all(f"<dt>{name}</dt>" in card for name in ("Changed", "Sent", "Status", "Body", "Cause", "Fix"))
    assert "lm-bad" in card and 'role="status"' in card
    arrived = [request for request in ollama.requests if request.path.startswith("/api/chat")]
    assert len(arrived) == (0 if BREAKS[key].status is None else 1)
    assert live.form == PLAIN, "a break never changes the form"


def test_the_missing_model_is_missing_even_where_it_was_pulled(live, ollama):
    ollama.install("no-such-model")
    assert "404" in pressed(live, live.buttons["model"]) and "not-pulled-yet" in live.card.value


def test_a_server_that_is_gone_is_a_sentence_and_no_crash(live, ollama):
    ollama.down()
    for button in (live.send, *live.buttons.values()):
        assert "nobody answered" in pressed(live, button)
    assert live.reply_part.layout.display == "none"
    ollama.up()
    assert "200 OK" in pressed(live, live.send) and live.reply_part.layout.display is None


def test_an_address_without_sense_is_a_sentence_too():
    live = LiveAnatomy("http://box:99999999", PLAIN)
    for button in (live.send, *live.buttons.values()):
        assert "<dt>Cause</dt>" in pressed(live, button)


@pytest.fixture
def answer_now(monkeypatch):
    """Nothing is answered until the event is set."""
    event = threading.Event()
    real = anatomy_send.send
    monkeypatch.setattr(anatomy_send, "send", lambda sent, **options: event.wait(30) and real(sent, **options))
    yield event
    event.set()


def test_the_notebook_is_not_held_up_while_the_model_thinks(live, answer_now):
    live.send.click()
    assert "Waiting" in live.card.value and not live.stop.disabled
    answer_now.set()
    live.wait()
    assert "200 OK" in live.card.value and live.stop.disabled


def test_waiting_can_be_stopped_and_a_late_reply_is_ignored(live, answer_now):
    live.send.click()
    live.stop.click()
    assert "Stopped waiting" in live.card.value and live.stop.disabled
    answer_now.set()
    live.wait()
    assert "Stopped waiting" in live.card.value


def test_a_second_request_overtakes_the_first(live, answer_now):
    live.send.click()
    first = live._thread
    live.buttons["get"].click()
    answer_now.set()
    first.join()
    live.wait()
    assert "405" in live.card.value


def test_a_long_body_is_cut_in_the_middle():
    text = shortened("a" * 5000 + "END")
    assert len(text) < 700 and text.endswith("END") and "4,403 characters left out" in text
    assert "lm-good" not in exchange_card(right("http://x", PLAIN), Got(200, "OK", "[]"))
