"""Confinement of a process, whichever user it belongs to."""

import errno
import subprocess
import sys

from tests import ROOT

# Each call needs a capability. The kernel asks for that before it looks at the
# arguments, which would change nothing.
CALLS = (
  "mount(b'none', b'/', b'no such system', 0, None)",
  "umount2(b'/', 0)",
  "chroot(b'/')",
  "setuid(12345)",
  "setgid(12345)",
  "setresuid(12345, 12345, 12345)",
  "sethostname(b'', 0)",
  "setdomainname(b'', 0)",
  "settimeofday(ctypes.create_string_buffer(16), None)",
  "swapon(b'/nowhere', 0)",
  "swapoff(b'/nowhere')",
  "acct(b'/nowhere')",
  "reboot(0)",
)

_SCRIPT = f"""
import ctypes
from evolve.workers.confinement import limits

limits.apply(limits.Limits())
libc = ctypes.CDLL(None, use_errno=True)
for call in {CALLS!r}:
  ctypes.set_errno(0)
  result = eval("libc." + call)
  print(result, ctypes.get_errno())
"""


_LOWERED = """
import os, resource, signal
from evolve.workers.confinement.limits import Limits
from evolve.workers.pool import WorkerPool
from evolve.workers.running import RunningJob

resource.setrlimit(resource.RLIMIT_AS, (4096000000, 4096000000))
with WorkerPool({}, num_workers=1) as pool:
  print(pool.describe().applied["RLIMIT_AS"])
pipe, _ = os.pipe()
os.set_blocking(pipe, False)
job = RunningJob(pipe, Limits())
job.end(-signal.SIGSEGV)
print(job.answer().feedback)
"""


def test_a_lower_limit_of_the_parent_stays_and_is_named() -> None:
  run = subprocess.run(
    [sys.executable, "-c", _LOWERED],
    cwd=ROOT,
    capture_output=True,
    text=True,
    check=True,
  )
  assert run.stdout.splitlines() == [
    "4096000000",
    "its process was ended by a signal: Segmentation fault (its address space "
    "is limited to 4.1 GB; see `ulimit -v`)",
  ]


def test_calls_that_need_a_capability_are_refused() -> None:
  run = subprocess.run(
    [sys.executable, "-c", _SCRIPT],
    cwd=ROOT,
    capture_output=True,
    text=True,
    check=True,
  )
  refused = f"-1 {errno.EPERM}"
  ends = dict(zip(CALLS, run.stdout.splitlines(), strict=True))
  assert ends == dict.fromkeys(CALLS, refused)
