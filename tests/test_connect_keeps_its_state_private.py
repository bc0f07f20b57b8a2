"""The state folder: per user, private, usable by many processes at once, healed when damaged."""

import os
import stat
import sys
import threading
import time

import pytest

from localmodels import state
from tests.neighbours import notebook, said

posix = pytest.mark.skipif(os.name != "posix", reason="file permissions of this kind are POSIX only")


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("LOCALMODELS_HOME", str(tmp_path / "home"))


@posix
def test_nobody_else_can_read_it():
    state.secret()
    state.remember({"port": 1})
    assert stat.S_IMODE(state.home().stat().st_mode) == 0o700
    for path in state.home().iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


@posix
def test_a_folder_that_was_open_to_others_is_closed():
    folder = state.home()
    folder.chmod(0o755)
    assert stat.S_IMODE(state.home().stat().st_mode) == 0o700


@posix
def test_a_folder_of_another_user_is_refused(monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: 4242)
    with pytest.raises(state.StateError, match="belongs to another user; set LOCALMODELS_HOME"):
        state.home()


def test_a_file_in_the_way_is_explained(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LOCALMODELS_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(state.StateError, match="cannot be used .*; set the variable LOCALMODELS_HOME"):
        state.home()


@pytest.mark.parametrize("platform, variable", [("win32", "LOCALAPPDATA"), ("linux", "XDG_STATE_HOME")])
def test_the_usual_place_is_the_operating_systems(monkeypatch, tmp_path, platform, variable):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv(variable, str(tmp_path))
    assert state._default_home() == tmp_path / "localmodels"


def test_an_unusable_home_is_replaced_by_the_temporary_folder(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.delenv("LOCALMODELS_HOME")
    monkeypatch.setattr(state, "_default_home", lambda: tmp_path / "file" / "home")
    monkeypatch.setattr(state.tempfile, "gettempdir", lambda: str(tmp_path))
    assert state.home().parent == tmp_path and state.home().name.startswith("localmodels-")


def test_many_processes_agree_on_one_secret():
    code = "from localmodels import state; print(state.proof('x'))"
    assert len({said(process) for process in [notebook(code) for _ in range(4)]}) == 1


def test_only_the_right_proof_counts():
    assert state.is_proof("challenge", state.proof("challenge"))
    for wrong in ("", None, 1, "0" * 64, state.proof("another"), "ä"):
        assert not state.is_proof("challenge", wrong)


def test_an_empty_secret_left_by_a_crash_is_replaced(monkeypatch):
    monkeypatch.setattr(state, "_LOCK_POLL_S", 0.0001)
    (state.home() / "secret").write_text("")
    assert len(state.secret()) == 64


def test_one_at_a_time():
    inside, seen = [], []

    def work():
        with state.lock(10):
            inside.append(1)
            seen.append(len(inside))
            time.sleep(0.01)
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [1] * 5


def test_a_lock_held_too_long_is_reported():
    with state.lock(1), pytest.raises(TimeoutError), state.lock(0.05):
        pass


def test_a_killed_process_frees_the_lock():
    holder = notebook("from localmodels import state; import time\nwith state.lock():\n  print('x', flush=True); time.sleep(60)")
    holder.stdout.readline()
    with pytest.raises(TimeoutError), state.lock(0.05):
        pass
    holder.kill()
    holder.communicate()
    with state.lock(5):
        pass
