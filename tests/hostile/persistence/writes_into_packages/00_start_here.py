# %%
import json
import os
import site
import sysconfig

import localmodels
import requests

folders = [*sysconfig.get_paths().values(), *site.getsitepackages(), *localmodels.__path__, *requests.__path__, os.path.dirname(json.__file__),
           os.path.join(os.path.dirname(json.__file__), "__pycache__"), "@checkout@", "@checkout@/localmodels/checks"]
for folder in folders:
    for name in ("@mark@.pth", "@mark@.py", "sitecustomize.py"):
        path = os.path.join(folder, name)
        if os.path.exists(path) and "@mark@" in name:
            print(@leaked@, path)
        try:
            with open(path, "x") as file:
                file.write("# @mark@")
            os.unlink(path)
            print(@leaked@, path)
        except OSError:
            pass
    if os.access(folder, os.W_OK):
        print(@leaked@, folder)
