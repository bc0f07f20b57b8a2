"""The lessons as the lints read them: cells of the source, with placeholders filled in."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median

import jupytext

from localmodels import facts
from localmodels.checks import exercises

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "lessons").glob("[0-9][0-9]_*.py"))
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)")
IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Lesson:
    """One lesson: number ("02"), the raw source text, and its cells as notebook nodes."""

    number: str
    path: Path
    source: str
    cells: tuple

    @property
    def texts(self):
        return [cell.source for cell in self.cells if cell.cell_type == "markdown"]

    @property
    def codes(self):
        return [cell.source for cell in self.cells if cell.cell_type == "code"]

    @property
    def prose(self):
        return "\n\n".join(self.texts)

    @property
    def exercises(self):
        return [exercise for exercise in exercises().values() if exercise.lesson == self.number]


@cache
def read(path: Path) -> Lesson:
    source = path.read_text(encoding="utf-8")
    cells = jupytext.reads(facts.render(source), fmt="py:percent").cells
    return Lesson(path.name[:2], path, source, tuple(cells))


def words(text: str) -> int:
    """Words a reader reads: no code blocks, no link targets, no table rules, no HTML tags."""
    text = re.sub(r"```.*?```", "", text, flags=re.S)
    text = re.sub(r"\]\([^)]*\)|<[^>]+>", " ", text)
    return len(re.findall(r"[^\W_][\w'’.-]*", text))


def lines_of_code(code: str) -> int:
    return sum(bool(line.strip()) and not line.strip().startswith("#") for line in code.splitlines())


def headings(text: str) -> list[tuple[int, str]]:
    """(level, title) of each Markdown heading, code blocks left out."""
    text = re.sub(r"```.*?```", "", text, flags=re.S)
    return [(len(marks), title.strip()) for marks, title in re.findall(r"^(#{1,6}) +(.+)$", text, flags=re.M)]


def anchors(markdown: str) -> set[str]:
    """Anchors of a file's entries: headings of level 3, alike on GitHub (which lowers case) and in JupyterLab (which does not)."""
    return {title.replace(" ", "-") for level, title in headings(markdown) if level == 3}


def middle(numbers) -> float:
    return median(list(numbers) or [0])
