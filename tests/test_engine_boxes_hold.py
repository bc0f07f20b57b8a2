"""What code inside a box can reach: nothing but what it needs. Run in real boxes."""

import ast
import os
import socket
import sys
import tempfile
from pathlib import Path

import pytest

from autograder.engine import Nursery, self_test
from tests.boxes import ROOT, as_stranger, as_superuser, isolating, policy, printed

pytestmark = isolating


@pytest.fixture(scope="module")
def nursery():
    with Nursery(policy(), warm=False) as warm:
        yield warm


def test_the_self_test_of_the_real_profile_passes():
    self_test(policy())


def test_the_roots_hold_nothing_of_this_machine(nursery):
    source = "import os; print({d: os.listdir(d) for d in ('/', '/home', '/tmp', '/etc', '/dev')})"
    folders = ast.literal_eval(printed(nursery, source))
    assert set(folders["/etc"]) <= {"hosts", "nsswitch.conf", "group", "passwd", "alternatives", "ld.so.cache", "ssl", "mime.types"}
    assert set(folders["/dev"]) == {"null", "full", "random", "urandom", "fd", "stdin", "stdout", "stderr", "shm"}
    assert folders["/home"] == ["learner"] and "sys" not in folders["/"] and "var" not in folders["/"] and "run" not in folders["/"]


COURSE_FILES = ["autograder/hidden/lesson_02.py", "autograder/engine/judging.py", "solutions/README.md", "tests/boxes.py", "lessons", ".git", "pyproject.toml"]


@pytest.mark.parametrize("path", COURSE_FILES)
def test_course_files_do_not_exist(nursery, path):
    assert os.path.exists(ROOT / path) or path == ".git"
    assert printed(nursery, f"import os; print(os.path.lexists({str(ROOT / path)!r}))") == "False\n"


def test_hidden_checks_cannot_be_imported(nursery):
    said = printed(nursery, "try:\n    import autograder.hidden\nexcept ImportError as e:\n    print('no', e.name)")
    assert said.startswith("no autograder.hidden")


def test_no_module_of_the_judge_is_in_its_memory(nursery):
    source = "import sys; print(sorted(n for n in sys.modules if 'autograder' in n))"
    held = set(ast.literal_eval(printed(nursery, source)))
    assert not {name for name in held if "hidden" in name or "judging" in name or "grading" in name}


def test_files_of_the_graders_user_are_out_of_sight(nursery):
    with tempfile.NamedTemporaryFile(mode="w", prefix="planted-") as planted:
        os.chmod(planted.name, 0o644)
        own = [str(path) for path in Path.home().glob("*") if not Path(sys.base_prefix).is_relative_to(path)][:3]
        for path in (planted.name, f"/proc/self/root{planted.name}", f"/proc/1/root{planted.name}", "/etc/shadow", *own):
            assert printed(nursery, f"import os\ntry:\n    os.stat({path!r}); print('seen')\nexcept OSError: print('gone')") == "gone\n", path


def test_one_submission_leaves_nothing_for_the_next(nursery):
    leave = """
import os
for place in ('/home/learner/a', '/tmp/a', '/dev/shm/a'):
    open(place, 'w').write('left')
print('left')
"""
    assert printed(nursery, leave) == "left\n"
    assert ast.literal_eval(printed(nursery, "import os; print([os.path.exists(p + '/a') for p in ('/home/learner', '/tmp', '/dev/shm')])")) == [False, False, False]


def test_the_environment_holds_nothing_of_the_grader(monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "planted")
    with Nursery(policy(), warm=False) as fresh:
        said = printed(fresh, "import os; print(dict(os.environ), open('/proc/self/environ').read(), open('/proc/self/cmdline').read())")
    assert "planted" not in said and "HOME" in said


def test_every_learner_is_an_ordinary_user_without_powers(nursery):
    source = """
status = dict(line.split(':\\t', 1) for line in open('/proc/self/status').read().splitlines() if ':\\t' in line)
print({key: status[key].split()[0] for key in ('Uid', 'Gid', 'CapEff', 'CapPrm', 'CapBnd', 'CapAmb', 'NoNewPrivs', 'Seccomp')}, status['Groups'].split())
"""
    said = printed(nursery, source)
    assert "'Uid': '0'" not in said and "'Gid': '0'" not in said
    assert said.count("'0000000000000000'") == 4 and "'NoNewPrivs': '1'" in said and "'Seccomp': '2'" in said


def test_other_processes_are_out_of_sight_and_reach(nursery):
    source = f"""
import os
print(sorted(int(n) for n in os.listdir('/proc') if n.isdigit()))
for target in (1, {os.getpid()}):
    for attempt in (lambda: os.kill(target, 9), lambda: open(f'/proc/{{target}}/mem', 'rb'), lambda: open(f'/proc/{{target}}/environ').read()):
        try:
            attempt(); print('did it', target)
        except OSError:
            pass
print('alive')
"""
    first, *rest = printed(nursery, source).splitlines()
    assert len(ast.literal_eval(first)) <= 4
    assert rest in (["alive"], ["did it 1", "alive"])  # a kill of process 1 from inside is taken and ignored


