# nbgrader looks for its settings here; they are in autograder/.
load_subconfig("autograder/nbgrader_config.py")  # noqa: F821  (given by nbgrader)
