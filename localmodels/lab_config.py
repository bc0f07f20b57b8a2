"""JupyterLab for students: the course's folder, without news and without the menus of the grading program.

`make lab` starts JupyterLab with this file (`jupyter lab --config=localmodels/lab_config.py`). nbgrader comes with the
course for the sake of its instructors; to a student its "Create Assignment" and "Validate" are only in the way.
"""

NBGRADER = "@jupyter/nbgrader"
NEWS = "@jupyterlab/apputils-extension:announcements"  # asks for consent to look for news and updates on the internet


def without_distractions(handler, page_config: dict) -> dict:
    """JupyterLab's page configuration with nbgrader's part of the page, and the news, switched off."""
    page_config["disabledExtensions"] = [*page_config.get("disabledExtensions", ()), NBGRADER, NEWS]
    return page_config


if "get_config" in globals():  # Jupyter reads this file; it is not imported
    c = get_config()  # noqa: F821
    c.ServerApp.root_dir = "."
    c.ServerApp.tornado_settings = {"page_config_hook": without_distractions}
    c.ServerApp.jpserver_extensions = {
        f"nbgrader.server_extensions.{name}": False
        for name in ("formgrader", "validate_assignment", "assignment_list", "course_list")
    }
