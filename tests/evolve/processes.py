"""Processes as /proc lists them, for tests that none is left."""

import os
import time
from collections.abc import Iterable
from pathlib import Path


def descendants(ancestor: int) -> set[int]:
  """Living processes below one, at any depth; zombies don't count."""
  parents = {}
  for entry in Path("/proc").iterdir():
    if entry.name.isdigit() and (stat := _stat(int(entry.name))):
      parents[int(entry.name)] = int(stat[1])
  found: set[int] = set()
  wanted = {ancestor}
  while wanted:
    wanted = {child for child, p in parents.items() if p in wanted} - found
    found |= wanted
  return found


def is_alive(process: int) -> bool:
  return _stat(process) is not None


def all_end(processes: Iterable[int], seconds: float = 30.0) -> bool:
  """Waits until all are gone; says whether they are."""
  deadline = time.monotonic() + seconds
  while any(map(is_alive, processes)):
    if time.monotonic() > deadline:
      return False
    time.sleep(0.02)
  return True


def _stat(process: int) -> list[str] | None:
  """State, parent and so on; None if it has ended."""
  try:
    text = Path(f"/proc/{process}/stat").read_text()
  except (FileNotFoundError, ProcessLookupError):
    return None
  fields = text.rpartition(")")[2].split()
  return None if fields[0] in "ZX" else fields


def wait_for_children(process: int, count: int, seconds: float = 60.0) -> None:
  """Waits until a process has that many descendants."""
  deadline = time.monotonic() + seconds
  while len(descendants(process)) < count:
    assert time.monotonic() < deadline, f"{count} descendants never came"
    os.sched_yield()
    time.sleep(0.02)
