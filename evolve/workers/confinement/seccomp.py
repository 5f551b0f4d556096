"""A system-call filter: no new processes, no network, no writing of files.

Linux's seccomp-BPF through prctl, see seccomp(2) and linux/filter.h. Resource
limits can't do this: RLIMIT_NPROC does not bind root, and nothing limits
sockets. A forbidden call fails with EPERM, so that the caller sees an ordinary
error. Threads are allowed; XLA needs them. Calls that need a capability, such
as mount, are not listed: the process has none (see limits).
"""

import ctypes
import errno
import os
import platform
import struct

_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000
_KILL = 0x80000000

# Opcodes of classic BPF.
_LOAD = 0x20  # Accumulator = 32-bit word at an offset of seccomp_data.
_JUMP_EQUAL = 0x15
_JUMP_ANY_BIT = 0x45
_RETURN = 0x06

# Offsets in seccomp_data; arguments are 64 bits wide, low word first.
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16

_CLONE_THREAD = 0x00010000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_PR_SET_NAME = 15
# Commands of fcntl that have the kernel send signals to any process.
_SIGNALLING = (8, 10, 15)  # F_SETOWN, F_SETSIG, F_SETOWN_EX.
_X32_BIT = 0x40000000

# machine: (audit architecture, {call: number}); from the kernel's tables.
_TABLES = {
  "x86_64": (
    0xC000003E,
    dict(
      openat=257, open=2, fcntl=72, creat=85, openat2=437, clone=56, clone3=435,
      fork=57, vfork=58, execve=59, execveat=322, prctl=157, prlimit64=302,
      setrlimit=160, tgkill=234, tkill=200, kill=62, rt_sigqueueinfo=129,
      rt_tgsigqueueinfo=297, pidfd_open=434, pidfd_send_signal=424,
      pidfd_getfd=438, ptrace=101, process_vm_readv=310, process_vm_writev=311,
      socket=41, socketpair=53, connect=42, bind=49, io_uring_setup=425,
      bpf=321, userfaultfd=323, perf_event_open=298, unlink=87, unlinkat=263,
      rename=82, renameat=264, renameat2=316, mkdir=83, mkdirat=258, rmdir=84,
      link=86, linkat=265, symlink=88, symlinkat=266, mknod=133, mknodat=259,
      chmod=90, fchmod=91, fchmodat=268, chown=92, fchown=93, lchown=94,
      fchownat=260, truncate=76, ftruncate=77, setxattr=188, utimensat=280,
      unshare=272, setns=308, setsid=112, setpgid=109, setpriority=141,
      sched_setscheduler=144, ioctl=16, memfd_create=319, shmget=29, msgget=68,
      semget=64, mq_open=240, keyctl=250, add_key=248, sched_setaffinity=203,
      sched_setparam=142, sched_setattr=314, ioprio_set=251, migrate_pages=256,
      move_pages=279, utime=132, utimes=235, futimesat=261, lsetxattr=189,
      fsetxattr=190, fchmodat2=452, fanotify_init=300, memfd_secret=447,
    ),
  ),
  "aarch64": (
    0xC00000B7,
    dict(
      openat=56, fcntl=25, openat2=437, clone=220, clone3=435, execve=221,
      execveat=281, prctl=167, prlimit64=261, setrlimit=164, tgkill=131,
      tkill=130, kill=129, rt_sigqueueinfo=138, rt_tgsigqueueinfo=240,
      pidfd_open=434, pidfd_send_signal=424, pidfd_getfd=438, ptrace=117,
      process_vm_readv=270, process_vm_writev=271, socket=198, socketpair=199,
      connect=203, bind=200, io_uring_setup=425, bpf=280, userfaultfd=282,
      perf_event_open=241, unlinkat=35, renameat=38, renameat2=276, mkdirat=34,
      linkat=37, symlinkat=36, mknodat=33, fchmod=52, fchmodat=53, fchown=55,
      fchownat=54, truncate=45, ftruncate=46, setxattr=5, utimensat=88,
      unshare=97, setns=268, setsid=157, setpgid=154, setpriority=140,
      sched_setscheduler=119, ioctl=29, memfd_create=279, shmget=194,
      msgget=186, semget=190, mq_open=180, keyctl=219, add_key=217,
      sched_setaffinity=122, sched_setparam=118, sched_setattr=274,
      ioprio_set=30, migrate_pages=238, move_pages=239, lsetxattr=6,
      fsetxattr=7, fchmodat2=452, fanotify_init=262, memfd_secret=447,
    ),
  ),
}  # fmt: skip


