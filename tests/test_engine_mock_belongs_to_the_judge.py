"""Ollama inside a box is the judge's: every client reaches it, the judge sees every request, and nobody else does."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from autograder.engine import Nursery
from localmodels import facts
from localmodels.checks.core import Exercise, Wrong
from localmodels.checks.chats import nobody_answering
from tests.boxes import isolating, judged, policy, printed, told

pytestmark = isolating
MODEL = facts.value("models.default")


@pytest.fixture(scope="module")
def nursery():
    with Nursery(policy()) as warm:
        yield warm


def exercise(*judges):
    made = Exercise("toy", lesson="99", functions=("f",))
    for number, judge in enumerate(judges):
        judge.__name__, judge.__doc__ = f"check{number}", f"promise {number}"
        made.check(points=1)(judge)
    return made


def earned(result):
    return [report.earned for report in result.reports.values()]


BODY = f"{{'model': {MODEL!r}, 'messages': [{{'role': 'user', 'content': 'Hi'}}], 'stream': False}}"
CLIENTS = {
    "requests": f"import requests\ndef f(): return requests.post('http://localhost:11434/api/chat', json={BODY}, timeout=60).json()['message']['content']",
    "httpx": f"import httpx\ndef f(): return httpx.post('http://localhost:11434/api/chat', json={BODY}, timeout=60).json()['message']['content']",
    "httpx, async": f"import httpx\nasync def f():\n    async with httpx.AsyncClient() as c: return (await c.post('http://localhost:11434/api/chat', json={BODY}, timeout=60)).json()['message']['content']",
    "urllib": f"import json, urllib.request as u\ndef f():\n    r = u.Request('http://localhost:11434/api/chat', json.dumps({BODY}).encode(), {{'Content-Type': 'application/json'}})\n    return json.load(u.urlopen(r, timeout=60))['message']['content']",
    "http.client": f"import json, http.client as h\ndef f():\n    c = h.HTTPConnection('127.0.0.1', 11434, timeout=60)\n    c.request('POST', '/api/chat', json.dumps({BODY}))\n    return json.load(c.getresponse())['message']['content']",
    "ollama": f"import ollama\ndef f(): return ollama.chat({MODEL!r}, [{{'role': 'user', 'content': 'Hi'}}]).message.content",
    "ollama, async": f"import ollama\nasync def f(): return (await ollama.AsyncClient().chat({MODEL!r}, [{{'role': 'user', 'content': 'Hi'}}])).message.content",
    "openai": f"import openai\ndef f(): return openai.OpenAI(base_url='http://localhost:11434/v1', api_key='x').chat.completions.create(model={MODEL!r}, messages=[{{'role': 'user', 'content': 'Hi'}}]).choices[0].message.content",
    "curl in Python": f"import subprocess, sys\ndef f(): return subprocess.run([sys.executable, '-c', \"import requests; print(requests.post('http://localhost:11434/api/chat', json={BODY.replace(chr(34), chr(39))}).json()['message']['content'], end='')\"], capture_output=True, text=True).stdout",
    "aiohttp": f"import aiohttp\nasync def f():\n    async with aiohttp.ClientSession() as s:\n        async with s.post('http://localhost:11434/api/chat', json={BODY}) as r: return (await r.json())['message']['content']",
}


@pytest.mark.parametrize("client", CLIENTS)
def test_every_client_reaches_it_and_is_seen(nursery, client):
    if client == "aiohttp":
        pytest.importorskip("aiohttp")

    def asks(learner, ollama):
        ollama.reply("Paris é🙂")
        if learner.f() != "Paris é🙂":
            raise Wrong("Paris")
        sent = ollama.last
        path = "/v1/chat/completions" if client == "openai" else "/api/chat"
        if (sent.path, sent.json["messages"][0]["content"], len(ollama.requests)) != (path, "Hi", 1):
            raise Wrong("one request", ollama.requests)

    result = judged(nursery, CLIENTS[client], exercise(asks))
    assert earned(result) == [1], told(result.reports[1])


def test_connect_finds_it_and_starts_nothing(nursery):
    said = printed(nursery, "from localmodels import connect\nurl = connect()\nimport os\nprint(url, os.listdir('/home/learner'))")
    assert f"with {MODEL}" in said and said.endswith("http://localhost:11434 []\n") and "practice" not in said


def test_it_goes_down_and_comes_back_on_its_port(nursery):
    def silent(learner, ollama):
        with nobody_answering(ollama):
            if (got := learner.f()) != "refused":
                raise Wrong("refused", got)
        if (got := (learner.f(), learner.taken())) != (200, "taken"):
            raise Wrong("back", got)

    source = """
import requests, socket
def f():
    try: return requests.get('http://localhost:11434', timeout=30).status_code
    except requests.ConnectionError:
        return taken() if taken() != 'taken' else 'refused'
def taken():
    for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
        with socket.socket() as s:
            s.setsockopt(socket.SOL_SOCKET, option, 1)
            try: s.bind(('127.0.0.1', 11434)); return 'free'
            except OSError: pass
    return 'taken'
