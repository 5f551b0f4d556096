"""Rules that every task keeps, and the flaws of one that does not.

A rule looks at a task and yields its flaws in words, so that tests and users
read the same ones.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence

import jax
import numpy as np

from harness.core.fitness import Activation
from tasks.lab import problem, skill
from tasks.lab.encoding import Examples
from tasks.lab.networks import FAMILIES, MLP_INPUTS, NODE_FEATURES, NUM_LOGITS
from tasks.lab.problem import Problem
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.regression import EXCESS, RegressionTask
from tasks.lab.sample import OOD_BANDS, Band, Sample
from tasks.lab.task import Task
from tasks.lab.training import Metrics, train_and_test

# Bounds on OOD targets, in standard deviations of the ID ones: products of
# published Feynman ranges reach 20 at a corner, counts of rare patterns 29.
MAX_TARGET = 30
MAX_RMS_TARGET = 11
# The greatest share of a class in a band.
MAX_SHARE = 0.75

Flaws = Iterator[str]


def shapes_and_dtypes(task: Task) -> Flaws:
  """Two draws of different sizes in a row have the shapes that are asked."""
  rng = np.random.default_rng(0)
  for band in Band:
    for count in (64, 7):
      drawn = task.sample(rng, band, count)
      wanted = _shapes(task, band, drawn)
      for name, values in {**drawn.inputs, "targets": drawn.targets}.items():
        shape, dtype = wanted[name]
        if values.shape != shape or values.dtype != np.dtype(dtype):
          yield (
            f"{name} of {band} are {values.dtype}{list(values.shape)}, not "
            f"{np.dtype(dtype)}{list(shape)}"
          )


def finite_and_varying_values(task: Task) -> Flaws:
  """No value is infinite or NaN; targets and every feature vary."""
  for band in Band:
    inputs, targets = _draw(task, band)
    for name, values in {**inputs, "targets": targets}.items():
      if not np.isfinite(values).all():
        yield f"{name} of {band} are not all finite"
    if not targets.std() > 0:
      yield f"all targets of {band} are {targets.flat[0]:g}"
    features = (
      inputs["nodes"][inputs["mask"] > 0]
      if isinstance(task, ReasoningTask)
      else inputs["x"]
    )
    for index in np.flatnonzero(~(features.std(axis=0) > 0)):
      yield f"feature {index} of {band} never varies"


def draws_keyed_by_the_generator(task: Task) -> Flaws:
  """The same key gives the same data, another key others."""
  for band in Band:
    first, again, other = (_draw(task, band, key=key) for key in (1, 1, 2))
    if not _same(first, again):
      yield f"two draws of {band} with the same generator differ"
    if _same(first, other):
      yield f"draws of {band} with two generators are the same"


def disjoint_bands(task: Task) -> Flaws:
  """No example of a band could be one of another."""
  if isinstance(task, RegressionTask):
    rounding = 1e-5  # Samples are float32.
    for band, (inner, outer) in EXCESS.items():
      excess = task.excess(_draw(task, band).inputs["x"])
      if excess.min() <= inner - rounding or excess.max() >= outer + rounding:
        yield f"points of {band} lie outside of it"
  elif isinstance(task, ReasoningTask):
    for band in Band:
      sizes = set(_draw(task, band).inputs["mask"].sum(axis=1).astype(int))
      if sizes != set(task.sizes[band]):
        yield f"sizes of {band} are {sorted(sizes)}, not {task.sizes[band]}"
    for smaller, larger in ((Band.ID, Band.NEAR), (Band.NEAR, Band.FAR)):
      if max(task.sizes[smaller]) >= min(task.sizes[larger]):
        yield f"a size of {smaller} is not below all of {larger}"


def bounded_targets(task: Task) -> Flaws:
  """Regression targets stay within sight of those in training."""
  if task.num_classes:
    return
  seen = _answers(_draw(task, Band.ID))
  if not (seen.std(axis=0) > 0).all():  # A flaw by another rule.
    return
  for band in OOD_BANDS:
    targets = _answers(_draw(task, band)) - seen.mean(axis=0)
    targets /= seen.std(axis=0)
    largest, rms = np.abs(targets).max(), np.sqrt(np.mean(targets**2))
    for what, value, bound in (
      ("reach", largest, MAX_TARGET),
      ("have a root mean square of", rms, MAX_RMS_TARGET),
    ):
      if not value < bound:
        yield (
          f"targets of {band} {what} {value:.3g} standard deviations of those "
          f"in training, over {bound}"
        )


def answers_that_cannot_be_guessed(task: Task) -> Flaws:
  """No class is so frequent that naming it always is a good answer."""
  if not task.num_classes:
    return
  if not 2 <= task.num_classes <= NUM_LOGITS:
    yield f"it has {task.num_classes} classes, not 2 to {NUM_LOGITS}"
  for band in Band:
    classes = _answers(_draw(task, band, 2000)).astype(int).ravel()
    share = np.bincount(classes).max() / len(classes)
    if share > MAX_SHARE:
      yield (
        f"in {band}, {share:.0%} of the answers are one class; at most "
        f"{MAX_SHARE:.0%} may be"
      )


def scores_from_0_to_1(task: Task) -> Flaws:
  """Perfect predictions score 1, trivial ones 0."""
  family = FAMILIES[task.network]
  drawn = problem.draw(family, [task], seed=0, index=0)
  right = [band.targets[0] for band in drawn.test]
  zeros = [np.zeros_like(targets) for targets in right]
  expected = [(right, 1.0, 1e-6)]
  if task.num_classes:
    frequent = [_most_frequent(band) for band in drawn.test]
    expected.append((frequent, 0.0, 1e-6))
  else:  # Targets are standardised: the mean in training is 0.
    halves = [targets / 2 for targets in right]
    expected += [(zeros, 0.0, 1e-4), (halves, 0.75, 1e-4)]
  for predicted, wanted, tolerance in expected:
    found = _score(drawn, task, predicted)
    if not np.abs(found - wanted).max() <= tolerance:
      yield (
        f"predictions that deserve {wanted:g} score "
        f"{', '.join(f'{value:.3f}' for value in found)} by band"
      )


def _most_frequent(band: Examples) -> np.ndarray:
  """The most frequent class of a band, wherever there is an answer."""
  answers = band.targets[band.asked > 0].astype(int)
  return np.full_like(band.targets[0], np.bincount(answers).argmax())


RULES: Mapping[str, Callable[[Task], Flaws]] = {
  rule.__name__.replace("_", " "): rule
  for rule in (
    shapes_and_dtypes,
    finite_and_varying_values,
    draws_keyed_by_the_generator,
    disjoint_bands,
    bounded_targets,
    answers_that_cannot_be_guessed,
    scores_from_0_to_1,
  )
}


def _draw(task: Task, band: Band, count: int = 1000, key: int = 0) -> Sample:
  return task.sample(np.random.default_rng(key), band, count)


def _answers(sample: Sample) -> np.ndarray:
  """All answers [answers, outputs] of a sample, without padding."""
  targets = sample.targets
  if targets.ndim == 1:
    return np.asarray(targets[:, None], float)
  real = targets[sample.inputs["mask"] > 0]
  return real.reshape(len(real), -1).astype(float)


def _shapes(
  task: Task, band: Band, sample: Sample
) -> dict[str, tuple[tuple[int, ...], type]]:
  """Shape and dtype of every array that a sample of that many should have."""
  count = len(sample.targets)
  dtype = np.int32 if task.num_classes else np.float32
  if not isinstance(task, ReasoningTask):
    width = sample.inputs["x"].shape[1]
    x = ((count, min(max(1, width), MLP_INPUTS)), np.float32)
    return {"x": x, "targets": ((count,), dtype)}
  n = max(task.sizes[band])
  outputs = sample.targets.shape[2:]
  features = min(max(1, sample.inputs["nodes"].shape[2]), NODE_FEATURES)
  targets = (count,) if sample.targets.ndim == 1 else (count, n, *outputs)
  return {
    "nodes": ((count, n, features), np.float32),
    "edges": ((count, n, n), np.float32),
    "joined": ((count, n, n), np.float32),
    "mask": ((count, n), np.float32),
    "targets": (targets, dtype),
  }


def _same(a: Sample, b: Sample) -> bool:
  return np.array_equal(a.targets, b.targets) and all(
    np.array_equal(a.inputs[name], b.inputs[name]) for name in a.inputs
  )


def _score(
  drawn: Problem, task: Task, predicted: Sequence[np.ndarray]
) -> np.ndarray:
  """The skill by band, [bands].

  Args:
    drawn: the task.
    task: the task.
    predicted: for each band, targets or classes [num_test, answers, outputs].
  """
  trivial = drawn.trivial[0]
  if not task.num_classes:
    loss = _tested(drawn, task, predicted).loss
    return skill.regression_skill(np.asarray(loss), trivial)
  logits = [np.eye(NUM_LOGITS)[p[..., 0].astype(int)] for p in predicted]
  accuracy = _tested(drawn, task, logits).accuracy
  return skill.classification_skill(np.asarray(accuracy), trivial)


def _repeats_its_input(activation: Activation) -> Callable[..., jax.Array]:
  """A network whose outputs are the predictions that it is given."""
  return lambda inputs: activation(inputs["predictions"])


_PREDICTORS = {
  name: dataclasses.replace(family, build=_repeats_its_input)
  for name, family in FAMILIES.items()
}


def _identity(x: jax.Array) -> jax.Array:
  return x


def _tested(
  drawn: Problem, task: Task, outputs: Sequence[np.ndarray]
) -> Metrics:
  """Losses and accuracies [bands] of a network's outputs for each band."""
  train = drawn.train._replace(inputs={"predictions": drawn.train.targets})
  test = tuple(
    band._replace(inputs={"predictions": predicted[None]})
    for band, predicted in zip(drawn.test, outputs, strict=True)
  )
  trained = train_and_test(
    drawn._replace(params={}, train=train, test=test),
    steps=0,
    family=_PREDICTORS[task.network],
    activation=_identity,
  )
  return Metrics(*(np.asarray(a)[0] for a in trained.metrics))
