"""Why this machine does not let boxes be made, and the one command that repairs it."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path

from autograder.engine.seccomp import ARCHITECTURES

IN_A_CONTAINER = (
    "docker run --rm -it --cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined"
    ' -v "$PWD":/course -w /course python:3.12 bash'
)
SWITCHES = {  # kernel setting: (value that forbids, value that allows, who sets it)
    "kernel/apparmor_restrict_unprivileged_userns": ("1", "0", "Ubuntu's AppArmor"),
    "kernel/unprivileged_userns_clone": ("0", "1", "this kernel's settings"),
    "user/max_user_namespaces": ("0", "15000", "this kernel's settings"),
}


class Refused(Exception):
    """Boxes cannot be made here, or do not hold. Nothing of a learner's was run. Its text is for a person."""


def sentence(reason: str, read: Callable[[str], str] | None = None) -> str:
    """What to tell when a box could not be made, ending in one command.

    read  gives the content of a setting below /proc/sys, empty if there is none.
    """
    if sys.platform != "linux":
        return f"Submissions can be isolated on Linux only; run the grader in a container: {IN_A_CONTAINER}"
    if platform.machine() not in ARCHITECTURES:
        return f"Submissions cannot be isolated on {platform.machine()} processors; use a machine with {' or '.join(ARCHITECTURES)}."
    for setting, (forbids, allows, who) in SWITCHES.items():
        if (read or _setting)(setting) == forbids and os.geteuid():
            fix = f"sudo sysctl -w {setting.replace('/', '.')}={allows}"
            return f"Submissions cannot be isolated because {who} forbids user namespaces ({reason}); allow them with: {fix}"
    return f"Submissions cannot be isolated on this machine ({reason}); run the grader in a container that may: {IN_A_CONTAINER}"


def _setting(name: str) -> str:
    try:
        return Path("/proc/sys", name).read_text().strip()
    except OSError:
        return ""
