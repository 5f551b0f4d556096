"""A file-system filter: no writing, and no view of other processes.

Linux's Landlock, see landlock(7), the second wall beside seccomp. Without it a
process can read, under /proc, the environment and the pipes of every process of
the same user: API keys, and the answers of its siblings. A confined process can
look into none but those that it starts itself.
"""

import ctypes
import os
import struct

# The same on every architecture.
_CREATE_RULESET, _RESTRICT_SELF = 444, 446

# LANDLOCK_ACCESS_FS_*: bit 1 is writing a file; 4 to 12 are removing and making
# files of any kind. No rule grants them anywhere.
_WRITING = 1 << 1 | sum(1 << bit for bit in range(4, 13))


def confine() -> str:
  """Confines the calling thread and all that it starts.

  Needs no privileges once PR_SET_NO_NEW_PRIVS is set.

  Returns:
    "applied", or the kernel's reason not to; for run.json.
  """
  libc = ctypes.CDLL(None, use_errno=True)
  attributes = struct.pack("=Q", _WRITING)
  ruleset = libc.syscall(_CREATE_RULESET, attributes, len(attributes), 0)
  if ruleset < 0 or libc.syscall(_RESTRICT_SELF, ruleset, 0):
    return f"unavailable: {os.strerror(ctypes.get_errno())}"
  os.close(ruleset)
  return "applied"
