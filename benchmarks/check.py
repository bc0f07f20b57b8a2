"""How long a student waits for `check("...")`: from the call to the report, per exercise, in milliseconds.

    python benchmarks/check.py

The functions checked are the reference solutions from lessons/. Last line: one JSON object.
"""

import ast
import json
import statistics
import time
from pathlib import Path

import jupytext

from localmodels import facts
from localmodels.checks import exercises, judge
from localmodels.checks.learner import NotebookLearner
from localmodels.checks.render import as_html

ROUNDS = 5
LIMIT_MS = 200


def solved_functions():
    """The names that the answer cells of all lessons bind, as a notebook would hold them; of other cells, what they import."""
    names = {"OLLAMA": facts.value("ollama.url"), "MODEL": facts.value("models.default")}
    for path in sorted((Path(__file__).parent.parent / "lessons").glob("[0-9]*.py")):
        for cell in jupytext.reads(facts.render(path.read_text(encoding="utf-8")), fmt="py:percent").cells:
            if cell.cell_type == "code":
                exec(cell.source if cell.metadata.get("answer") else imports(cell.source), names)
    return names


def imports(source):
    """The import statements of a cell, without anything else it does."""
    statements = ast.parse("\n".join(line for line in source.splitlines() if not line.startswith(("%", "!")))).body
    return "\n".join(ast.unparse(one) for one in statements if isinstance(one, (ast.Import, ast.ImportFrom)))


def milliseconds(exercise, learner):
    started = time.perf_counter()
    report = judge(exercise, learner)
    as_html(report)
    assert report.earned == report.points, f"{exercise.name}: the reference solution does not pass"
    return 1e3 * (time.perf_counter() - started)


def main():
    learner = NotebookLearner(solved_functions())
    first, medians = None, {}
    for name, exercise in exercises().items():
        times = [milliseconds(exercise, learner) for _ in range(ROUNDS)]
        first = first or times[0]
        medians[name] = round(statistics.median(times), 1)
        print(f"{name:24} {medians[name]:7.1f} ms (first {times[0]:.1f})")
    worst = max(medians.values())
    print(json.dumps({"benchmark": "check", "median_ms": medians, "worst_ms": worst, "first_call_ms": round(first, 1), "limit_ms": LIMIT_MS, "within_limit": worst <= LIMIT_MS}))


if __name__ == "__main__":
    main()
