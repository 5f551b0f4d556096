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
