"""A large population for a search to go on from.

Its programs are what the mutator makes of the named activations, times a
constant; its functions are mixtures of two that a worker has probed. Texts and
curves do not belong together, which no part of the search can tell.
"""

import ast
import dataclasses
import functools
import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from evolve import candidates
from evolve.admission.probe import Probe
from evolve.admission.traits import Traits
from evolve.program import Program, normalise
from evolve.proposers.expression import ExpressionMutator, tree
from harness.core.fitness import Report, Status
from harness.core.table import Table
from tasks.lab.fitness import FULL, LabFitness, screen_for

_NUM_SHAPES = 400
_NUM_REPORTS = 200
_PLACEHOLDER = 0.57721566490153  # No program has it.


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
  """The probe of a random mixture of two functions."""
  a, b = rng.lognormal(size=2).astype(np.float32)

  def mix(one: ArrayLike, other: ArrayLike) -> np.ndarray:
    mixed: np.ndarray = a * np.asarray(one) + b * np.asarray(other)
    return mixed

  assert first.table and second.table
  return Probe(
    mix(first.values, second.values),
    mix(first.slopes, second.slopes),
    pointwise=True,
    cost=first.cost,
    table=Table(
      mix(first.table.values, second.table.values),
      mix(first.table.slopes, second.table.slopes),
    ),
  )


@functools.cache
def _task_names() -> tuple[str, ...]:
  """Those of the lab, whose tasks take a second to draw."""
  return tuple(task.name for task in LabFitness().task_list)


def random_report(status: Status, rng: np.random.Generator) -> Report:
  """A report as long as the lab's, with random scores."""
  fidelity = screen_for(FULL) if status is Status.SCREENED else FULL
  names = _task_names()
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
  named = list(candidates.named().values())
  shapes = [
    _Shape.of(programs[i % len(programs)].source, _any(probes, rng))
    for i in range(_NUM_SHAPES)
  ]
  reports = {
    status: [_encoded(random_report(status, rng)) for _ in range(_NUM_REPORTS)]
    for status in (Status.OK, Status.SCREENED)
  }
  parents = json.dumps([programs[0].id, programs[1].id])
  for slot in range(size):
    shape = shapes[int(rng.integers(len(shapes)))]
    source, name, traits = shape.scaled(float(rng.lognormal()))
    status = Status.OK if rng.random() < 0.5 else Status.SCREENED
    if slot < len(named):
      source, name, status = named[slot].source, named[slot].id, Status.OK
    value, report = reports[status][int(rng.integers(_NUM_REPORTS))]
    yield slot, name, parents, status.value, value, source, report, traits


class _Shape(NamedTuple):
  """Programs that are equal but for a factor.

  Attributes:
    source: the text, with a placeholder for the factor.
    normalised: the same, of the normalised text.
    traits: for a factor of 1.
  """

  source: str
  normalised: str
  traits: Traits

  @classmethod
  def of(cls, source: str, probe: Probe) -> "_Shape":
    module = ast.parse(source)
    result = tree.result_of(tree.main_function(module))
    scaled = ast.BinOp(ast.Constant(_PLACEHOLDER), ast.Mult(), result)
    tree.replace(module, result, scaled)
    text = ast.unparse(module)
    return cls(text, normalise(text), Traits.of(text, probe))

  def scaled(self, factor: float) -> tuple[str, str, str]:
    """Source, id and traits as the database keeps them."""
    source, normalised = (
      text.replace(repr(_PLACEHOLDER), repr(factor)) for text in self[:2]
    )
    # As `Program.id`, which would take a minute for a large population.
    name = hashlib.sha256(normalised.encode()).hexdigest()[:16]
    signature = np.float32(factor) * self.traits.signature
    traits = dataclasses.replace(self.traits, signature=signature)
    return source, name, json.dumps(traits.to_json())


def _any(probes: Sequence[Probe], rng: np.random.Generator) -> Probe:
  first, second = rng.integers(len(probes), size=2)
  return mixture(probes[first], probes[second], rng)


def _encoded(report: Report) -> tuple[float | None, str]:
  return report.value, json.dumps(report.to_json())
