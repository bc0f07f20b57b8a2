"""A course of one tiny lesson, for tests of the build that need no model and no kernel."""

from pathlib import Path

from autograder.course import Course
from localmodels.checks.core import Exercise

LESSON = '''\
# ---
# title: Toys
# ---

# %% [markdown]
# # Toys
#
# Ollama listens on {{ ollama.port }}.

# %%
print("before")

# %% answer="double"
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    secret_of_doubling = 2
    return secret_of_doubling * x
    ### END SOLUTION

# %% check="double"
check("double")
'''


def toy_exercises():
    """The registry of the toy course: one exercise of three points."""
    double = Exercise("double", lesson="99")

    @double.check(points=3)
    def doubles(learner, ollama):
        """doubles"""

    return {"double": double}


def toy_course(folder: Path, lesson: str = LESSON) -> Course:
    """The toy course in `folder`, with this text as its one lesson."""
    course = Course(folder)
    course.figures.mkdir(parents=True)
    (course.lessons / "99_toys.py").write_text(lesson, encoding="utf-8")
    (course.figures / "99_toy.svg").write_text("<svg/>", encoding="utf-8")
    return course
