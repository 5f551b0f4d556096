import dataclasses
import subprocess
import sys

import jax
import numpy as np
import pytest

from tasks.lab import problem
from tasks.lab.networks import FAMILIES, NetworkFamily
from tasks.lab.problem import Problem
from tasks.lab.regression import Interval, RegressionTask
from tasks.lab.sample import Band
from tasks.lab.task import Task
from tests import ROOT
from tests.tasks.lab.questions import CUBIC, MAXIMUM, ORDER, SPAN, WAVE

TASKS: dict[str, dict[str, Task]] = {
  "mlp": {"cubic": CUBIC, "wave": WAVE},
  "pooling": {"maximum": MAXIMUM, "span": SPAN},
  "processor": {"order": ORDER, "again": ORDER},
}


def _family(name: str) -> NetworkFamily:
  return dataclasses.replace(FAMILIES[name], num_train=64, num_test=32)


def _tasks(name: str) -> list[Task]:
  return [
    dataclasses.replace(task, name=called)
    for called, task in TASKS[name].items()
  ]


def _assert_equal(left: Problem, right: Problem) -> None:
  jax.tree.map(np.testing.assert_array_equal, left, right)


@pytest.fixture(params=FAMILIES)
def family(request: pytest.FixtureRequest) -> str:
  return str(request.param)


@pytest.fixture
def drawn(family: str) -> Problem:
  return problem.draw(_family(family), _tasks(family), seed=7, index=1)


def test_the_same_seed_gives_the_same_problem(
  family: str, drawn: Problem
) -> None:
  _assert_equal(drawn, problem.draw(_family(family), _tasks(family), 7, 1))


def test_another_seed_gives_other_data_and_weights(
  family: str, drawn: Problem
) -> None:
  other = problem.draw(_family(family), _tasks(family), 8, 1)
  for field in ("train", "test", "params"):
    first, second = (
      np.concatenate(
        [leaf.ravel() for leaf in jax.tree.leaves(getattr(p, field))]
      )
      for p in (drawn, other)
    )
    assert not np.array_equal(first, second)


def test_another_index_gives_other_data(family: str, drawn: Problem) -> None:
  other = problem.draw(_family(family), _tasks(family), 7, 0)
  assert not np.array_equal(other.train.targets, drawn.train.targets)


def test_tasks_do_not_depend_on_the_others(family: str, drawn: Problem) -> None:
  alone = problem.draw(_family(family), _tasks(family)[1:], 7, 1)
  _assert_equal(alone, jax.tree.map(lambda a: a[1:], drawn))


def test_shapes(family: str, drawn: Problem) -> None:
  answers = {"mlp": (1, 1)}
  train = answers.get(family, (5, 4))
  assert drawn.train.targets.shape == (2, 64, *train)
  for band, size in zip(drawn.test, (4, 8, 16), strict=True):
    shape = (2, 32, *answers.get(family, (1 + size, 4)))
    assert band.targets.shape == band.asked.shape == shape
  assert drawn.num_classes.shape == (2,)
  assert drawn.trivial.shape == (2, 3)
  leaves = jax.tree.leaves((drawn.params, drawn.train, drawn.test))
  assert {leaf.dtype for leaf in leaves} == {np.dtype(np.float32)}


def test_numbers_of_classes(drawn: Problem, family: str) -> None:
  expected = [3, 0] if family == "pooling" else [0, 0]
  assert drawn.num_classes.tolist() == expected


def test_targets_of_training_are_standardised() -> None:
  drawn = problem.draw(_family("mlp"), _tasks("mlp"), 7, 1)
  np.testing.assert_allclose(drawn.train.targets.mean(axis=1), 0, atol=1e-5)
  np.testing.assert_allclose(drawn.train.targets.std(axis=1), 1, rtol=1e-5)


def test_the_trivial_accuracy_is_the_share_of_the_most_frequent_class() -> None:
  drawn = problem.draw(_family("pooling"), _tasks("pooling")[:1], 7, 0)
  for band, share in zip(drawn.test, drawn.trivial[0], strict=True):
    answers = band.targets[0, :, 0, 0]
    counts = [np.sum(answers == value) for value in range(3)]
    assert share == pytest.approx(max(counts) / 32)


def test_the_trivial_loss_is_the_loss_of_the_mean_of_training() -> None:
  """The losses of a line on [0, 1], by its integrals.

  Beyond the mean 1/2 and the variance 1/12 of training, a band whose distances
  from the mean are u in [a, b] has the loss 12 (b^3 - a^3) / (3 (b - a)).
  """
  line = RegressionTask(
    inputs={"x": Interval(0, 1)},
    function=lambda x: 5 * x + 3,
  )
  family = dataclasses.replace(
    FAMILIES["mlp"], num_train=20_000, num_test=20_000
  )
  drawn = problem.draw(family, [line], seed=0, index=0)
  bands = {Band.ID: (0.0, 0.5), Band.NEAR: (0.5, 0.65), Band.FAR: (0.65, 0.9)}
  expected = [4 * (b**3 - a**3) / (b - a) for a, b in bands.values()]
  assert expected == pytest.approx([1, 3.99, 7.27], abs=0.01)
  np.testing.assert_allclose(drawn.trivial[0], expected, rtol=0.03)


def test_initial_weights_have_the_variance_of_their_fan_in() -> None:
  drawn = problem.draw(FAMILIES["mlp"], _tasks("mlp"), 7, 1)
  layers = drawn.params.values()
  assert len(layers) == 4
  for layer in layers:
    assert not layer["b"].any()
    fan_in = layer["w"].shape[-2]
    spread = layer["w"].std() * np.sqrt(fan_in)
    # Six standard errors of a standard deviation.
    assert spread == pytest.approx(1, abs=6 / np.sqrt(2 * layer["w"].size))


def test_drawing_starts_no_backend() -> None:
  """Workers inherit the problem by fork, which a backend would not survive."""
  code = """
import jax
from jax._src import xla_bridge
from harness.core.fitness import Fidelity
from tasks.lab.fitness import LabFitness
from tests.tasks.lab.questions import MODULE, SUITE
LabFitness(SUITE, (), (MODULE,)).prepare(0, Fidelity(1, 1))
print(len(xla_bridge._backends))
jax.devices()
print(len(xla_bridge._backends) > 0)
"""
  done = subprocess.run(
    [sys.executable, "-c", code],
    cwd=ROOT,
    capture_output=True,
    text=True,
    check=True,
  )
  assert done.stdout.split() == ["0", "True"]


def test_tasks_of_other_sizes_are_padded() -> None:
  sizes = {Band.ID: (2,), Band.NEAR: (3,), Band.FAR: (20,)}
  larger = dataclasses.replace(MAXIMUM, name="larger", sizes=sizes)
  drawn = problem.draw(FAMILIES["pooling"], [MAXIMUM, larger], 0, 0)
  far = drawn.test[2].inputs["mask"]
  assert far.shape[-1] == 20
  assert far.sum(axis=-1).max(axis=-1).tolist() == [16, 20]
