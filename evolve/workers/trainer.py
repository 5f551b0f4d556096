"""A forked process that stays, trains tables, and compiles its programs once.

It runs no code of a candidate, only numbers, so it is not confined. On its
socket come messages: batches of candidates, whose tables are the bytes. Back go
{"ready": true} and, for each batch, its reports.
"""

import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from evolve.workers import wire
from evolve.workers.cascade import Cascade, Entry
from evolve.workers.compilations import Compilations
from harness.core.fitness import Fitness
from harness.core.table import NUM_POINTS, Table


def run(fitnesses: Mapping[str, Fitness], control: int) -> None:
  """Serves the socket `control` until the parent hangs up."""
  reader = wire.Reader()
  compilations = Compilations()
  wire.send(control, {"ready": True})
  while data := os.read(control, 1 << 20):
    for job, tables in reader.feed(data):
      before = compilations.count
      try:
        answer = {"reports": _train(fitnesses, job, tables)}
      except Exception as error:
        wire.send(control, {"error": f"{type(error).__name__}: {error}"})
        raise
      count = compilations.count - before
      wire.send(control, {**answer, "compilations": count})


def _train(
  fitnesses: Mapping[str, Fitness], job: dict[str, Any], tables: bytes
) -> list[dict[str, Any]]:
  cascade = Cascade.from_json(job["cascade"])
  entries = [Entry(*entry) for entry in job["entries"]]
  points = np.frombuffer(tables, np.float32)
  reports = cascade.run(
    fitnesses[cascade.fitness],
    [Table(*p) for p in points.reshape(len(entries), 2, NUM_POINTS)],
    entries,
  )
  return [report.to_json() for report in reports]