f()
"""
    result = judged(nursery, source, exercise(silent))
    assert earned(result) == [1], told(result.reports[1])


def test_a_process_that_grabs_at_the_port_while_it_is_down_gets_nothing(nursery):
    def silent(learner, ollama):
        for turn in range(10):
            with nobody_answering(ollama):
                if (got := learner.f()) != "refused":
                    raise Wrong("refused", got)
            if (got := learner.f()) != 200:
                raise Wrong("back", (turn, got))

    grab = """
import socket
while True:
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try: s.bind(('127.0.0.1', 11434)); s.listen(); open('/tmp/taken', 'w'); break
        except OSError: pass
"""
    source = f"""
import os, requests, subprocess, sys
grabber = subprocess.Popen([sys.executable, '-c', {grab!r}])
def f():
    try: return requests.get('http://localhost:11434', timeout=30).status_code
    except requests.ConnectionError: return 'taken' if os.path.exists('/tmp/taken') else 'refused'
f()
"""
    result = judged(nursery, source, exercise(silent))
    assert earned(result) == [1], told(result.reports[1])


def test_a_late_reply_of_one_check_is_not_read_by_the_next(nursery):
    """A session kept open across checks: the copies of one process share its connection."""

    def hurries(learner, ollama):
        ollama.reply("late", delay=0.5)
        try:
            learner.f(0.1)
        except Exception:
            return
        raise Wrong("times out")

    def waits(learner, ollama):
        ollama.reply("in time", delay=1.0)
        if (got := learner.f(60)) != "in time":
            raise Wrong("its own reply", got)

    source = f"""
import requests
session = requests.Session()
def f(timeout):
    return session.post('http://localhost:11434/api/chat', json={BODY}, timeout=timeout).json()['message']['content']
f(60)
"""
    result = judged(nursery, source, exercise(hurries, waits, waits))
    assert earned(result) == [3], [outcome.got for outcome in result.reports[1].outcomes]


def test_a_streamed_reply_is_read_while_it_streams(nursery):
    def streams(learner, ollama):
        ollama.reply("a b c", chunks=["a ", "b ", "c"])
        if "".join(learner.f()) != "a b c" or ollama.last.json.get("stream") is False:
            raise Wrong("pieces")

    source = f"import ollama\ndef f():\n    for part in ollama.chat({MODEL!r}, [{{'role': 'user', 'content': 'Hi'}}], stream=True):\n        yield part.message.content"
    assert earned(judged(nursery, source, exercise(streams))) == [1]


def test_requests_of_cells_are_no_evidence_for_a_check(nursery):
    def sees(learner, ollama):
        learner.f()
        if ollama.requests:
            raise Wrong("none")

    assert earned(judged(nursery, "import requests\nrequests.get('http://localhost:11434/api/tags')\ndef f(): pass", exercise(sees, sees))) == [2]


FLOODS = {
    "large bodies": "import requests\nfor _ in range(20):\n    try: print(requests.post('http://localhost:11434/api/chat', data=b'x' * 30_000_000, timeout=60).status_code)\n    except requests.RequestException: pass",
    "many requests": "import requests\ns = requests.Session()\nfor _ in range(2000): s.get('http://localhost:11434/api/tags', timeout=60)",
    "garbage": "import socket\nfor _ in range(50):\n    with socket.create_connection(('localhost', 11434)) as s: s.sendall(b'\\0\\xff' * 5000)",
    "deep JSON": "import requests\nrequests.post('http://localhost:11434/api/chat', data='[' * 1_000_000, timeout=60)\nrequests.post('http://localhost:11434/api/chat', data='{\"model\":' * 100_000, timeout=60)",
    "strange requests": "import socket\nfor line in (b'GET\\r\\n\\r\\n', b'POST /api/chat HTTP/1.1\\r\\nContent-Length: -5\\r\\n\\r\\n', b'\\x1b[31mGET / HTTP/9.9\\r\\n\\r\\n', b'POST /api/chat HTTP/1.1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nffffffffff\\r\\n'):\n    with socket.create_connection(('localhost', 11434)) as s:\n        s.sendall(line); s.settimeout(5)\n        try: s.recv(1000)\n        except OSError: pass",
    "connections that stay": "import socket\nheld = [socket.create_connection(('localhost', 11434)) for _ in range(60)]",
}


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
def test_floods_of_requests_leave_it_working_and_the_terminal_quiet(nursery, flood, capfd):
    def asks(learner, ollama):
        ollama.reply("fine")
        if learner.f() != "fine":
            raise Wrong("fine")

    result = judged(nursery, flood, CLIENTS["requests"], exercise(asks))
    assert earned(result) == [1], (result.lost, told(result.reports[2]))
    assert capfd.readouterr() == ("", "")


def test_parallel_boxes_each_have_their_own():
    def asks(learner, ollama):
        number = id(ollama)
        for turn in range(5):
            ollama.reply(f"{number} {turn}")
            if learner.f() != f"{number} {turn}" or len(ollama.chats) != turn + 1:
                raise Wrong("its own")

    def one(_):
        with Nursery(policy(), warm=False) as own:
            return earned(judged(own, CLIENTS["requests"], exercise(asks)))

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(one, range(3))) == [[1]] * 3