def confine() -> str:
  """Installs the filter in the calling thread and all that it starts.

  Needs no privileges once PR_SET_NO_NEW_PRIVS is set.

  Returns:
    "applied", or the reason why it could not be; for run.json.
  """
  machine = platform.machine()
  if machine not in _TABLES:
    return f"unavailable: no table for {machine}"
  program = _program(*_TABLES[machine], process=os.getpid())
  buffer = ctypes.create_string_buffer(b"".join(program))
  header = _Filter(len(program), ctypes.addressof(buffer))
  libc = ctypes.CDLL(None, use_errno=True)
  failed = libc.prctl(
    _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(header), 0, 0
  )
  if failed:
    return f"unavailable: {os.strerror(ctypes.get_errno())}"
  return "applied"


class _Filter(ctypes.Structure):
  """struct sock_fprog."""

  _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def _program(
  architecture: int, calls: dict[str, int], process: int
) -> list[bytes]:
  refuse = _op(_RETURN, _ERRNO | errno.EPERM)
  absent = _op(_RETURN, _ERRNO | errno.ENOSYS)
  allow = _op(_RETURN, _ALLOW)
  program = [
    _op(_LOAD, _ARCHITECTURE),
    _op(_JUMP_EQUAL, architecture, yes=1),
    _op(_RETURN, _KILL),  # 32-bit calls have other numbers.
    _op(_LOAD, _NUMBER),
    _op(_JUMP_ANY_BIT, _X32_BIT, no=1),
    _op(_RETURN, _KILL),
  ]

  def when(call: str, body: list[bytes]) -> None:
    if call in calls:
      number = calls.pop(call)
      program.append(_op(_JUMP_EQUAL, number, no=len(body)))
      program.extend(body)

  calls = dict(calls)
  # The C library falls back to openat and clone, whose flags can be read.
  when("openat2", [absent])
  when("clone3", [absent])
  when(
    "open", [_argument(1), _op(_JUMP_ANY_BIT, _WRITING, no=1), refuse, allow]
  )
  when(
    "openat", [_argument(2), _op(_JUMP_ANY_BIT, _WRITING, no=1), refuse, allow]
  )
  when(
    "clone", [_argument(0), _op(_JUMP_ANY_BIT, _CLONE_THREAD, 1), refuse, allow]
  )
  when("tgkill", [_argument(0), _op(_JUMP_EQUAL, process, 1), refuse, allow])
  when(
    "prctl", [_argument(0), _op(_JUMP_EQUAL, _PR_SET_NAME, 1), refuse, allow]
  )
  signalling = [
    _op(_JUMP_EQUAL, c, yes=3 - i) for i, c in enumerate(_SIGNALLING)
  ]
  when("fcntl", [_argument(1), *signalling, allow, refuse])
  # Reading a limit passes no new one.
  when(
    "prlimit64",
    [
      _argument(2), _op(_JUMP_EQUAL, 0, no=2),
      _argument(2, high=True), _op(_JUMP_EQUAL, 0, yes=1),
      refuse, allow,
    ],
  )  # fmt: skip
  for number in calls.values():
    program += [_op(_JUMP_EQUAL, number, no=1), refuse]
  return [*program, allow]


def _op(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
  """struct sock_filter; `yes` and `no` are numbers of operations to skip."""
  return struct.pack("=HBBI", code, yes, no, value)


def _argument(index: int, *, high: bool = False) -> bytes:
  return _op(_LOAD, _ARGUMENTS + 8 * index + 4 * high)
