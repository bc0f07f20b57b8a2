"""Where the browser tests find Chromium: installed already, or from Debian's packages when we may install it."""

import os
import shutil
import subprocess

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def path() -> str | None:
    """The browser's path, or None: then the browser tests skip with a line that says so. `LOCALMODELS_CHROMIUM` wins."""
    return os.environ.get("LOCALMODELS_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def install() -> None:
    """Install Debian's Chromium if this is Debian, we are root and none is there. Failing is no error."""
    if path() or not shutil.which("apt-get") or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return
    print("Installing Chromium for the browser tests ...", flush=True)
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


if __name__ == "__main__":
    install()
    print(f"Browser tests use {path()}." if path() else "No Chromium here: the browser tests will be skipped.")
