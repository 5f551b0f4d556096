"""The reference functions that judge the instrument, in two halves.

results/instrument/pool.jsonl holds named activations, random expressions, and
winners and candidates of searches on lab@1 (BUILD_NOTES.md). Functions that a
table can't stand for are not among them, nor what hardly differs from another.
One half decides on the score (`choice`), the other confirms (`confirmation`).
"""

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

from evolve.admission.admission import Admission
from evolve.admission.probe import Probe
from evolve.program import Program
from evolve.workers.jobs import ProbeJob
from evolve.workers.pool import WorkerPool
from harness.core import records

DIRECTORY = Path("results/instrument")
PATH = DIRECTORY / "pool.jsonl"
HALVES = ("choice", "confirmation")


@dataclasses.dataclass(frozen=True)
class Function:
  """A reference function.

  Attributes:
    name: unique in the pool.
    source: its program.
    value: on lab@1, by which it was chosen; None for named ones and winners,
      which are all in.
    half: one of HALVES.
  """

  name: str
  source: str
  value: float | None = None
  half: str = ""


def load(half: str | None = None) -> list[Function]:
  """The pool, or a half of it."""
  functions = [Function(**record) for record in records.read_jsonl(PATH)]
  return [f for f in functions if half in (None, f.half)]


def probes(functions: Sequence[Function]) -> Iterator[tuple[Function, Probe]]:
  """The functions that are admitted, with their curves."""
  with WorkerPool({}, 2) as pool:
    for function in functions:
      seen = pool.call(ProbeJob(Program(function.source), Admission()))
      if isinstance(seen, Probe):
        yield function, seen
