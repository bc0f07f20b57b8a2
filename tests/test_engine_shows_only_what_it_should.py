"""Which paths a box shows: the plan, without making any box."""

import sys
from pathlib import Path

from autograder.engine.policy import Level, Limits, Policy, default_policy, from_json, to_json, with_limits
from autograder.engine.root import plan


def shown(policy: Policy, path: str) -> bool:
    """Whether the plan shows a path: the nearest decision above it counts."""
    decided = dict(plan(policy))
    for place in (Path(path), *Path(path).parents):
        if str(place) in decided:
            return decided[str(place)]
    return False


def course(folder: Path) -> Path:
    for name in ("localmodels", "autograder/hidden", "solutions", "lessons"):
        (folder / name).mkdir(parents=True)
    return folder


def test_of_the_course_only_the_students_package_is_shown(tmp_path):
    policy = default_policy(course(tmp_path / "course"))
    assert shown(policy, f"{tmp_path}/course/localmodels/x.py")
    for name in ("", "/autograder", "/autograder/hidden/lesson_02.py", "/solutions", "/lessons", "/gradebook.db", "/.git", "/localmodels2"):
        assert not shown(policy, f"{tmp_path}/course{name}"), name


def test_homes_and_settings_are_not_shown():
    policy = default_policy(Path("/nowhere/course"))
    for path in ("/root", "/home", "/home/somebody/.ssh", "/etc", "/etc/passwd", "/etc/shadow", "/var", "/tmp", "/sys", "/proc/1", "/run", "/usr2", "/us"):
        assert not shown(policy, path), path
    assert shown(policy, "/usr/lib") and shown(policy, f"{sys.prefix}/bin/python")


def test_a_course_inside_a_shown_folder_is_hidden_all_the_same():
    policy = Policy(("/usr", "/usr/local/course/localmodels"), {}, hidden=("/usr/local/course",))
    assert list(plan(policy)) == [("/usr", True), ("/usr/local/course", False), ("/usr/local/course/localmodels", True)]
    assert not shown(policy, "/usr/local/course/solutions") and shown(policy, "/usr/local/other")


def test_an_environment_inside_the_course_is_shown():
    policy = Policy(("/course/.venv/lib", "/course/localmodels"), {}, hidden=("/course",))
    assert shown(policy, "/course/.venv/lib/x") and not shown(policy, "/course/.venv") and not shown(policy, "/course/solutions")


def test_an_installed_course_hides_its_grader_but_not_its_neighbours(tmp_path):
    packages = course(tmp_path / "site-packages")
    policy = default_policy(packages)
    assert str(packages / "autograder") in policy.hidden and str(packages) not in policy.hidden


def test_other_folders_can_be_kept_secret(tmp_path):
    policy = default_policy(course(tmp_path / "course"), secret=[Path("/usr/share/classroom")])
    assert not shown(policy, "/usr/share/classroom/submitted") and shown(policy, "/usr/share/other")


def test_paths_are_whole_names():
    policy = Policy(("/opt/py",), {})
    assert shown(policy, "/opt/py/lib") and not shown(policy, "/opt/py3") and not shown(policy, "/opt")


def test_the_environment_holds_nothing_of_ours(monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "x")
    policy = default_policy(Path("/nowhere/course"))
    assert "SECRET_TOKEN" not in policy.environment and policy.environment["HOME"] == policy.home


def test_a_policy_crosses_to_another_process_unchanged():
    policy = with_limits(default_policy(Path("/nowhere/course"), Limits(processes=7), Level.OPEN), disk=5)
    assert from_json(to_json(policy)) == policy
    assert (policy.limits.processes, policy.limits.disk, policy.level) == (7, 5, Level.OPEN)
