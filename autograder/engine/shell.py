"""An IPython shell without a kernel: runs a learner's cells and keeps what they print and display."""

from __future__ import annotations

import builtins
import getpass
import signal
import subprocess
import sys
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.display_trap import DisplayTrap
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Any as AnyTrait
from traitlets.config import Config

from autograder.engine.outputs import LONGEST_MESSAGE, Outputs, Printed, displayed

INSIST_SECONDS = 0.5  # how often a cell that swallows its interruption is interrupted again
NOBODY_ANSWERS = "{name}() waits for somebody to type, and nobody does while notebooks are graded. Write the value into the cell."


class CellTimeout(BaseException):
    """A cell ran longer than it may. BaseException, so that `except Exception` does not swallow it."""


class KeepingDisplayHook(DisplayHook):
    """`Out[n]`: the value of a cell's last line, as an execute_result."""

    def write_output_prompt(self):
        pass

    def write_format_data(self, format_dict, md_dict=None):
        data = {"data": displayed(format_dict), "execution_count": self.prompt_count}
        self.shell.outputs.show({"output_type": "execute_result", **data})

    def log_output(self, format_dict):
        pass

    def finish_displayhook(self):
        pass


class KeepingDisplayPublisher(DisplayPublisher):
    """What `display(...)` shows, as display_data."""

    def publish(self, data, metadata=None, *, update=False, **kwargs):
        if not update:
            self.shell.outputs.show({"output_type": "display_data", "data": displayed(data)})

    def clear_output(self, wait=False):
        self.shell.outputs.clear()


class LearnerShell(InteractiveShell):
    """A shell for one learner: nothing on disk, no colours, outputs kept instead of shown."""

    outputs = AnyTrait()

    def init_profile_dir(self, profile_dir):
        """No folder: a learner's shell reads no start-up files and writes no history."""
        self.profile_dir = None

    def init_display_pub(self):
        self.display_pub = KeepingDisplayPublisher(parent=self, shell=self)
        self.configurables.append(self.display_pub)

    def init_displayhook(self):
        self.displayhook = KeepingDisplayHook(parent=self, shell=self, cache_size=self.cache_size)
        self.configurables.append(self.displayhook)
        self.display_trap = DisplayTrap(hook=self.displayhook)

    def system(self, cmd):
        """`!cmd`: what it prints goes to the cell; its exit code to `_exit_code`."""
        done = subprocess.run(self.var_expand(cmd, depth=1), shell=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
        print(done.stdout.decode("utf-8", errors="replace"), end="")
        self.user_ns["_exit_code"] = done.returncode

    system_piped = system_raw = system

    def enable_gui(self, gui=None):
        pass

    def ask_exit(self):
        pass

    def showtraceback(self, *args, **kwargs):
        """An error ends its cell: nothing interrupts the telling of it."""
        stop_timer()
        super().showtraceback(*args, **kwargs)

    def _showtraceback(self, etype, evalue, stb):
        lines = [str(evalue)] if etype is CellTimeout else list(stb)
        self.outputs.show({"output_type": "error", "ename": etype.__name__, "evalue": _message(evalue), "traceback": lines})


def _message(error: BaseException) -> str:
    try:
        return str(error)[:LONGEST_MESSAGE]
    except BaseException:  # a learner's __str__ may do anything
        return ""


def make_shell() -> LearnerShell:
    """The one shell of this process."""
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"  # never opened, but else looked for in a folder
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.xmode = "Context"
    config.InteractiveShell.autoawait = True
    shell = LearnerShell.instance(config=config, ipython_dir="")
    shell.outputs = Outputs()
    return shell


def settle_in(shell: LearnerShell) -> None:
    """Once, in a learner's own process: streams that are kept, nobody to ask, modules found beside the notebook."""
    sys.stdout, sys.stderr = Printed(shell, "stdout", 1), Printed(shell, "stderr", 2)
    builtins.input = _nobody("input")
    getpass.getpass = _nobody("getpass")
    sys.path.append("")  # last: a learner's requests.py must not take the place of the real one
    sys.argv = ["notebook"]
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _nobody(name: str):
    def ask(*_: Any, **__: Any) -> str:
        raise EOFError(NOBODY_ANSWERS.format(name=name))

    return ask


def run_cell(shell: LearnerShell, source: str, seconds: float, most_output: int) -> dict:
    """Run one cell for at most `seconds`, keeping `most_output` characters; returns outputs and whether it raised."""
    shell.outputs = Outputs(most_output)
    failed, too_late = True, CellTimeout(f"This cell was stopped after {seconds:g} seconds. Is there a loop that never ends?")

    def interrupt(number, frame):
        raise too_late

    signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, INSIST_SECONDS)
        failed = not shell.run_cell(source, store_history=True).success
    except BaseException as error:  # what escapes IPython: the interruption of its own work, mostly
        stop_timer()
        shell._showtraceback(type(error), error, [f"{type(error).__name__}: {_message(error)}"])
    finally:
        stop_timer()
    return {"outputs": list(shell.outputs), "failed": failed}


def stop_timer() -> None:
    """No more interruptions, not even one that is on its way."""
    while True:
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, signal.SIG_IGN)
            return
        except CellTimeout:
            continue
