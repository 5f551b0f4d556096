"""Rules for all generators of reasoning tasks."""

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from tasks.lab import registry
from tasks.lab.sample import Band
from tasks.lab.task import PROCESSOR, Task
from tests.tasks.synthetic.reasoning import (
  test_graphs,
  test_sequences,
  test_sets,
  test_strings,
  test_trees,
)

GENERATORS = {
  g.name: g
  for g in registry.shipped()
  if g.draw.__module__.startswith("tasks.synthetic.reasoning.")
}
KINDS: dict[str, Mapping[str, Any]] = {
  "set": test_sets.ORACLES,
  "sequence": test_sequences.ORACLES,
  "graph": test_graphs.ORACLES,
  "tree": test_trees.ORACLES,
  "string": test_strings.ORACLES,
}

every_generator = pytest.mark.parametrize("name", GENERATORS)


def _drawn(name: str, count: int) -> list[Task]:
  """Different tasks, by name; fewer than `count` where some are the same."""
  rng = np.random.default_rng(2)
  tasks = [GENERATORS[name].one(rng) for _ in range(count)]
  return list({task.name: task for task in tasks}.values())


@pytest.mark.parametrize("kind", KINDS)
def test_every_generator_has_an_oracle(kind: str) -> None:
  tagged = {name for name, g in GENERATORS.items() if kind in g.tags}
  assert tagged == KINDS[kind].keys()


def test_every_generator_is_of_one_kind() -> None:
  assert len(GENERATORS) == sum(map(len, KINDS.values())) >= 26


def test_a_third_of_the_generators_at_most_needs_the_processor() -> None:
  tasks = [_drawn(name, 1)[0] for name in GENERATORS]
  assert 3 * sum(t.network == PROCESSOR for t in tasks) <= len(tasks)


@every_generator
def test_questions_about_nodes_are_tagged(name: str) -> None:
  targets = (
    _drawn(name, 1)[0].sample(np.random.default_rng(0), Band.ID, 6).targets
  )
  assert (targets.ndim > 1) == ("nodes" in GENERATORS[name].tags)


@every_generator
def test_it_has_thirty_settings(name: str) -> None:
  assert len(_drawn(name, 400)) >= 30


@every_generator
def test_other_parameters_give_other_answers(name: str) -> None:
  answers = [
    [task.sample(np.random.default_rng(5), band, 200).targets for band in Band]
    for task in _drawn(name, 16)
  ]
  for one, other in itertools.combinations(answers, 2):
    changes = [
      _share_that_differs(*pair) for pair in zip(one, other, strict=True)
    ]
    assert np.mean(changes) >= 0.1


def _share_that_differs(one: np.ndarray, other: np.ndarray) -> float:
  differs = np.abs(one - other) > 1e-3 * one.std()
  return float(differs.reshape(len(one), -1).any(axis=1).mean())
