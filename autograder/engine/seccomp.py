"""A seccomp filter for what namespaces leave open, written as a policy and compiled to classic BPF.

The policy is a deny list: learner code may use any ordinary system call, but none that reaches kernel machinery
which no exercise needs: other processes' memory, new namespaces, key rings, memory that no limit counts, and which pages
of the files that all boxes see are in memory: that would be a slate on which one box writes and the next one reads.
Sources: seccomp(2), linux/bpf_common.h, the kernel's syscall tables for x86-64 and arm64.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

# Names and numbers: (x86-64, arm64); None where the architecture has no such call.
CALLS = {
    "acct": (163, 89), "add_key": (248, 217), "adjtimex": (159, 171), "bpf": (321, 280), "cachestat": (451, 451), "chroot": (161, 51),
    "clock_adjtime": (305, 266), "clock_settime": (227, 112), "clone3": (435, 435), "create_module": (174, None),
    "delete_module": (176, 106), "fadvise64": (221, 223), "fanotify_init": (300, 262), "finit_module": (313, 273), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fsopen": (430, 430), "fspick": (433, 433), "init_module": (175, 105),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "io_uring_setup": (425, 425),
    "ioperm": (173, None), "iopl": (172, None), "kcmp": (312, 272), "kexec_file_load": (320, 294),
    "kexec_load": (246, 104), "keyctl": (250, 219), "lookup_dcookie": (212, 18), "memfd_create": (319, 279),
    "mbind": (237, 235), "memfd_secret": (447, 447), "migrate_pages": (256, 238), "mincore": (27, 232), "modify_ldt": (154, None), "mount": (165, 40), "mount_setattr": (442, 442),
    "move_mount": (429, 429), "move_pages": (279, 239), "mq_open": (240, 180), "msgget": (68, 186), "name_to_handle_at": (303, 264),
    "nfsservctl": (180, 42), "open_by_handle_at": (304, 265), "open_tree": (428, 428),
    "perf_event_open": (298, 241), "personality": (135, 92), "pidfd_getfd": (438, 438), "pidfd_open": (434, 434),
    "pivot_root": (155, 41), "preadv2": (327, 286), "process_madvise": (440, 440), "process_mrelease": (448, 448), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "ptrace": (101, 117), "quotactl": (179, 60), "quotactl_fd": (443, 443),
    "reboot": (169, 142), "request_key": (249, 218), "semget": (64, 190), "set_mempolicy": (238, 237), "setdomainname": (171, 162),
    "sethostname": (170, 161), "setns": (308, 268), "settimeofday": (164, 170), "shmget": (29, 194),
    "swapoff": (168, 225), "swapon": (167, 224), "syslog": (103, 116), "umount2": (166, 39), "unshare": (272, 97),
    "uselib": (134, None), "userfaultfd": (323, 282), "vhangup": (153, 58), "vmsplice": (278, 75),
}  # fmt: skip
OLDER = ("clone3", "preadv2")  # at ENOSYS libc falls back to clone, whose flags are visible, and to preadv, which has none
ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
CLONE, SOCKET, SOCKETPAIR, IOCTL, MMAP = (56, 220), (41, 198), (53, 199), (16, 29), (9, 222)
NEW_NAMESPACES = 0x7E020080  # every CLONE_NEW* flag of clone(2)
FAMILIES = (1, 2, 10)  # AF_UNIX, AF_INET, AF_INET6: not AF_VSOCK, AF_PACKET, AF_NETLINK, AF_ALG ...
LAST_PROTOCOL = 17  # UDP; what comes after it (SCTP, MPTCP ...) is little used and would be loaded on demand
MAP_KIND, MAP_SHARED_ANONYMOUS = 0x2F, 0x21  # shared memory without a file: in no process's count once unmapped
TIOCSTI, TIOCLINUX = 0x5412, 0x541C  # typing into somebody else's terminal

ALLOW, KILL = 0x7FFF0000, 0x80000000
LOAD, EQUAL, ABOVE, AT_LEAST, ANY_BIT, AND, RETURN = 0x20, 0x15, 0x25, 0x35, 0x45, 0x54, 0x06
NUMBER, ARCH, ARG0, ARG1, ARG2, ARG3 = 0, 4, 16, 24, 32, 40  # offsets in struct seccomp_data (low words, little endian)


def refuse(code: int) -> int:
    """The filter's answer "fail with this errno"."""
    return 0x00050000 | code


def instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """One struct sock_filter, 8 bytes."""
    return struct.pack("=HBBI", code, if_true, if_false, value)


def program(machine: str | None = None) -> bytes:
    """The whole filter for a machine (`platform.machine()` names), as the bytes of its instructions."""
    machine = machine or platform.machine()
    if machine not in ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no system call table for {machine}; known: {', '.join(ARCHITECTURES)}")
    column, audit = ARCHITECTURES[machine]
    code = [instruction(LOAD, ARCH), instruction(EQUAL, audit, 1), instruction(RETURN, KILL), instruction(LOAD, NUMBER)]
    if machine == "x86_64":  # the x32 variant of every call has this bit set
        code += [instruction(AT_LEAST, 0x40000000, 0, 1), instruction(RETURN, KILL)]
    for name, numbers in CALLS.items():
        if numbers[column] is not None:
            answer = refuse(errno.ENOSYS if name in OLDER else errno.EPERM)
            code += [instruction(EQUAL, numbers[column], 0, 1), instruction(RETURN, answer)]
    for numbers, body in ((CLONE, _clone()), (SOCKET, _socket()), (SOCKETPAIR, _socket()), (IOCTL, _ioctl()), (MMAP, _mmap())):
        code += [instruction(EQUAL, numbers[column], 0, len(body)), *body]
    return b"".join([*code, instruction(RETURN, ALLOW)])


def _clone() -> list[bytes]:
    return [instruction(LOAD, ARG0), instruction(ANY_BIT, NEW_NAMESPACES, 0, 1), *_refuse_or_allow(errno.EPERM)]


def _socket() -> list[bytes]:
    families = [instruction(EQUAL, family, len(FAMILIES) - place, 0) for place, family in enumerate(FAMILIES)]
    protocol = [instruction(LOAD, ARG2), instruction(ABOVE, LAST_PROTOCOL, 0, 1), *_refuse_or_allow(errno.EPROTONOSUPPORT)]
    return [instruction(LOAD, ARG0), *families, instruction(RETURN, refuse(errno.EAFNOSUPPORT)), *protocol]


def _ioctl() -> list[bytes]:
    either = [instruction(EQUAL, TIOCSTI, 1), instruction(EQUAL, TIOCLINUX, 0, 1)]
    return [instruction(LOAD, ARG1), *either, *_refuse_or_allow(errno.EPERM)]


def _mmap() -> list[bytes]:
    kind = [instruction(LOAD, ARG3), instruction(AND, MAP_KIND), instruction(EQUAL, MAP_SHARED_ANONYMOUS, 0, 1)]
    return [*kind, *_refuse_or_allow(errno.EPERM)]


def _refuse_or_allow(code: int) -> list[bytes]:
    return [instruction(RETURN, refuse(code)), instruction(RETURN, ALLOW)]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def install() -> None:
    """Put this process and its future children under the filter, for good. Raises OSError if the kernel refuses."""
    libc = ctypes.CDLL(None, use_errno=True)
    code = program()
    if libc.prctl(38, 1, 0, 0, 0):  # PR_SET_NO_NEW_PRIVS: programs with the set-uid bit gain nothing
        raise OSError(ctypes.get_errno(), "no_new_privs was refused")
    if libc.prctl(22, 2, ctypes.byref(_Program(len(code) // 8, code)), 0, 0):  # PR_SET_SECCOMP, filter mode
        raise OSError(ctypes.get_errno(), "the kernel refused the seccomp filter")
