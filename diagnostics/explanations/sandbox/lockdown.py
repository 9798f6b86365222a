"""Locks that a worker process closes behind itself, for good, before it sees the first byte of a model.

Linux only beyond the resource limits: Landlock takes the file system away, a seccomp filter the system calls that
open files, sockets, processes or other processes' memory. Each lock reports whether it is in force, so that the
status page can say so where the kernel has none.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import resource
import struct
import sys
from dataclasses import asdict, dataclass

_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_DUMPABLE = 4
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_LANDLOCK_CREATE_RULESET = 444
_LANDLOCK_RESTRICT_SELF = 446
_LANDLOCK_CREATE_RULESET_VERSION = 1
# Rights of each Landlock version (linux/landlock.h): file system, TCP ports, scopes.
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_CLONE_THREAD = 0x0001_0000


@dataclass(frozen=True, kw_only=True)
class Locks:
    """Which locks are in force."""

    limits: bool
    landlock: bool
    seccomp: bool

    def as_dict(self) -> dict[str, bool]:
        """By name, for JSON."""
        return asdict(self)


def lock(memory_bytes: int, cpu_seconds: int) -> Locks:
    """Close every lock the kernel offers; there is no way back.

    Parameters
    ----------
    memory_bytes : int
        Address space of the whole process, what is in use already included.
    cpu_seconds : int
        Processor time of the whole process; the kernel ends it after that.
    """
    _limit(memory_bytes, cpu_seconds)
    if not sys.platform.startswith("linux"):
        return Locks(limits=True, landlock=False, seccomp=False)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return Locks(limits=True, landlock=False, seccomp=False)
    return Locks(limits=True, landlock=_landlock(libc), seccomp=_seccomp(libc))


def _limit(memory_bytes: int, cpu_seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    if sys.platform.startswith("linux"):
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _landlock(libc: ctypes.CDLL) -> bool:
    """Handle every file right and grant none: nothing can be opened, listed, made or run any more."""
    version = libc.syscall(_LANDLOCK_CREATE_RULESET, None, 0, _LANDLOCK_CREATE_RULESET_VERSION)
    if version < 1:
        return False
    files = _FILE_RIGHTS[min(version, 5)]
    ports = 3 if version >= 4 else 0
    scopes = 3 if version >= 6 else 0
    attributes = struct.pack("=QQQ", files, ports, scopes)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = libc.syscall(_LANDLOCK_CREATE_RULESET, attributes, size, 0)
    if ruleset < 0:
        return False
    return bool(libc.syscall(_LANDLOCK_RESTRICT_SELF, ruleset, 0) == 0)


# System calls that are refused, by number: (x86_64, aarch64); None where an architecture has no such call.
_REFUSED: dict[str, tuple[int | None, int | None]] = {
    "open": (2, None), "openat": (257, 56), "openat2": (437, 437), "creat": (85, None), "open_by_handle_at": (304, 265),
    "unlink": (87, None), "unlinkat": (263, 35), "rename": (82, None), "renameat": (264, 38), "renameat2": (316, 276),
    "mkdir": (83, None), "mkdirat": (258, 34), "rmdir": (84, None), "link": (86, None), "linkat": (265, 37),
    "symlink": (88, None), "symlinkat": (266, 36), "truncate": (76, 45), "ftruncate": (77, 46), "mknod": (133, None),
    "mknodat": (259, 33), "chmod": (90, None), "fchmodat": (268, 53), "chown": (92, None), "fchownat": (260, 54),
    "mount": (165, 40), "umount2": (166, 39), "chroot": (161, 51), "pivot_root": (155, 41),
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201),
    "accept": (43, 202), "accept4": (288, 242), "sendto": (44, 206), "sendmsg": (46, 211), "sendmmsg": (307, 269),
    "execve": (59, 221), "execveat": (322, 281), "fork": (57, None), "vfork": (58, None),
    "kill": (62, 129), "tkill": (200, 130), "ptrace": (101, 117), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "pidfd_open": (434, 434), "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424), "prlimit64": (302, 261), "setrlimit": (160, 164),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218), "unshare": (272, 97), "setns": (308, 268),
    "memfd_create": (319, 279), "init_module": (175, 105), "finit_module": (313, 273), "kexec_load": (246, 104),
    "shmget": (29, 194), "shmat": (30, 196), "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180),
}  # fmt: skip
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE3 = 435
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_LOAD, _EQUAL, _ABOVE, _BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06


def _program(machine: str) -> bytes:
    """The filter as BPF: kill foreign architectures, refuse the calls above, threads yes, processes no."""

    def step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
        return struct.pack("=HBBI", code, then, otherwise, value)

    refuse = step(_RETURN, _ERRNO | errno.EACCES)
    steps = [
        step(_LOAD, 4),
        step(_EQUAL, _AUDIT_ARCH[machine], 1, 0),
        step(_RETURN, _KILL),
        step(_LOAD, 0),
    ]
    if machine == "x86_64":
        # The x32 calls share the architecture and begin here.
        steps += [step(_ABOVE, 0x40000000, 0, 1), refuse]
    column = 0 if machine == "x86_64" else 1
    for numbers in _REFUSED.values():
        if (number := numbers[column]) is not None:
            steps += [step(_EQUAL, number, 0, 1), refuse]
    # clone3 hides its flags in memory: "no such call" makes the C library use clone, whose flags can be read.
    steps += [step(_EQUAL, _CLONE3, 0, 1), step(_RETURN, _ERRNO | errno.ENOSYS)]
    steps += [
        step(_EQUAL, _CLONE[machine], 0, 3),
        step(_LOAD, 16),
        step(_BITS, _CLONE_THREAD, 1, 0),
        refuse,
    ]
    return b"".join([*steps, step(_RETURN, _ALLOW)])


def _seccomp(libc: ctypes.CDLL) -> bool:
    machine = platform.machine()
    if machine not in _AUDIT_ARCH:
        return False
    code = ctypes.create_string_buffer(_program(machine))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))

    program = Program(len(code) // 8, ctypes.addressof(code))
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0)
