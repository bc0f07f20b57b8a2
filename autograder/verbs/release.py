"""Pack what students get into one zip: notebooks, glossary, requirements and the localmodels package.

  python -m autograder release
  python -m autograder release --out handout.zip
"""

from __future__ import annotations

import argparse
from pathlib import Path

from autograder.bundle import write_bundle
from autograder.course import home_course


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of this verb."""
    parser.add_argument("--out", type=Path, default=Path("dist/local-models-students.zip"), metavar="ZIP", help="the file to write (default: %(default)s)")


def run(options: argparse.Namespace) -> int:
    """Write the zip; returns the exit code."""
    options.out.parent.mkdir(parents=True, exist_ok=True)
    names = write_bundle(home_course(), options.out)
    print(f"{options.out}: {len(names)} files, {options.out.stat().st_size / 1e6:.1f} MB")
    return 0