def test_nothing_of_the_system_can_be_written(nursery):
    source = f"""
import os, sys
for place in ('/', '/usr', '/usr/bin', '/etc', '/dev', '/home', sys.prefix, sys.base_prefix, {str(ROOT)!r}, {str(ROOT / 'localmodels')!r}, '/proc/sys/kernel'):
    for attempt in (lambda: open(place + '/planted', 'w'), lambda: os.mkdir(place + '/planted'), lambda: os.chmod(place, 0o777)):
        try:
            attempt(); print('wrote', place)
        except OSError:
            pass
print('done')
"""
    assert printed(nursery, source) == "done\n"


def test_no_network_but_the_mock(nursery):
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind("\0box-test-%d" % os.getpid())
        abstract.listen()
        source = f"""
import socket
targets = [(socket.AF_INET, ('127.0.0.1', {server.getsockname()[1]})), (socket.AF_INET, ('192.0.2.1', 80)), (socket.AF_INET6, ('::1', 11434)),
           (socket.AF_INET6, ('2001:db8::1', 80)), (socket.AF_UNIX, '\\0box-test-{os.getpid()}')]
for family, target in targets:
    with socket.socket(family) as s:
        s.settimeout(5)
        print(s.connect_ex(target) != 0, end=' ')
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    try: s.sendto(b'x', ('192.0.2.1', 53)); print('sent')
    except OSError: print(True, end=' ')
try: socket.getaddrinfo('example.com', 80); print('resolved')
except OSError: print(True, end=' ')
print(socket.gethostbyname('localhost'), socket.gethostname())
"""
        assert printed(nursery, source) == "True " * 7 + "127.0.0.1 learner\n"


def test_the_mocks_port_cannot_be_taken(nursery):
    source = """
import socket
for host in ('127.0.0.1', '0.0.0.0'):
    for option in (None, socket.SO_REUSEADDR, socket.SO_REUSEPORT):
        with socket.socket() as s:
            if option: s.setsockopt(socket.SOL_SOCKET, option, 1)
            try: s.bind((host, 11434)); s.listen(); print('took it', host, option)
            except OSError: pass
print('done')
"""
    assert printed(nursery, source) == "done\n"


FORBIDDEN = {
    "a namespace": "ctypes.CDLL(None).unshare(0x10000000) == 0",
    "a mount": "ctypes.CDLL(None).mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0",
    "a trace of its parent": "ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) == 0",
    "shared memory of the kernel": "ctypes.CDLL(None).shmget(0, 4096, 0o1600) >= 0",
    "a key ring": "ctypes.CDLL(None).syscall(250, 0, -3, 1) >= 0",
    "a virtual socket": "socket.socket(40, 1)",
    "a packet socket": "socket.socket(17, 3)",
    "a kernel crypto socket": "socket.socket(38, 5)",
    "a raw socket": "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
    "memory without a limit": "os.memfd_create('x')",
    "anonymous shared memory": "mmap.mmap(-1, 4096)",
    "another user": "os.setuid(0) is None",
    "a device": "os.mknod('/tmp/d', 0o20666, os.makedev(1, 3)) is None",
    "another root": "os.chroot('/tmp') is None",
    "a higher limit": "resource.setrlimit(resource.RLIMIT_NPROC, (9999, 9999)) is None",
    "a better priority": "os.nice(-5)",
    "another name for the host": "socket.sethostname('x') is None",
    "a set-uid program": "subprocess.run('unshare -r true || sudo -n true || su -c true', shell=True, stdin=0, stderr=-3).returncode == 0",
}


@pytest.mark.parametrize("attempt", FORBIDDEN.values(), ids=FORBIDDEN)
def test_it_cannot_have(nursery, attempt):
    source = f"import ctypes, mmap, os, resource, socket, subprocess\ntry: print('got it' if {attempt} else 'no')\nexcept Exception: print('no')"
    assert printed(nursery, source) == "no\n"


def test_boxes_share_no_descriptor(nursery):
    source = """
import os
print({n: os.readlink(f'/proc/self/fd/{n}') for n in os.listdir('/proc/self/fd') if os.path.lexists(f'/proc/self/fd/{n}')})
"""
    held = ast.literal_eval(printed(nursery, source))
    sockets = [link for link in held.values() if link.startswith("socket:")]
    others = [link for link in held.values() if not link.startswith(("socket:", "pipe:")) and link != "/dev/null" and "/fd" not in link]
    assert len(sockets) == 1 and not others, held


def test_a_seat_is_one_users_alone():
    if os.geteuid():
        pytest.skip("only the superuser has seats to give")
    with Nursery(policy(), warm=False) as one, Nursery(policy(), warm=False) as other:
        source = "import os; print(os.getuid())"
        assert int(printed(one, source)) != int(printed(other, source))


@as_superuser
def test_the_same_holds_for_a_grader_who_is_no_superuser():
    """These tests again, as a user who owns nothing."""
    done = as_stranger(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", __file__)
    assert done.returncode == 0 and " passed" in done.stdout, done.stdout[-3000:] + done.stderr[-1000:]
