"""doctor says what is ready and what is not, in words, with the fix for this operating system."""

import importlib.metadata
import os
import re
import subprocess
import sys

import pytest

from localmodels import doctor, facts, finding, machine, practice
from tests import neighbours
from tests.neighbours import at_home  # noqa: F401

SYSTEMS = ["linux", "macos", "windows"]


@pytest.fixture(autouse=True)
def _home(at_home):  # noqa: F811
    return at_home


def command(*words):
    return subprocess.run([sys.executable, "-m", "localmodels", *words], capture_output=True, text=True, timeout=60)


def test_a_good_computer_is_ready_and_a_model_speaks(monkeypatch):
    monkeypatch.setattr(machine, "free_memory", lambda: 8e9)
    found = doctor.doctor()
    assert found.ok and found.verdict == "Everything the course needs is ready."
    reply = found.rows[-1]
    assert reply.state is doctor.State.READY
    assert re.search(r"says: \w+", reply.seen)


def test_the_command_ends_with_0_when_all_is_well():
    run = command("doctor")
    assert run.returncode == 0, run.stdout
    assert run.stdout.rstrip().endswith("Everything the course needs is ready.")


def test_the_command_ends_with_1_and_names_the_problem(monkeypatch):
    monkeypatch.setenv("LOCALMODELS_PORT", "none")
    run = command("doctor")
    assert run.returncode == 1
    assert "Fix first: Practice server, A reply." in run.stdout
    assert "LOCALMODELS_PORT is 'none'; set it to a number" in run.stdout and not run.stderr


@pytest.mark.parametrize("verb", ["stop", "status"])
def test_what_stops_a_verb_is_said_in_a_sentence(monkeypatch, tmp_path, verb):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LOCALMODELS_HOME", str(tmp_path / "file" / "home"))
    run = command(verb)
    assert run.returncode == 1 and "set the variable LOCALMODELS_HOME" in run.stdout + run.stderr
    assert "Traceback" not in run.stderr


