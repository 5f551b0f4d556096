"""Properties of every registered task; a new task file is covered by itself."""

import dataclasses
from collections.abc import Callable, Sequence

import jax
import numpy as np
import pytest

from evolve.activations import ACTIVATIONS
from harness.core.fitness import Activation
from tasks.lab import problem, registry, skill
from tasks.lab.fitness import FULL
from tasks.lab.networks import FAMILIES, MLP_INPUTS, NODE_FEATURES, NUM_LOGITS
from tasks.lab.problem import Problem
from tasks.lab.registry import Task
from tasks.lab.regression import EXCESS, RegressionTask
from tasks.lab.sample import OOD_BANDS, Band, Sample
from tasks.lab.sine import fast_sine
from tasks.lab.training import Metrics, train_and_test

SUITES = {suite: registry.of_suite(suite) for suite in registry.SUITES}
TASKS = [task for members in SUITES.values() for task in members]
CLASSIFYING = [t for t in TASKS if t.num_classes]
PREDICTING = [t for t in TASKS if not t.num_classes]

# Bounds on OOD targets, in standard deviations of the ID ones: products of
# published Feynman ranges reach 20 at a corner; L0 is the mean square.
MAX_TARGET = 25
MAX_RMS_TARGET = 10


def _each(tasks: Sequence[Task]) -> pytest.MarkDecorator:
  return pytest.mark.parametrize("task", tasks, ids=lambda t: t.name)


every_task = _each(TASKS)
every_band = pytest.mark.parametrize("band", list(Band))


def _draw(task: Task, band: Band, count: int = 1000, key: int = 0) -> Sample:
  return task.sample(np.random.default_rng(key), band, count)


def _same(a: Sample, b: Sample) -> bool:
  names = a.inputs.keys()
  return np.array_equal(a.targets, b.targets) and all(
    np.array_equal(a.inputs[n], b.inputs[n]) for n in names
  )


@every_task
@every_band
def test_shapes_and_dtypes_for_two_counts_in_a_row(task, band):
  rng = np.random.default_rng(0)
  for count in (64, 7):
    inputs, targets = task.sample(rng, band, count)
    assert targets.shape == (count,)
    assert targets.dtype == (np.int32 if task.num_classes else np.float32)
    for values in inputs.values():
      assert len(values) == count and values.dtype == np.float32
    if isinstance(task, RegressionTask):
      assert inputs["x"].shape == (count, len(task.inputs))
      assert len(task.inputs) <= MLP_INPUTS
    else:
      n = max(task.sizes[band])
      assert inputs["nodes"].shape[1] == n
      assert 1 <= inputs["nodes"].shape[2] <= NODE_FEATURES
      assert inputs["edges"].shape == inputs["joined"].shape == (count, n, n)
      assert inputs["mask"].shape == (count, n)


@every_task
@every_band
def test_values_are_finite_and_vary(task, band):
  inputs, targets = _draw(task, band)
  assert np.isfinite(targets).all() and targets.std() > 0
  for values in inputs.values():
    assert np.isfinite(values).all()
  features = inputs["x"] if "x" in inputs else inputs["nodes"]
  spread = features.reshape(-1, features.shape[-1]).std(axis=0)
  assert (spread > 0).all()


@every_task
@every_band
def test_same_key_same_data(task, band):
  assert _same(_draw(task, band, key=1), _draw(task, band, key=1))
  assert not _same(_draw(task, band, key=1), _draw(task, band, key=2))


@every_task
def test_supports_are_disjoint(task):
  if isinstance(task, RegressionTask):
    rounding = 1e-5  # Samples are float32.
    for band, (inner, outer) in EXCESS.items():
      excess = task.excess(_draw(task, band).inputs["x"])
      assert excess.min() > inner - rounding
      assert excess.max() < outer + rounding
  else:
    sizes = {
      band: set(_draw(task, band).inputs["mask"].sum(axis=1).astype(int))
      for band in Band
    }
    assert sizes == {band: set(task.sizes[band]) for band in Band}
    assert max(sizes[Band.ID]) < min(sizes[Band.NEAR])
    assert max(sizes[Band.NEAR]) < min(sizes[Band.FAR])


@_each(PREDICTING)
def test_targets_out_of_distribution_are_bounded(task):
  seen = _draw(task, Band.ID).targets
  for band in OOD_BANDS:
    targets = (_draw(task, band).targets - seen.mean()) / seen.std()
    assert np.abs(targets).max() < MAX_TARGET
    assert np.sqrt(np.mean(targets**2)) < MAX_RMS_TARGET


@_each(CLASSIFYING)
def test_classes_are_balanced_at_every_size(task):
  assert 2 <= task.num_classes <= NUM_LOGITS
  count = 2000
  fair = 1 / task.num_classes
  for size in sum(task.sizes.values(), ()):
    _, _, answers = task.generate(np.random.default_rng(0), count, size)
    shares = np.bincount(answers, minlength=task.num_classes) / count
    five_sigma = 5 * np.sqrt(fair * (1 - fair) / count)
    assert np.abs(shares - fair).max() < five_sigma


