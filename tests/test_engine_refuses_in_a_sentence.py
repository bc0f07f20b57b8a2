"""Where boxes cannot be made or do not hold, nothing is run, and one sentence names the one command that helps."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from autograder.engine import Level, Refused, default_policy, self_test
from autograder.engine import refusals, selftest
from tests.boxes import ROOT, as_stranger, as_superuser, can_isolate, isolating, policy

TRY = """
import sys
from tests.boxes import policy
from autograder.engine import Nursery, Refused, judge_notebook, self_test
try:
    {action}
except Refused as refused:
    print(refused)
else:
    print("accepted")
"""
SELF_TEST = "self_test(policy())"
JUDGE = "with Nursery(policy(), warm=False) as n: judge_notebook(n, ['open(\"/tmp/was-run-%d\", \"w\")' % __import__('os').getpid()], lambda name: ())"
WITHOUT_CALLS = """
from autograder.engine import seccomp
seccomp.CALLS = {"unshare": seccomp.CALLS["unshare"]}
seccomp.install()
"""
WITHOUT_NAMESPACES = """
import os
from autograder.engine import namespaces as ns
uid, gid = os.getuid(), os.getgid()
ns.unshare(ns.NEW_USER)
ns.map_one_user(uid, gid, 0, 0)
open("/proc/sys/user/max_user_namespaces", "w").write("0")
ns.drop_capabilities()
os.geteuid = lambda: 1000
"""


def ends_in_one_command(sentence: str) -> bool:
    return sentence.count("\n") == 1 and any(command in sentence for command in ("docker run", "sudo sysctl -w", "make lab"))


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=300)
    return done.stdout


@isolating
@pytest.mark.parametrize("action", [SELF_TEST, JUDGE], ids=["self-test", "judging"])
def test_a_kernel_that_refuses_is_told_with_the_container_that_helps(action):
    said = run(WITHOUT_CALLS + TRY.format(action=action))
    assert "cannot be isolated" in said and "docker run" in said and ends_in_one_command(said)
    assert not [name for name in os.listdir("/tmp") if name.startswith("was-run-")]


@as_superuser
def test_a_kernel_without_user_namespaces_is_told_with_the_setting():
    done = as_stranger(sys.executable, "-c", WITHOUT_NAMESPACES + TRY.format(action=SELF_TEST))
    assert "sudo sysctl -w user.max_user_namespaces=15000" in done.stdout, done.stdout + done.stderr[-2000:]
    assert ends_in_one_command(done.stdout)


@pytest.mark.parametrize("setting, value, fix", [
    ("kernel/apparmor_restrict_unprivileged_userns", "1", "kernel.apparmor_restrict_unprivileged_userns=0"),
    ("kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone=1"),
    ("user/max_user_namespaces", "0", "user.max_user_namespaces=15000"),
])  # fmt: skip
def test_known_settings_are_named(monkeypatch, setting, value, fix):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(sys, "platform", "linux")
    said = refusals.sentence("new namespaces: Operation not permitted", {setting: value}.get)
    assert said.endswith(f"sudo sysctl -w {fix}") and "Operation not permitted" in said


def test_other_systems_are_sent_to_a_container(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "Linux only" in refusals.sentence("x") and "docker run" in refusals.sentence("x")


def test_other_processors_are_named(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(refusals.platform, "machine", lambda: "riscv64")
    assert "riscv64" in refusals.sentence("x")


@isolating
def test_a_box_that_does_not_hold_is_refused():
    """A policy that shows the grader's own files, as if a mistake had been made."""
    leaky = replace(policy(), read_only=(*policy().read_only, str(ROOT / "autograder")))
    with pytest.raises(Refused, match="does not hold.*read a file of the grader's user.*docker run"):
        self_test(leaky)


@isolating
def test_a_limit_that_does_not_hold_is_refused(monkeypatch):
    """The self-test expects smaller limits than the box has."""
    told = selftest._expected(policy())
    monkeypatch.setattr(selftest, "_expected", lambda tried: {**told, "processes": 3, "disk": 2**20})
    with pytest.raises(Refused, match="start more processes than it may.*store more than it may"):
        self_test(policy())


@isolating
def test_a_box_in_which_honest_code_fails_is_refused():
    with pytest.raises(Refused, match="Honest code does not work|did not come to its end|does not work|did not start"):
        self_test(policy(address_space=120 * 2**20))


def test_a_machine_that_can_isolate_is_not_refused():
    if can_isolate():
        self_test(default_policy(ROOT))


def test_the_levels_have_names():
    assert [str(level) for level in Level] == ["A: isolated", "C: not isolated"]
