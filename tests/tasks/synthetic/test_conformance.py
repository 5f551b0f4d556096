"""Rules for all generators that ship; a new file is covered by itself."""

import itertools

import numpy as np
import pytest

from evolve.activations import ACTIVATIONS
from tasks.lab import conformance, discrimination, registry
from tasks.lab.generator import SHARED, Generator, Stream
from tasks.lab.sample import Band
from tasks.lab.suites import Suite
from tasks.lab.task import Task

GENERATORS = registry.shipped()
# Draws of every stream, as large as are used.
SUITES = [
  Suite(stream, num_tasks, draw)
  for stream in Stream
  for num_tasks, draw in ((64, 0), (128, 0), (64, 1))
]
FURTHER = 3

every_generator = pytest.mark.parametrize(
  "generator", GENERATORS, ids=lambda g: g.name
)


def _drawn(generator: Generator, count: int, seed: int) -> list[Task]:
  rng = np.random.default_rng(seed)
  return [generator.one(rng) for _ in range(count)]


@every_generator
def test_a_task_keeps_all_rules(generator: Generator) -> None:
  (task,) = _drawn(generator, 1, seed=4)
  assert {r: list(flaws(task)) for r, flaws in conformance.RULES.items()} == {
    rule: [] for rule in conformance.RULES
  }


@pytest.mark.slow
@every_generator
def test_further_tasks_keep_all_rules(generator: Generator) -> None:
  for task in _drawn(generator, FURTHER, seed=5):
    for rule, flaws in conformance.RULES.items():
      assert list(flaws(task)) == [], rule


@every_generator
def test_parameters_alone_make_a_task(generator: Generator) -> None:
  """Tasks of one name have the same examples; a question has one stream."""
  first, again = _drawn(generator, 1, seed=6) + _drawn(generator, 1, seed=6)
  assert first.name == again.name
  for band in Band:
    one, other = (
      task.sample(np.random.default_rng(0), band, 50) for task in (first, again)
    )
    np.testing.assert_array_equal(one.targets, other.targets)
  assert bool(first.parameters) or len(set(generator.streams)) == 1


def test_no_task_of_a_stream_is_one_of_another() -> None:
  names = {
    stream: {
      task.name
      for suite in SUITES
      if suite.stream == stream
      for task in suite.tasks(GENERATORS)
    }
    for stream in Stream
  }
  for one, other in itertools.combinations(Stream, 2):
    assert not names[one] & names[other]


def test_held_out_generators_are_others_than_the_labs() -> None:
  shared = {g.name for g in GENERATORS if set(g.streams) == set(SHARED)}
  for stream in (Stream.HELDOUT, Stream.DEV_HELDOUT):
    tasks = Suite(stream).tasks(GENERATORS)
    assert not {task.generator for task in tasks} & shared
  assert len(Suite(Stream.HELDOUT).tasks(GENERATORS)) >= 40


@pytest.mark.slow
def test_tasks_of_the_lab_tell_activations_apart() -> None:
  """Three in four, by a tenth and three standard errors over four seeds.

  The others are reasoning tasks, whose skill varies too much between seeds.
  """
  tasks = Suite(num_tasks=24).tasks(GENERATORS)
  names = ("relu", "hard_swish", "sin", "sigmoid")
  skills = discrimination.skills(tasks, [ACTIVATIONS[name] for name in names])
  silent = [
    name
    for name, of_task in skills.items()
    if list(discrimination.activations_told_apart(of_task))
  ]
  assert len(silent) <= len(tasks) / 4, silent
