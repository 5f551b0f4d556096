"""The state of a machine on which results depend: its code, processor."""

import contextlib
import hashlib
import importlib.metadata
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

_DECISIVE = ("jax", "jaxlib", "numpy", "dm-haiku", "optax")
_PACKAGES = ("harness", "tasks", "evolve")


class State(NamedTuple):
  """The state of a node.

  Attributes:
    versions: of what decides results, by name.
    processor: its model.
    seen: whether each of some files is there.
  """

  versions: Mapping[str, str]
  processor: str
  seen: Mapping[str, bool]


def state_here(files: Sequence[Path]) -> State:
  """The state of this node, and whether it sees some files."""
  return State(
    {
      "code": code_hash(),
      "Python": platform.python_version(),
      **{name: importlib.metadata.version(name) for name in _DECISIVE},
    },
    processor(),
    {str(path): path.exists() for path in files},
  )


def code_hash() -> str:
  """A hash of this project's modules, as they lie on this machine."""
  root = Path(__file__).resolve().parents[2]
  found = hashlib.sha256()
  for package in _PACKAGES:
    for path in sorted((root / package).rglob("*.py")):
      found.update(str(path.relative_to(root)).encode() + b"\0")
      found.update(path.read_bytes() + b"\0")
  return found.hexdigest()[:12]


def processor() -> str:
  """The model of this machine's processor."""
  with contextlib.suppress(OSError):
    for line in Path("/proc/cpuinfo").read_text().splitlines():
      name, _, value = line.partition(":")
      if name.strip() == "model name":
        return value.strip()
  return platform.machine()
