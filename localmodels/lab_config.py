"""JupyterLab for students: the course's folder, without news and without the menus of the grading program.

`make lab` starts JupyterLab with this file (`jupyter lab --config=localmodels/lab_config.py`). nbgrader comes with the
course for the sake of its instructors; to a student its "Create Assignment" and "Validate" are only in the way.
"""

NBGRADER = "@jupyter/nbgrader"


def without_nbgrader(handler, page_config: dict) -> dict:
    """JupyterLab's page configuration with nbgrader's part of the page switched off."""
    page_config["disabledExtensions"] = [*page_config.get("disabledExtensions", ()), NBGRADER]
    return page_config


if "get_config" in globals():  # Jupyter reads this file; it is not imported
    c = get_config()  # noqa: F821
    c.ServerApp.root_dir = "."
    c.LabApp.news_url = None  # the course asks nobody on the internet, and for no consent to do so
    c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
    c.ServerApp.tornado_settings = {"page_config_hook": without_nbgrader}
    c.ServerApp.jpserver_extensions = {
        f"nbgrader.server_extensions.{name}": False
        for name in ("formgrader", "validate_assignment", "assignment_list", "course_list")
    }
