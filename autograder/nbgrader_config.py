"""nbgrader's settings for this course: which folders, which stub, how cells are locked.

Found through the small `nbgrader_config.py` in the repository's root, so that stock commands work there:
`nbgrader generate_assignment m13`, `nbgrader autograde m13`, `nbgrader formgrader`.
"""

c = get_config()  # noqa: F821  (given by nbgrader)

c.CourseDirectory.course_id = "local-models"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"

# What a student finds in place of a solution. A check reads this error as "not written yet".
c.ClearSolutions.code_stub = {"python": '# YOUR CODE HERE\nraise NotImplementedError("not written yet")'}
c.ClearSolutions.begin_solution_delimeter = "### BEGIN SOLUTION"
c.ClearSolutions.end_solution_delimeter = "### END SOLUTION"
