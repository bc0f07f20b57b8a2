"""What the self-test runs inside a box, as a learner's cell: it tries things and tells which of them worked.

`GIVEN` is put in front by the self-test. No import of the grader's: this file does not exist inside.
"""

import contextlib
import ctypes
import json
import os
import socket
import subprocess
import sys
import threading
import time

MIB = 2**20
GIVEN: dict
CHILD_SECONDS = 20  # longer than the test takes, shorter than the box lives


def works(action) -> bool:
    """Whether an action can be done at all."""
    try:
        return action() is not False
    except (OSError, AttributeError, ImportError):
        return False


def connects(address, family=socket.AF_INET) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as sock:
        sock.settimeout(2)
        sock.connect(address)
    return True


def writes(path) -> bool:
    with open(path, "w") as file:
        file.write("x")
    os.unlink(path)
    return True


def calls(function, *arguments) -> bool:
    return getattr(ctypes.CDLL(None, use_errno=True), function)(*arguments) == 0


def processes_possible(most: int) -> int:
    """How many processes can be started, up to `most`."""
    children = []
    with contextlib.suppress(OSError):
        while len(children) < most:
            if child := os.fork():
                children.append(child)
            else:
                time.sleep(CHILD_SECONDS)
                os._exit(0)
    for child in children:
        os.kill(child, 9)
        os.waitpid(child, 0)
    return len(children)


def bytes_storable(folder: str, most: int) -> int:
    """How much can be written into a folder, up to `most` bytes."""
    written, names = 0, []
    with contextlib.suppress(OSError):
        for number in range(8):
            names.append(f"{folder}/fill{number}")
            with contextlib.suppress(OSError), open(names[-1], "wb", buffering=0) as file:
                while written < most:
                    written += file.write(bytes(MIB))
    for name in names:
        with contextlib.suppress(OSError):
            os.unlink(name)
    return written


def runs_thread() -> bool:
    done = []
    thread = threading.Thread(target=done.append, args=(1,))
    thread.start()
    thread.join()
    return bool(done)


def status(field: str) -> str:
    with open("/proc/self/status") as file:
        return next(line.split()[1] for line in file if line.startswith(field))


FORBIDDEN = {
    "read a file of the grader's user": lambda: any(works(lambda: open(path).close()) for path in GIVEN["planted"]),
    "list the course folder": lambda: any(works(lambda: os.listdir(path)) for path in GIVEN["folders"]),
    "reach a port of this machine": lambda: works(lambda: connects(("127.0.0.1", GIVEN["port"]))),
    "reach a socket of this machine": lambda: works(lambda: connects(GIVEN["abstract"], socket.AF_UNIX)),
    "reach the network": lambda: works(lambda: connects(("192.0.2.1", 80))),
    "start more processes than it may": lambda: processes_possible(GIVEN["processes"] + 8) > GIVEN["processes"],
    "store more than it may": lambda: bytes_storable(os.environ["HOME"], GIVEN["disk"] + 8 * MIB) > GIVEN["disk"],
    "open a virtual machine's socket": lambda: works(lambda: socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM).close()),
    "make memory that no limit counts": lambda: works(lambda: os.close(os.memfd_create("x"))),
    "make namespaces of its own": lambda: calls("unshare", 0x10000000),
    "write to the system": lambda: any(works(lambda: writes(f"{path}/planted")) for path in ("/usr", "/etc", "/", "/dev", sys.prefix)),
    "see processes of this machine": lambda: sum(name.isdigit() for name in os.listdir("/proc")) > 4,
    "act as the superuser": lambda: os.getuid() == 0 or int(status("CapEff"), 16) != 0 or status("NoNewPrivs") != "1",
    "use every system call": lambda: status("Seccomp:") != "2",
    "see the grader's environment": lambda: bool(set(os.environ) - set(GIVEN["environment"])),
}
REQUIRED = {
    "reach the course's Ollama": lambda: works(lambda: connects(("localhost", 11434))),
    "write into its home folder": lambda: works(lambda: writes(os.path.join(os.environ["HOME"], "own"))),
    "import the packages of the lessons": lambda: works(lambda: __import__("numpy") and __import__("localmodels.facts")),
    "start a program": lambda: works(lambda: subprocess.run([sys.executable, "-c", "import json"], check=True)),
    "start a thread": lambda: works(runs_thread),
}
print(json.dumps({
    "could": [name for name, attempt in FORBIDDEN.items() if GIVEN["isolated"] and attempt()],
    "could not": [name for name, attempt in REQUIRED.items() if not attempt()],
}))  # fmt: skip
