"""A student's feedback page on one notebook, made by the same template that `nbgrader generate_feedback` uses here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from traitlets.config import Config

import autograder

TEMPLATES = Path(autograder.__file__).parent / "templates"
_EVERYTHING = {"include_code": True, "include_markdown": True, "include_raw": True, "include_unknown": True, "include_input": True,
               "include_output": True, "include_output_stdin": True, "no_prompt": False}  # fmt: skip


class FeedbackPages:
    """Makes feedback pages. The template is read once; what nbconvert does besides for each page would take ten times as long."""

    def __init__(self):
        settings = Config()
        settings.HTMLExporter.template_name = "feedback"
        settings.HTMLExporter.extra_template_basedirs = [str(TEMPLATES)]
        exporter = HTMLExporter(config=settings)
        exporter.register_filter("highlight_code", Highlight2HTML(parent=exporter))
        self._template = exporter.template
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
        cells = [_with_points(cell, scores, comments) for cell in notebook["cells"]]
        most = sum(cell["metadata"]["nbgrader"]["points"] for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade"))
        about = {"notebook": lesson, "score": sum(scores.values()) - late, "max_score": most, "late_penalty": late}
        resources = {"nbgrader": about, "inlining": self._inlining, "global_content_filter": _EVERYTHING}
        return self._template.render(nb={**notebook, "cells": cells}, resources=resources).lstrip()


def _with_points(cell: dict[str, Any], scores: dict[str, float], comments: dict[str, str]) -> dict[str, Any]:
    """The cell as nbgrader prepares it for feedback: points and comments in its metadata."""
    told = cell["metadata"].get("nbgrader")
    if not told:
        return cell
    told = dict(told)
    if told["grade"]:
        told["score"] = scores.get(told["grade_id"], 0.0)
    if told["solution"]:
        told["comment"] = comments.get(told["grade_id"])
    return {**cell, "metadata": {"nbgrader": told}}
