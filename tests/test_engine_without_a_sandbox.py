"""The weaker level: two processes, no box. Scores are as safe; the machine is not, and the result says so."""

import os
import time
import sys
from dataclasses import replace

import pytest

from autograder.engine import Level, Nursery, Refused, self_test
from localmodels.checks.core import Wrong
from tests.boxes import as_stranger, as_superuser, judged, one_check, policy, printed, told

ordinary = pytest.mark.skipif(not hasattr(os, "fork") or os.geteuid() == 0, reason="without a sandbox only an ordinary user grades")
OPEN = replace(policy(call_seconds=20.0), level=Level.OPEN)
ASKS = """
import requests
def f(): return requests.post('http://localhost:11434/api/chat', json={'model': 'llama3.2', 'messages': [{'role': 'user', 'content': 'Hi'}], 'stream': False}, timeout=60).json()['message']['content']
"""


@pytest.fixture(scope="module")
def nursery():
    with Nursery(OPEN) as warm:
        yield warm


def asks(learner, ollama):
    """asks"""
    ollama.reply("Paris")
    if learner.f() != "Paris" or len(ollama.chats) != 1:
        raise Wrong("asks", ollama.requests)


@ordinary
def test_its_self_test_passes():
    self_test(OPEN)


@ordinary
def test_the_result_tells_the_level(nursery):
    result = judged(nursery, ASKS, one_check(asks))
    assert result.level == "C: not isolated" and result.reports[1].earned == 1, told(result.reports[1])


@ordinary
def test_the_mock_goes_down_and_up(nursery):
    def silent(learner, ollama):
        """silent"""
        ollama.down()
        if "Connection" not in learner.f():
            raise Wrong("refused", learner.f())
        ollama.up()
        if (got := learner.f()) != "200":
            raise Wrong("200", got)

    source = "import requests\ndef f():\n    try: return str(requests.get('http://localhost:11434', timeout=30).status_code)\n    except requests.ConnectionError as e: return type(e).__name__"
    result = judged(nursery, source, one_check(silent))
    assert result.reports[1].earned == 1, told(result.reports[1])


@ordinary
def test_silence_earns_nothing(nursery):
    result = judged(nursery, "import os\ndef f(): os._exit(0)", one_check(asks))
    assert result.reports[1].earned == 0 and "its process has ended" in told(result.reports[1])


@ordinary
def test_a_crash_is_told(nursery):
    assert "SIGSEGV" in judged(nursery, "import ctypes; ctypes.string_at(0)").lost


@ordinary
def test_home_is_a_folder_of_its_own_and_goes_with_it(nursery):
    home = printed(nursery, "import os, tempfile\nopen('x', 'w').close()\nprint(os.getcwd(), os.environ['HOME'], tempfile.gettempdir())").split()
    assert len(set(home)) == 1 and not os.path.exists(home[0])


@ordinary
def test_what_it_has_started_is_ended(nursery):
    source = "import subprocess\nprint(*[subprocess.Popen(['sleep', '1000'], start_new_session=True).pid for _ in range(5)])"
    left = [int(pid) for pid in printed(nursery, source).split()]
    assert len(left) == 5
    patience = time.monotonic() + 20  # the kernel needs a moment to take the killed away on a busy computer
    while (there := [pid for pid in left if os.path.exists(f"/proc/{pid}")]) and time.monotonic() < patience:
        time.sleep(0.05)
    assert not there


@as_superuser
def test_the_superuser_runs_no_learner_as_itself():
    """Either the learner's process becomes another user who can read Python, or the self-test refuses."""
    try:
        self_test(OPEN)
    except Refused as refused:
        assert "ordinary user" in str(refused)
    else:
        with Nursery(OPEN) as warm:
            assert int(printed(warm, "import os; print(os.getuid())")) >= 61000


@as_superuser
def test_the_same_holds_for_an_ordinary_user():
    """These tests again, as a user who owns nothing."""
    done = as_stranger(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", __file__)
    assert done.returncode == 0 and "7 passed" in done.stdout, done.stdout[-3000:] + done.stderr[-1000:]
