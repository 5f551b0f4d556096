"""The training of all functions of a benchmark, which may be interrupted."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import numpy as np

from evolve.proposers.spaces.formula import Formula
from evolve.surrogate import actbench
from evolve.surrogate.actbench import ActBench
from harness.core import records
from harness.core.console import Progress
from harness.core.workdir import Workdir

# Trains functions with a seed, and returns their scores, [len].
Trainer = Callable[[Sequence[Formula], int], np.ndarray]
_CHUNK = 64
FILE = "act-bench.csv.gz"


def build(
  formulas: Sequence[Formula],
  trainers: Mapping[str, Trainer],
  seeds: Sequence[int],
  settings: Mapping[str, Any],
  workdir: Workdir,
) -> ActBench:
  """Trains all that a run has not trained yet, and writes FILE.

  Args:
    formulas: the functions.
    trainers: by task.
    seeds: of each task.
    settings: what decides the scores, for run.json.
    workdir: gets scores.jsonl, a line for some functions of a task and seed.

  Raises:
    UserError: the run has other settings.
  """
  settings = {**settings, "tasks": list(trainers), "seeds": list(seeds)}
  workdir.check(settings, may_grow=("tasks", "seeds"))
  path = workdir.path / "scores.jsonl"
  scores = {
    (line["task"], line["seed"], line["first"]): line["scores"]
    for line in records.read_jsonl(path)
  }
  starts = range(0, len(formulas), _CHUNK)
  jobs = list(itertools.product(trainers, seeds, starts))
  is_whole = all(job in scores for job in jobs)
  if workdir.finished and is_whole and (workdir.path / FILE).exists():
    workdir.say_finished("more --tasks or --seeds extend it")
    return actbench.read(workdir.path / FILE)
  workdir.begin(settings, [str(device) for device in jax.devices()])
  with Progress() as progress:
    for done, job in enumerate(jobs):
      task, seed, first = job
      if job in scores:
        continue
      progress.show(
        f"training {task}, seed {seed}: {done} of {len(jobs)} parts"
      )
      found = trainers[task](formulas[first : first + _CHUNK], seed)
      scores[job] = [round(float(score), 4) for score in found]
      line = {"task": task, "seed": seed, "first": first}
      records.append_jsonl(path, {**line, "scores": scores[job]})
  bench = ActBench(
    tuple(map(str, formulas)),
    {
      task: np.array(
        [
          list(itertools.chain(*(scores[task, seed, s] for s in starts)))
          for seed in seeds
        ]
      ).T
      for task in trainers
    },
    dict.fromkeys(trainers, tuple(seeds)),
  )
  actbench.write(workdir.path / FILE, bench)
  workdir.finish({"functions": len(formulas)})
  return bench