def test_an_unusable_state_folder_is_a_problem_not_a_crash(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LOCALMODELS_HOME", str(tmp_path / "file" / "home"))
    found = doctor.examine()
    assert found.verdict == "Fix first: Disk, Practice server, A reply."


def test_text_and_html_say_the_same():
    row = doctor.Finding("Disk", doctor.State.PROBLEM, "1 GB < 2 GB", "Delete <things>")
    found = doctor.Findings((row,))
    for part in ("Disk", "problem"):
        assert part in repr(found) and part in found._repr_html_()
    assert "1 GB < 2 GB" in repr(found) and "1 GB &lt; 2 GB" in found._repr_html_()
    assert "Delete &lt;things&gt;" in found._repr_html_()
    assert "Fix first: Disk." in repr(found) and "Fix first: Disk." in found._repr_html_()


def test_an_old_python_is_a_problem_with_a_fix_for_each_system(monkeypatch):
    monkeypatch.setattr(doctor.sys, "version_info", (3, 9, 1))
    for system in SYSTEMS:
        monkeypatch.setattr(machine, "system", lambda system=system: system)
        row = doctor._python()
        assert row.state is doctor.State.PROBLEM and facts.value("needs.python") in row.fix
    assert "winget" in row.fix


def test_missing_and_old_packages_are_named(monkeypatch):
    truth = importlib.metadata.version

    def version(name):
        if name == "numpy":
            raise importlib.metadata.PackageNotFoundError(name)
        return "0.1" if name == "requests" else truth(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    row = doctor._packages()
    assert row.state is doctor.State.PROBLEM
    assert "numpy is missing" in row.seen and "requests is 0.1, needed is" in row.seen
    assert "pip install" in row.fix


@pytest.mark.parametrize(
    "free, state", [(0.1e9, doctor.State.PROBLEM), (1e9, doctor.State.NOTE), (8e9, doctor.State.READY), (None, doctor.State.NOTE)]
)
def test_free_memory_is_judged(monkeypatch, free, state):
    monkeypatch.setattr(machine, "free_memory", lambda: free)
    assert doctor._memory().state is state


def test_memory_is_counted_in_gib_as_lesson_04_counts_it(monkeypatch):
    monkeypatch.setattr(machine, "free_memory", lambda: 3 * 2**30)
    assert doctor._memory().seen == "3.0 GiB"


@pytest.mark.parametrize("free, state", [(5e7, doctor.State.PROBLEM), (1e9, doctor.State.NOTE), (1e11, doctor.State.READY)])
def test_free_disk_is_judged(monkeypatch, free, state):
    monkeypatch.setattr(machine, "free_disk", lambda folder: free)
    assert doctor._disk().state is state


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_missing_ollama_is_a_note_with_the_command_for_the_system(monkeypatch, system):
    monkeypatch.setattr(machine, "system", lambda: system)
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    row = doctor._ollama_installed()
    assert row.state is doctor.State.NOTE
    assert facts.value(f"install.{system}") in row.fix


def test_an_ollama_without_the_model_gets_the_command(monkeypatch):
    with neighbours.ollama({"other:latest": 1}) as port:
        monkeypatch.setenv("OLLAMA_HOST", f"127.0.0.1:{port}")
        row = doctor._ollama_running()
    assert row.state is doctor.State.NOTE and row.fix == f"In a terminal: {facts.value('install.pull')}"


def test_an_ollama_with_the_model_is_ready(monkeypatch):
    with neighbours.ollama({"llama3.2:latest": 1}) as port:
        monkeypatch.setenv("OLLAMA_HOST", f"127.0.0.1:{port}")
        assert doctor._ollama_running().state is doctor.State.READY


@pytest.mark.parametrize("system, tool", [("linux", "ss"), ("macos", "lsof"), ("windows", "netstat")])
def test_a_program_on_the_port_can_be_found_out(monkeypatch, system, tool):
    monkeypatch.setattr(machine, "system", lambda: system)
    with neighbours.web_page() as port:
        monkeypatch.setenv("OLLAMA_HOST", f"127.0.0.1:{port}")
        row = doctor._ollama_running()
    assert "another program" in row.seen and f"{tool} " in row.fix and str(port) in row.fix


def test_a_practice_server_in_the_way_of_ollama_is_named(monkeypatch):
    practice.ensure()
    monkeypatch.setattr(doctor.shutil, "which", lambda name: "/usr/bin/ollama")
    row = doctor._ollama_running()
    assert "your practice server answers" in row.seen
    assert "python -m localmodels stop" in row.fix


def test_an_address_that_is_none_is_a_note(monkeypatch):
    monkeypatch.setenv("OLLAMA_HOST", "box:port")
    row = doctor._ollama_running()
    assert row.state is doctor.State.NOTE and "box:port" in row.seen and "unset" in row.fix


def test_a_proxy_is_noted_until_localhost_is_left_out(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://proxy:3128")
    assert doctor._proxy().state is doctor.State.NOTE
    monkeypatch.setenv("no_proxy", "localhost,127.0.0.1")
    assert doctor._proxy().state is doctor.State.READY


def test_missing_widgets_are_a_problem(monkeypatch):
    monkeypatch.setattr(doctor, "_installed", lambda name: False)
    assert doctor._widgets().state is doctor.State.PROBLEM


def test_without_verb_the_verbs_are_listed():
    run = command()
    assert run.returncode == 0
    assert all(f"  {verb} " in run.stdout for verb in ("serve", "stop", "status", "doctor"))
    assert "python -m localmodels serve --port" in run.stdout


def test_a_typo_gets_the_nearest_verb():
    run = command("doctr")
    assert run.returncode == 2
    assert "There is no verb 'doctr'. Did you mean `python -m localmodels doctor`?" in run.stderr


@pytest.mark.parametrize("verb", ["stop", "status", "doctor"])
def test_each_verb_has_help_with_an_example(verb):
    run = command(verb, "--help")
    assert run.returncode == 0 and f"Example: python -m localmodels {verb}" in run.stdout
    assert command(verb, "now").returncode == 2


def test_status_and_stop_tell_what_is_there():
    assert command("status").returncode == 1
    practice.ensure()
    run = command("status")
    assert run.returncode == 0 and f"running at http://localhost:{os.environ['LOCALMODELS_PORT']}" in run.stdout
    assert "has stopped" in command("stop").stdout
    assert "nothing to stop" in command("stop").stdout
    assert not finding.listens(practice.preferred_port())
