# %%
import importlib
import inspect
import sys

for name in [*sys.modules]:
    if "hidden" in name and "autograder" in name or name.startswith(("solutions", "tests.")):
        print(@leaked@, name)
for name in ("autograder.hidden", "autograder.hidden.lesson_00", "autograder.grading.gradebook", "tests.hostile_probe"):
    try:
        print(inspect.getsource(importlib.import_module(name)), @leaked@)
    except (ImportError, OSError):
        pass
