"""The system call filter, run by hand: what each architecture's program answers to a call."""

import errno
import os
import platform
import socket
import struct
import subprocess
import sys

import pytest

from autograder.engine import seccomp
from tests.boxes import ROOT

MACHINES = list(seccomp.ARCHITECTURES)
AUDIT = {machine: audit for machine, (_, audit) in seccomp.ARCHITECTURES.items()}
COLUMN = {machine: column for machine, (column, _) in seccomp.ARCHITECTURES.items()}
HARMLESS = {"x86_64": {"read": 0, "execve": 59, "fork": 57, "futex": 202}, "aarch64": {"read": 63, "execve": 221, "futex": 98}}


def answer(machine: str, number: int, *arguments: int, audit: int | None = None) -> int:
    """What the filter of a machine answers: a small interpreter of classic BPF."""
    data = struct.pack("=iIQ6Q", number, AUDIT[machine] if audit is None else audit, 0, *(*arguments, *[0] * 6)[:6])
    program = seccomp.program(machine)
    accumulator, at = 0, 0
    while True:
        code, if_true, if_false, value = struct.unpack_from("=HBBI", program, 8 * at)
        at += 1
        if code == seccomp.RETURN:
            return value
        if code == seccomp.LOAD:
            (accumulator,) = struct.unpack_from("=I", data, value)
        elif code == seccomp.AND:
            accumulator &= value
        else:
            holds = {seccomp.EQUAL: accumulator == value, seccomp.AT_LEAST: accumulator >= value,
                     seccomp.ABOVE: accumulator > value, seccomp.ANY_BIT: bool(accumulator & value)}[code]  # fmt: skip
            at += if_true if holds else if_false


def refused(machine, number, *arguments):
    return answer(machine, number, *arguments) not in (seccomp.ALLOW, seccomp.KILL)


@pytest.mark.parametrize("machine", MACHINES)
def test_every_listed_call_is_refused_with_an_errno(machine):
    for name, numbers in seccomp.CALLS.items():
        if (number := numbers[COLUMN[machine]]) is not None:
            expected = errno.ENOSYS if name in ("clone3", "preadv2") else errno.EPERM
            assert answer(machine, number) == seccomp.refuse(expected), name


@pytest.mark.parametrize("machine", MACHINES)
def test_ordinary_calls_are_allowed(machine):
    assert all(answer(machine, number) == seccomp.ALLOW for number in HARMLESS[machine].values())


@pytest.mark.parametrize("machine", MACHINES)
def test_other_architectures_calls_end_the_process(machine):
    i386, arm = 0x40000003, 0x40000028
    assert answer(machine, 1, audit=i386) == answer(machine, 1, audit=arm) == seccomp.KILL


def test_the_x32_numbers_end_the_process():
    assert answer("x86_64", 0x40000000 | 101) == seccomp.KILL


@pytest.mark.parametrize("machine", MACHINES)
def test_processes_and_threads_may_be_made_but_no_namespaces(machine):
    clone = seccomp.CLONE[COLUMN[machine]]
    thread, fork = 0x3D0F00, 0x01200011
    assert answer(machine, clone, thread) == answer(machine, clone, fork) == seccomp.ALLOW
    for flag in (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000):
        assert refused(machine, clone, fork | flag)


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("call", [seccomp.SOCKET, seccomp.SOCKETPAIR], ids=["socket", "socketpair"])
def test_only_local_and_internet_sockets_with_common_protocols(machine, call):
    number = call[COLUMN[machine]]
    for family in range(50):
        assert (answer(machine, number, family, 1, 0) == seccomp.ALLOW) is (family in (1, 2, 10)), family
    assert answer(machine, number, 2, 1, socket.IPPROTO_TCP) == answer(machine, number, 2, 2, socket.IPPROTO_UDP) == seccomp.ALLOW
    for protocol in (132, 136, 262):  # SCTP, UDP-Lite, MPTCP
        assert refused(machine, number, 2, 1, protocol)


@pytest.mark.parametrize("machine", MACHINES)
def test_shared_memory_without_a_file_is_refused(machine):
    number = seccomp.MMAP[COLUMN[machine]]
    private, shared, anonymous, stack = 2, 1, 0x20, 0x20000
    assert refused(machine, number, 0, 4096, 3, shared | anonymous)
    assert refused(machine, number, 0, 4096, 3, shared | anonymous | 0x4000)  # with MAP_NORESERVE
    for flags in (private, shared, private | anonymous, private | anonymous | stack):
        assert answer(machine, number, 0, 4096, 3, flags) == seccomp.ALLOW


@pytest.mark.parametrize("machine", MACHINES)
def test_typing_into_a_terminal_is_refused(machine):
    number = seccomp.IOCTL[COLUMN[machine]]
    assert refused(machine, number, 0, 0x5412) and refused(machine, number, 0, 0x541C)
    assert refused(machine, number, 0, 0x1_0000_5412)  # the kernel looks at 32 bits only
    assert answer(machine, number, 0, 0x5401) == seccomp.ALLOW


def test_a_processor_without_a_table_is_refused():
    with pytest.raises(OSError, match="riscv64"):
        seccomp.program("riscv64")


@pytest.mark.skipif(sys.platform != "linux" or platform.machine() not in MACHINES, reason="the filter is for Linux")
def test_the_kernel_takes_the_filter_and_python_goes_on():
    code = """
import os, socket, subprocess, sys, threading
from autograder.engine import seccomp
seccomp.install()
thread = threading.Thread(target=int); thread.start(); thread.join()
subprocess.run([sys.executable, "-c", "pass"], check=True)
socket.socket(socket.AF_INET6).close()
for forbidden in (lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW), lambda: os.memfd_create("x")):
    try:
        forbidden()
    except OSError:
        continue
    sys.exit("allowed")
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
