"""The choice of what activations are scored on: a suite, or an objective."""

import dataclasses
from typing import Any

from harness.core.errors import UserError
from harness.core.fitness import Fidelity
from tasks.lab.fitness import FULL, LabFitness
from tasks.lab.generator import Stream
from tasks.lab.suites import LAB, Suite
from tasks.objective import Objective


def select(objective: Any, lab: LabFitness) -> LabFitness | Objective:
  """The fitness that is chosen, loaded.

  Args:
    objective: None, a file.py:name, or a function or object of Python.
    lab: what else is chosen.

  Raises:
    UserError: both are chosen, or it does not load.
  """
  if objective is None:
    lab.load()
    return lab
  if lab.draw != LAB or lab.tasks or lab.modules:
    raise UserError(
      "an objective of your own takes the place of a suite; leave out suite, "
      "num_tasks, draw, tasks and task_module"
    )
  own = Objective.of(objective)
  own.load()
  return own


def fidelity(
  fitness: LabFitness | Objective, steps: int | None, num_seeds: int | None
) -> Fidelity:
  """The fidelity that is chosen; full fidelity where nothing is.

  Raises:
    UserError: steps for an objective that takes none.
  """
  num_seeds = num_seeds or FULL.num_seeds
  if isinstance(fitness, Objective) and fitness.is_function:
    if steps:
      raise UserError(
        f"{fitness.definition.name}(activation, seed) takes no steps; leave "
        "them out"
      )
    return Fidelity(0, num_seeds)
  return Fidelity(steps or FULL.steps, num_seeds)


def later_draw(
  fitness: LabFitness | Objective, count: int
) -> LabFitness | Objective:
  """The fitness `count` draws of tasks later.

  Itself for an objective, a suite of a user's own and chosen tasks, which have
  no other draws.
  """
  if isinstance(fitness, Objective) or fitness.tasks:
    return fitness
  if fitness.draw.stream not in list(Stream):
    return fitness
  draw = dataclasses.replace(fitness.draw, draw=fitness.draw.draw + count)
  return dataclasses.replace(fitness, draw=draw)


def unseen(lab: LabFitness) -> tuple[LabFitness, LabFitness]:
  """Fresh and held-out tasks, as many as a search on the lab has."""
  fresh, heldout = (
    LabFitness(Suite(stream, lab.draw.num_tasks))
    for stream in (Stream.FRESH, Stream.HELDOUT)
  )
  return fresh, heldout
