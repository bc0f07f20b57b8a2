"""Hostile, odd and honest submissions handed in together: the instructor's command ends, each gets its due, nothing leaks."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.hostile_class import CORPUS, FULL, LESSON, ROOT, STATES, case, expand, solved, too_much
from tests.hostile_secrets import LEAKED, hidden_texts, leaks, left_behind, planted

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="submissions are isolated on Linux only")

HONEST = [f"{number:02}-honest" for number in (0, 9, 14, 99)]  # first, in between, last
HOSTILE = """
availability/crashes_the_interpreter availability/floods_with_processes availability/loops_and_swallows_every_interruption
availability/prints_without_end availability/takes_memory_in_one_process
integrity/equal_to_everything integrity/forges_feedback integrity/invents_exercises integrity/raises_its_points integrity/skips_its_checks
confidentiality/prints_hidden_inputs confidentiality/puts_script_into_feedback confidentiality/reads_hidden_checks_from_disk
confidentiality/reads_the_process_list confidentiality/sends_hidden_inputs_out
persistence/changes_what_it_was_given persistence/leaves_a_daemon persistence/writes_into_packages
robustness/copied_everything robustness/deleted_checks robustness/not_json robustness/notebook_is_a_pipe robustness/sparse_giant
robustness/zip_that_unpacks_to_too_much
""".split()


@dataclass(frozen=True)
class Graded:
    """What one run of the command left behind."""

    run: subprocess.CompletedProcess
    folder: Path
    secrets: object

    def result(self, student):
        (found,) = (one for one in json.loads((self.folder / "results.json").read_text()) if one["student"] == student)
        points = {report["exercise"]: report["points"] for reports in found["notebooks"].values() for report in reports}
        return found["state"], points


def student_of(number, name):
    return f"{number + 1:02}-{name.split('/')[1].replace('_', '-')}"


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    base = tmp_path_factory.mktemp("class")
    (base / "planted").mkdir()
    with planted(base / "planted") as secrets:
        _hand_in(base, secrets.words)
        command = [sys.executable, "-m", "autograder", "grade", str(base / "in"), "--out", str(base / "out"), "--cell-seconds", "3"]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400, env=dict(os.environ))
        yield Graded(run, base / "out", secrets)


def _hand_in(base, words):
    for name in HONEST:
        (base / "in" / name).mkdir(parents=True)
        (base / "in" / name / f"{LESSON}.ipynb").write_text(json.dumps(solved(LESSON)), encoding="utf-8")
    for number, name in enumerate(HOSTILE):
        place = base / str(number)
        place.mkdir()
        expand(case(CORPUS / name), place, words)
        for path in place.iterdir():
            path.rename(base / "in" / (student_of(number, name) + path.suffix))


def test_a_hostile_class_is_graded_to_its_end(graded):
    """One test, so that the class is graded once however tests are spread over processes."""
    _a_state_for_everyone(graded)
    for name in HONEST:
        state, points = graded.result(name)
        assert (state, sum(points.values())) == ("graded", FULL), name
    for number, name in enumerate(HOSTILE):
        one = case(CORPUS / name)
        state, points = graded.result(student_of(number, name))
        assert state in one.states, name
        assert not too_much(one, points), name
    _nothing_secret_is_written_and_nothing_stays(graded)


def _a_state_for_everyone(graded):
    assert graded.run.returncode == 1, graded.run.stderr  # some could not be graded
    assert graded.run.stderr.count("Traceback") == 0
    found = json.loads((graded.folder / "results.json").read_text())
    assert len(found) == len(HONEST) + len(HOSTILE)
    assert {one["state"] for one in found} <= set(STATES)


def _nothing_secret_is_written_and_nothing_stays(graded):
    texts = hidden_texts() | {graded.secrets.secret}
    for path in (path for path in graded.folder.rglob("*") if path.is_file()):
        assert not leaks(path.read_bytes().decode("utf-8", "replace"), texts), path
    assert not leaks(graded.run.stdout + graded.run.stderr, texts)
    for page in graded.folder.rglob("feedback/**/*.html"):
        assert LEAKED not in page.read_text(encoding="utf-8")
    assert left_behind(graded.secrets.words["mark"]) == []
    assert graded.secrets.changed() == []
