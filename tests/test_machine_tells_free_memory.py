"""Free memory as a learner may use it, inside a container too."""

import psutil
import pytest

from localmodels import machine

GB = 10**9


@pytest.fixture
def container(tmp_path, monkeypatch):
    """A container with 4 GB, of which 3 GB are in use, 2 GB of them copies of files."""
    monkeypatch.setattr(machine, "_CGROUP", tmp_path)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: type("Memory", (), {"available": 64 * GB, "total": 128 * GB}))
    (tmp_path / "memory.max").write_text(f"{4 * GB}\n")
    (tmp_path / "memory.current").write_text(f"{3 * GB}\n")
    (tmp_path / "memory.stat").write_text(f"anon {1 * GB}\nfile {2 * GB}\nactive_file 0\ninactive_file {2 * GB}\n")
    return tmp_path


def test_copies_of_files_count_as_free(container):
    assert machine.free_memory() == 3 * GB


def test_without_the_list_all_use_counts(container):
    (container / "memory.stat").unlink()
    assert machine.free_memory() == 1 * GB


def test_a_container_without_limit_has_the_whole_machine(container):
    (container / "memory.max").write_text("max\n")
    assert (machine.free_memory(), machine.total_memory()) == (64 * GB, 128 * GB)


def test_a_machine_smaller_than_the_limit_decides(container, monkeypatch):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: type("Memory", (), {"available": 1 * GB, "total": 2 * GB}))
    assert (machine.free_memory(), machine.total_memory()) == (1 * GB, 2 * GB)