def _repeats_its_input(activation: Activation) -> Callable[..., jax.Array]:
  """A network whose outputs are the predictions that it is given."""
  return lambda inputs: activation(inputs["predictions"])


PREDICTORS = {
  name: dataclasses.replace(family, build=_repeats_its_input)
  for name, family in FAMILIES.items()
}


def _drawn(task: Task) -> Problem:
  return problem.draw(FAMILIES[task.network], [task], seed=0, num_seeds=1)


def _identity(x: jax.Array) -> jax.Array:
  return x


def _tested(drawn: Problem, task: Task, predictions: np.ndarray) -> Metrics:
  """Losses and accuracies [bands] of predictions [bands, num_test, outputs]."""
  test = Sample({"predictions": predictions[None, None]}, drawn.test.targets)
  unread = np.zeros((*drawn.train.targets.shape, predictions.shape[-1]))
  train = Sample({"predictions": unread}, drawn.train.targets)
  metrics = train_and_test(
    drawn._replace(params={}, train=train, test=test),
    steps=0,
    num_seeds=1,
    family=PREDICTORS[task.network],
    activation=_identity,
  )
  return Metrics(*(np.asarray(a)[0, 0] for a in metrics))


@_each(PREDICTING)
def test_perfect_scores_one_and_the_mean_of_training_scores_zero(task):
  drawn = _drawn(task)
  mean = drawn.train.targets.mean()
  width = FAMILIES[task.network].num_outputs

  def score(targets):
    predictions = np.repeat(targets[..., None], width, axis=-1)
    loss = _tested(drawn, task, predictions).loss
    return skill.regression_skill(loss, drawn.baseline[0, 0])

  targets = drawn.test.targets[0, 0]
  assert score(targets) == pytest.approx(1)
  assert score(np.full_like(targets, mean)) == pytest.approx(0, abs=1e-4)
  assert score((targets + mean) / 2) == pytest.approx(0.75, abs=1e-4)


@_each(CLASSIFYING)
def test_perfect_scores_one_and_a_constant_class_scores_zero(task):
  drawn = _drawn(task)

  def score(classes):
    logits = np.eye(NUM_LOGITS, dtype=np.float32)[classes.astype(int)]
    accuracy = _tested(drawn, task, logits).accuracy
    return skill.classification_skill(accuracy, task.num_classes)

  targets = drawn.test.targets[0, 0]
  assert score(targets) == pytest.approx(1)
  for constant in range(task.num_classes):
    # Balanced, up to the noise of a few hundred examples.
    assert score(np.full_like(targets, constant)) == pytest.approx(0, abs=0.15)


MIN_SPREAD = 0.1
MIN_STANDARD_ERRORS = 3
# A band says nothing where the best activation is below the first, or the worst
# above the second.
MIN_BEST, MAX_WORST = 0.1, 0.97

# The gradient of phase_flip takes longer than those of all others together.
POOL = [a for name, a in ACTIVATIONS.items() if name != "phase_flip"]


def _skills(tasks: Sequence[Task]) -> dict[str, np.ndarray]:
  """Of every activation of the pool: by task, [activations, seeds, bands]."""
  skills = {}
  for family in FAMILIES.values():
    members = [t for t in tasks if t.network == family.name]
    drawn = problem.draw(family, members, seed=0, num_seeds=FULL.num_seeds)
    with fast_sine():
      outcomes = [
        train_and_test(
          drawn,
          FULL.steps,
          FULL.num_seeds,
          family=family,
          activation=activation,
        )
        for activation in POOL
      ]
    for i, task in enumerate(members):
      loss = np.stack([o.loss[:, i] for o in outcomes])
      accuracy = np.stack([o.accuracy[:, i] for o in outcomes])
      if task.num_classes:
        of_task = skill.classification_skill(accuracy, task.num_classes)
      else:
        of_task = skill.regression_skill(loss, drawn.baseline[:, i])
      skills[task.name] = of_task
  return skills


@pytest.fixture(scope="module")
def skills():
  """Skills of every task; trains some thousand networks."""
  return {
    name: values
    for members in SUITES.values()
    for name, values in _skills(members).items()
  }


@pytest.mark.slow
@every_task
def test_tasks_tell_activations_apart(task, skills):
  ood = skills[task.name][:, :, 1:].mean(axis=2)  # [activations, seeds]
  mean = ood.mean(axis=1)
  gap = ood[mean.argmax()] - ood[mean.argmin()]
  standard_error = gap.std(ddof=1) / np.sqrt(len(gap))
  assert gap.mean() >= MIN_SPREAD
  assert gap.mean() >= MIN_STANDARD_ERRORS * standard_error


@pytest.mark.slow
@every_task
@pytest.mark.parametrize("band", OOD_BANDS)
def test_no_band_is_impossible_or_trivial(task, band, skills):
  mean = skills[task.name][:, :, problem.BANDS.index(band)].mean(axis=1)
  assert mean.max() > MIN_BEST
  assert mean.min() < MAX_WORST
