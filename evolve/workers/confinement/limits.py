"""Limits of a candidate's process, which it applies to itself for good."""

import ctypes
import dataclasses
import os
import resource
import signal
import struct

from evolve.workers.confinement import landlock, seccomp

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_libc = ctypes.CDLL(None, use_errno=True)


@dataclasses.dataclass(frozen=True)
class Limits:
  """The limits of one candidate.

  Attributes:
    memory_bytes: address space; JAX on CPU alone takes 1.7 GB of it. None on
      an accelerator, whose driver reserves far more than it uses.
    cpu_seconds: processor time of all threads together, for each stage after
      the probe.
    open_files: file descriptors.
    probe_seconds, screen_seconds, full_seconds: wall time of a stage.
  """

  memory_bytes: int | None = 4 << 30
  cpu_seconds: int = 1200
  open_files: int = 64
  probe_seconds: float = 30.0
  screen_seconds: float = 300.0
  full_seconds: float = 900.0

  def wall_seconds(self, stage: str) -> float:
    """The limit of a stage by its name, of which two are cheap ones."""
    cheap = {"probe": self.probe_seconds, "screen": self.screen_seconds}
    return cheap.get(stage, self.full_seconds)

  @property
  def shortage(self) -> str:
    """A remark on an address space that is smaller than `memory_bytes`."""
    given = resource.getrlimit(resource.RLIMIT_AS)[1]
    if given == resource.RLIM_INFINITY or given >= (self.memory_bytes or 0):
      return ""
    gigabytes = f"{given / 1e9:.1f} GB"
    return f" (its address space is limited to {gigabytes}; see `ulimit -v`)"


def die_with_parent(parent: int, by: signal.Signals = signal.SIGKILL) -> None:
  """Has the kernel end this process when its parent ends for any reason.

  Args:
    parent: its process id.
    by: the signal that ends this process.
  """
  _libc.prctl(_PR_SET_PDEATHSIG, by)
  if os.getppid() != parent:  # It ended before the call.
    os._exit(1)


def apply(limits: Limits, num_stages: int = 1) -> dict[str, str]:
  """Confines the calling process; returns the limits applied, for run.json."""
  applied = {}
  hard = {
    "RLIMIT_CPU": limits.cpu_seconds * num_stages,
    "RLIMIT_NOFILE": limits.open_files,
    "RLIMIT_FSIZE": 0,
    "RLIMIT_CORE": 0,
  }
  if limits.memory_bytes:
    hard["RLIMIT_AS"] = limits.memory_bytes
  for name, value in hard.items():
    kind = getattr(resource, name)
    given = resource.getrlimit(kind)[1]  # None may go above it.
    highest = value + 1 if given == resource.RLIM_INFINITY else given
    value = min(value, highest)
    # One second of grace between SIGXCPU, which ends it, and SIGKILL.
    grace = 1 if name == "RLIMIT_CPU" else 0
    resource.setrlimit(kind, (value, min(value + grace, highest)))
    applied[name] = str(value)
  _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
  _drop_capabilities()
  applied["landlock"] = landlock.confine()
  applied["seccomp"] = seccomp.confine()
  return applied


def _drop_capabilities() -> None:
  """Makes root an ordinary user, to whom the other limits apply."""
  version_3 = 0x20080522
  header = ctypes.create_string_buffer(struct.pack("=Ii", version_3, 0))
  none = ctypes.create_string_buffer(24)  # Two sets of three words.
  if _libc.capset(header, none):
    raise OSError(ctypes.get_errno(), "can't drop capabilities")
