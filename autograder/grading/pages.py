"""A student's feedback page on one notebook, made by the same template that `nbgrader generate_feedback` uses here."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import HTMLExporter
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from traitlets.config import Config

import autograder

TEMPLATES = Path(autograder.__file__).parent / "templates"


class FeedbackPages:
    """Makes feedback pages; costs a moment once, little for each page."""

    def __init__(self):
        settings = Config()
        settings.HTMLExporter.template_name = "feedback"
        settings.HTMLExporter.extra_template_basedirs = [str(TEMPLATES)]
        settings.HTMLExporter.enabled = True
        settings.CSSHTMLHeaderPreprocessor.enabled = False  # the same for every page, so it is made once
        self._exporter = HTMLExporter(config=settings)
        resources: dict[str, Any] = {"config_dir": ""}
        CSSHTMLHeaderPreprocessor().preprocess(nbformat.v4.new_notebook(), resources)
        self._inlining = resources["inlining"]

    def page(self, notebook: dict[str, Any], lesson: str, scores: dict[str, float], comments: dict[str, str], late: float = 0.0) -> str:
        """The page as HTML.

        notebook  as graded, with reports in its cells.
        scores    points by grade_id, a person's points instead of the test's where there are some.
        comments  by grade_id, what a person wrote.
        late      points taken off for lateness.
        """
        shown = copy.deepcopy(notebook)
        most = 0.0
        for cell in shown["cells"]:
            told = cell["metadata"].get("nbgrader")
            if told and told["grade"]:
                told["score"] = scores.get(told["grade_id"], 0.0)
                most += told["points"]
            if told and told["solution"]:
                told["comment"] = comments.get(told["grade_id"])
        about = {"notebook": lesson, "score": sum(scores.values()) - late, "max_score": most, "late_penalty": late}
        resources = {"nbgrader": about, "inlining": self._inlining}
        return self._exporter.from_notebook_node(nbformat.from_dict(shown), resources=resources)[0]
