# %% answer="speaker"
import multiprocessing
import os
import subprocess
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor


def role_of(reply):
    return reply["message"]["role"]


def speaker(reply):
    with ThreadPoolExecutor(2) as pool, tempfile.NamedTemporaryFile("w+") as file:
        print(role_of(reply), file=file, flush=True)
        roles = list(pool.map(role_of, [reply] * 4))
        said = subprocess.run(["cat", file.name], capture_output=True, text=True).stdout.strip()
    with multiprocessing.get_context("fork").Pool(2) as pool:
        roles += pool.map(role_of, [reply] * 2)
    return said if set(roles) == {said} else None
