# %%
import os
import sys

import IPython
import json

home = os.path.expanduser("~")
paths = [f"{home}/{name}" for name in (
    ".bashrc", ".profile", ".ipython/profile_default/startup/00-@mark@.py", ".jupyter/jupyter_config.py", ".config/matplotlib/matplotlibrc",
    ".config/pip/pip.conf", f".local/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages/usercustomize.py",
    f".local/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages/@mark@.pth", ".pythonrc", "sitecustomize.py", "@mark@")]
if os.path.exists("@planted@"):
    paths = []  # not in a box: leave this home alone
    print(@leaked@)
for path in paths:
    if os.path.exists(path):
        print(@leaked@, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write("import builtins; builtins.STICKY = True  # @mark@")
import builtins

if hasattr(builtins, "STICKY"):
    print(@leaked@)
