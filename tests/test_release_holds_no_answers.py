"""The students' zip holds exactly what is listed here, and not a line of a solution or a hidden check."""

import ast
import inspect
import zipfile
from pathlib import Path

import pytest

from autograder import hidden
from autograder.bundle import FOLDER, write_bundle
from autograder.building.source import BEGIN, END
from autograder.cli import main
from autograder.course import Course
from localmodels.checks import exercises

ROOT = Path(__file__).parent.parent
LESSONS = sorted((ROOT / "lessons").glob("[0-9][0-9]_*.py"))
LONG_ENOUGH = 20  # characters; shorter lines and words are everybody's


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """Contents of the zip by name, without the folder they unpack into."""
    target = tmp_path_factory.mktemp("release") / "students.zip"
    assert main(["release", "--out", str(target)]) == 0
    with zipfile.ZipFile(target) as archive:
        return {name.removeprefix(f"{FOLDER}/"): archive.read(name) for name in archive.namelist()}


def test_the_zip_holds_these_files_and_no_other(bundle):
    expected = {"README.md", "glossary.md", "requirements.txt", "pyproject.toml", "Makefile"}
    expected |= {"LICENSE"} if (ROOT / "LICENSE").exists() else set()
    expected |= {f"notebooks/m13/{lesson.stem}.ipynb" for lesson in LESSONS}
    expected |= {f"notebooks/m13/figures/{path.name}" for path in (ROOT / "lessons" / "figures").iterdir()}
    package = [path for path in (ROOT / "localmodels").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    expected |= {path.relative_to(ROOT).as_posix() for path in package}
    assert set(bundle) == expected


def test_the_same_files_give_the_same_zip(tmp_path):
    for name in ("one.zip", "two.zip"):
        write_bundle(Course(ROOT), tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def solution_regions(lesson: Path) -> list[list[str]]:
    """The stripped lines of each solution region of a lesson."""
    regions, inside = [], None
    for line in lesson.read_text(encoding="utf-8").splitlines():
        if BEGIN in line:
            inside = []
        elif END in line:
            regions.append(inside)
            inside = None
        elif inside is not None and line.strip():
            inside.append(line.strip())
    return regions


def lines_of(content: bytes) -> list[str]:
    """Lines as a person reads them: a notebook's lines without JSON's quotes, stripped."""
    text = content.decode("utf-8", errors="replace").replace('\\"', '"')
    return [line.strip().strip('",').removesuffix("\\n").strip() for line in text.splitlines()]


def test_no_solution_is_in_it(bundle):
    regions = [region for lesson in LESSONS for region in solution_regions(lesson)]
    assert len(regions) >= len([name for name, one in exercises().items() if any(p.stem.startswith(one.lesson) for p in LESSONS)])
    for name, content in bundle.items():
        if not name.endswith((".ipynb", ".py", ".md", ".toml", ".json", ".js")):
            continue
        text = "\n".join(lines_of(content))
        for region in regions:
            body = "\n".join(region)
            assert len(body) < LONG_ENOUGH or body not in text, f"{name} holds the solution {region[0]!r}"
        assert BEGIN not in text or name.startswith("localmodels"), name


def test_no_line_that_only_a_solution_has_is_in_it(bundle):
    for lesson in LESSONS:
        notebook = set(lines_of(bundle[f"notebooks/m13/{lesson.stem}.ipynb"]))
        shown = _lines_outside_solutions(lesson)
        for line in {line for region in solution_regions(lesson) for line in region}:
            if len(line) >= LONG_ENOUGH and line not in shown:
                assert line not in notebook, f"{lesson.stem} shows {line!r}"


def _lines_outside_solutions(lesson: Path) -> set[str]:
    kept, inside = set(), False
    for line in lesson.read_text(encoding="utf-8").splitlines():
        inside = (inside or BEGIN in line) and END not in line
        if not inside:
            kept.add(line.strip())
    return kept


def hidden_texts() -> set[str]:
    """What only hidden checks say: their names, titles, and the texts in their code."""
    said = set()
    for name in exercises():
        for _, check in hidden.hidden_checks(name):
            said |= {check.name, check.title}
            said |= _strings_in(inspect.getsource(check.judge))
    return {text for text in said if len(text) >= LONG_ENOUGH}


def _strings_in(source: str) -> set[str]:
    """Texts of a function that neither the visible checks nor the practice server say."""
    public = [path for part in ("checks", "server") for path in (ROOT / "localmodels" / part).rglob("*.py")]
    visible = "".join(path.read_text(encoding="utf-8") for path in public)
    found = {node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {text for text in found if text not in visible}


def test_no_hidden_check_is_in_it(bundle):
    texts = hidden_texts()
    assert len(texts) > 10
    for name, content in bundle.items():
        for text in texts:
            assert text.encode("utf-8") not in content, f"{name} holds {text!r} of a hidden check"
        assert b"autograder.hidden" not in content, name


def test_there_are_no_solved_notebooks_or_outputs_in_it(bundle):
    assert not [name for name in bundle if name.startswith(("solutions", "autograder", "lessons", "tests"))]
    for name, content in bundle.items():
        if name.endswith(".ipynb"):
            assert b'"outputs": []' in content and b'"output_type"' not in content, name
