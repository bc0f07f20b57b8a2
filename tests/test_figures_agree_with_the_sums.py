"""The still figures of lesson 04 say what the course's own sums give, in the drawing and in its description."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from localmodels import facts
from localmodels.memory import GiB, need
from localmodels.mixes import BLOCKS, Shape

FIGURES = Path(__file__).parent.parent / "lessons" / "figures"
FREE_GIB, CONTEXT = 6, 4096
SHELF = ("one_b", "three_b", "seven_b", "eight_b", "every_head", "small")


def words_of(name: str) -> tuple[str, str]:
    """(description, everything written in the drawing) of an SVG."""
    root = ElementTree.parse(FIGURES / name).getroot()
    space = "{http://www.w3.org/2000/svg}"
    return root.find(f"{space}desc").text, " | ".join("".join(text.itertext()) for text in root.iter(f"{space}text"))


@pytest.mark.parametrize("key", SHELF)
def test_each_bar_of_the_fits_figure_has_the_computed_total(key):
    name = facts.value(f"models.{key}")
    row = facts.model(name)
    total = need(Shape.of(row), row.quant, CONTEXT).total / GiB
    description, drawn = words_of("04_fits.svg")
    assert f"{total:.2f} GiB: {'fits' if total <= FREE_GIB else 'too much'}" in drawn
    assert f"{name} needs {total:.2f} GiB" in description and name in drawn


def test_the_fits_figure_shows_no_other_models():
    description, _ = words_of("04_fits.svg")
    assert len(re.findall(r" needs ", description)) == len(SHELF)


def test_the_block_figure_counts_the_bytes_of_the_format():
    description, drawn = words_of("04_block.svg")
    for text in (description, drawn):
        assert f"{BLOCKS['Q4_0'].bytes} bytes for {BLOCKS['Q4_0'].weights} weights" in text


@pytest.mark.parametrize("path", sorted(FIGURES.glob("04_*.svg")), ids=lambda path: path.stem)
def test_each_figure_has_a_title_a_description_and_its_own_background(path):
    text = path.read_text(encoding="utf-8")
    assert "<title" in text and "<desc" in text and 'role="img"' in text
    assert re.search(r'<rect width="\d+" height="\d+" rx="10" fill="#ffffff"', text)  # readable on a dark page too
