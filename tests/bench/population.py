"""A large population for a search to go on from.

Its programs are what the mutator makes of the named activations, times a
constant; its functions are mixtures of two that a worker has probed. Texts and
curves do not belong together, which no part of the search can tell.
"""

import ast
import dataclasses
import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from evolve import candidates
from evolve.expression import ExpressionMutator, tree
from evolve.probe import Probe
from evolve.program import Program
from evolve.traits import Traits
from harness.core.fitness import Report, Status
from tasks.lab.fitness import FULL, LabFitness, screen_for

_NUM_SHAPES = 400
_NUM_REPORTS = 200
_PLACEHOLDER = "SCALE"


def evolved_programs(count: int) -> list[Program]:
  """Descendants of the named activations, none of which is selected."""
  rng = np.random.default_rng(0)
  mutator = ExpressionMutator()
  pool = [program.source for program in candidates.named().values()]
  num_named = len(pool)
  for _ in range(count):
    parents = [pool[i] for i in rng.choice(len(pool), 2, replace=False)]
    pool.append(mutator.propose(parents, rng))
  return [Program(source) for source in pool[num_named:]]


def mixture(first: Probe, second: Probe, rng: np.random.Generator) -> Probe:
  """What the probe of a random mixture of two functions would be."""
  a, b = rng.lognormal(size=2).astype(np.float32)
  return Probe(
    a * first.values + b * second.values,
    a * first.slopes + b * second.slopes,
    pointwise=True,
    cost=first.cost,
  )


def random_report(status: Status, rng: np.random.Generator) -> Report:
  """A report as long as the lab's, with random scores."""
  fidelity = screen_for(FULL) if status is Status.SCREENED else FULL
  names = [task.name for task in LabFitness().task_list]
  scores = rng.beta(6, 3) * rng.uniform(
    0.8, 1.0, (len(names), fidelity.num_seeds)
  )
  by_seed = dict(zip(names, map(tuple, scores.tolist()), strict=True))
  means = dict(zip(names, scores.mean(axis=1).tolist(), strict=True))
  return Report(
    status,
    "; ".join(f"{name}: OOD skill {means[name]:.3f}" for name in names[:4]),
    by_seed,
    id_scores=means,
    id_loss=means,
    ood_loss=means,
    screen_value=float(scores.mean()),
    seconds=12.345678,
  )


def fill(
  path: Path, size: int, programs: Sequence[Program], probes: Sequence[Probe]
) -> None:
  """Writes `size` committed candidates to a run's database.

  Half of them are OK, half SCREENED; those of generation zero are OK.

  Args:
    path: the file, whose tables exist.
    size: how many.
    programs: to make theirs from.
    probes: to make theirs from; finite and pointwise.
  """
  rng = np.random.default_rng(1)
  rows = _rows(size, programs, probes, rng)
  with sqlite3.connect(path) as connection:
    connection.executemany(
      "INSERT INTO programs VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows
    )
  connection.close()


def _rows(
  size: int,
  programs: Sequence[Program],
  probes: Sequence[Probe],
  rng: np.random.Generator,
) -> Iterator[tuple[object, ...]]:
  named = [program.source for program in candidates.named().values()]
  shapes = [
    (_template(program.source), Traits.of(program.source, _any(probes, rng)))
    for program in (programs[i % len(programs)] for i in range(_NUM_SHAPES))
  ]
  reports = {
    status: [_encoded(random_report(status, rng)) for _ in range(_NUM_REPORTS)]
    for status in (Status.OK, Status.SCREENED)
  }
  parents = json.dumps([programs[0].id, programs[1].id])
  for slot in range(size):
    scale = float(rng.lognormal())
    template, traits = shapes[int(rng.integers(len(shapes)))]
    source = template.replace(_PLACEHOLDER, repr(scale))
    signature = np.float32(scale) * traits.signature
    traits = dataclasses.replace(traits, signature=signature)
    status = Status.OK if slot % 2 else Status.SCREENED
    if slot < len(named):
      source, status = named[slot], Status.OK
    value, report = reports[status][int(rng.integers(_NUM_REPORTS))]
    # Any id will do: no later program has the same text.
    name = hashlib.sha256(source.encode()).hexdigest()[:16]
    yield (slot, name, parents, status.value, value, source, report,
           json.dumps(traits.to_json()))  # fmt: skip


def _any(probes: Sequence[Probe], rng: np.random.Generator) -> Probe:
  first, second = rng.integers(len(probes), size=2)
  return mixture(probes[first], probes[second], rng)


def _template(source: str) -> str:
  """The program, its result multiplied by a placeholder."""
  module = ast.parse(source)
  result = tree.result_of(tree.main_function(module))
  scaled = ast.BinOp(ast.Name(_PLACEHOLDER, ast.Load()), ast.Mult(), result)
  tree.replace(module, result, scaled)
  return ast.unparse(module)


def _encoded(report: Report) -> tuple[float | None, str]:
  return report.value, json.dumps(report.to_json())
