"""Many nurseries may be forks of one warm parent; none depends on another, nor on the parent once it has begun."""

import os
import time

import pytest

from autograder.engine import Nursery, WarmParent
from autograder.engine.policy import default_policy
from tests.boxes import ROOT, isolating, policy, printed

pytestmark = isolating


@pytest.fixture
def parent():
    with WarmParent(default_policy(ROOT), warm=False) as started:
        yield started


def test_nurseries_behind_one_door_have_processes_of_their_own(parent):
    with Nursery(policy(), door=parent.door) as one, Nursery(policy(), door=parent.door) as other:
        assert one._process.pid != other._process.pid
        assert (printed(one, "print('one')"), printed(other, "print('other')")) == ("one\n", "other\n")


def test_each_nursery_has_a_policy_of_its_own(parent):
    with Nursery(policy(open_files=50), door=parent.door) as one, Nursery(policy(open_files=70), door=parent.door) as other:
        limit = "import resource; print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
        assert (printed(one, limit), printed(other, limit)) == ("50\n", "70\n")


def test_one_that_is_closed_ends_no_other(parent):
    with Nursery(policy(), door=parent.door) as stays:
        with Nursery(policy(), door=parent.door) as goes:
            printed(goes, "1")
        assert goes._process is None and printed(stays, "print('here')") == "here\n"


def test_one_whose_fork_was_ended_gets_another(parent):
    with Nursery(policy(), door=parent.door) as nursery:
        nursery._process.kill()
        assert nursery._process.has_ended(5)
        assert printed(nursery, "print('again')") == "again\n"


def test_without_the_parent_a_nursery_goes_on_and_then_has_one_of_its_own(parent):
    with Nursery(policy(), warm=False, door=parent.door) as nursery:
        parent.close()
        assert printed(nursery, "print('still')") == "still\n"
        nursery._process.kill()
        assert nursery._process.has_ended(5)
        assert printed(nursery, "print('own')") == "own\n"


def test_a_door_that_is_closed_leaves_no_process(parent):
    nursery = Nursery(policy(), door=parent.door).__enter__()
    pid = nursery._process.pid
    nursery.close()
    parent.close()
    patience = time.monotonic() + 10
    while os.path.exists(f"/proc/{pid}") and time.monotonic() < patience:
        time.sleep(0.02)
    assert not os.path.exists(f"/proc/{pid}")


def test_what_the_parent_has_rehearsed_is_forgotten():
    """Names, hints that were seen, ports, folders and event loops belong to whoever uses them, not to the parent."""
    with Nursery(policy()) as nursery:
        source = """
import os, tempfile, sys
from localmodels import connection
from localmodels.checks import _hints_seen
names = sorted(name for name in globals() if not name.startswith('_') and name not in ('In', 'Out', 'get_ipython', 'exit', 'quit', 'open'))
print(names, os.environ.get('OLLAMA_HOST'), connection.port_in_use, tempfile.tempdir, _hints_seen, len(In))
"""
        expected = "['connection', 'os', 'sys', 'tempfile'] None None None {} 2\n"
        assert printed(nursery, source) == expected
