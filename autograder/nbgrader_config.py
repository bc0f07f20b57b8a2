"""nbgrader's settings for this course: which folders, which stub, how submissions are run and judged.

Found through the small `nbgrader_config.py` in the repository's root, so that stock commands work there:
`nbgrader generate_assignment m13`, `nbgrader autograde m13`, `nbgrader formgrader`.
"""

from pathlib import Path

import autograder

c = get_config()  # noqa: F821  (given by nbgrader)

c.CourseDirectory.course_id = "local-models"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"

# What a student finds in place of a solution. A check reads this error as "not written yet".
c.ClearSolutions.code_stub = {"python": '# YOUR CODE HERE\nraise NotImplementedError("not written yet")'}
c.ClearSolutions.begin_solution_delimeter = "### BEGIN SOLUTION"
c.ClearSolutions.end_solution_delimeter = "### END SOLUTION"

# First the submission is put in order, then it is run and judged in a sandbox; the rest is nbgrader's own.
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "autograder.grading.steps.RepairCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "autograder.grading.steps.ExecuteAndJudge",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# Feedback pages in the course's own plain style; what learners wrote or displayed is inert there and in the formgrader.
c.HTMLExporter.template_name = "feedback"
c.HTMLExporter.extra_template_basedirs = [str(Path(autograder.__file__).parent / "templates")]
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {"markdown2html": "autograder.grading.inert.markdown_as_html"}  # the formgrader's template does not sanitize it
