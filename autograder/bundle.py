"""The zip that students get: notebooks, glossary, requirements, the localmodels package, and how to start.

What goes in is listed here; nothing is left out by being forgotten elsewhere.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from autograder.course import Course, Problem

README = Path(__file__).parent / "templates" / "students.md"
SINGLE_FILES = ("glossary.md", "requirements.txt", "pyproject.toml", "Makefile", "LICENSE")
OPTIONAL = ("LICENSE",)
PACKAGE_SUFFIXES = {"", ".py", ".toml", ".json", ".gguf", ".md", ".css", ".js", ".svg"}
FOLDER = "local-models"  # everything unpacks into this one
_THEN = (2026, 1, 1, 0, 0, 0)  # one date for all, so that the same files give the same zip


def bundle_files(course: Course) -> dict[str, bytes]:
    """Names inside the zip and their contents. A Problem if something is missing."""
    files = {"README.md": README.read_bytes()}
    for name in SINGLE_FILES:
        path = course.root / name
        if path.exists():
            files[name] = path.read_bytes()
        elif name not in OPTIONAL:
            raise Problem(f"{name} is missing in {course.root}: students need it.")
    notebooks = [*course.notebooks.glob("*.ipynb"), *course.notebooks.glob("figures/*")]
    if not notebooks:
        raise Problem(f"There are no notebooks in {course.notebooks}. Run: python -m autograder build")
    for path in [*notebooks, *_package(course.root / "localmodels")]:
        files[path.relative_to(course.root).as_posix()] = path.read_bytes()
    return dict(sorted(files.items()))


def write_bundle(course: Course, target: Path) -> list[str]:
    """Write the zip; returns the names in it. The same files give the same bytes."""
    files = bundle_files(course)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(f"{FOLDER}/{name}", _THEN)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return list(files)


def _package(folder: Path) -> list[Path]:
    found = (path for path in folder.rglob("*") if path.is_file() and path.suffix in PACKAGE_SUFFIXES)
    return [path for path in found if "__pycache__" not in path.parts and ".ipynb_checkpoints" not in path.parts]
