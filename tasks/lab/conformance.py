"""Rules that every task keeps, and the flaws of one that does not.

A rule looks at a task and yields its flaws in words, so that tests and users
read the same ones.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping

import jax
import numpy as np

from harness.core.fitness import Activation
from tasks.lab import problem, skill
from tasks.lab.networks import FAMILIES, NODE_FEATURES, NUM_LOGITS
from tasks.lab.problem import Problem
from tasks.lab.registry import Task
from tasks.lab.regression import EXCESS, RegressionTask
from tasks.lab.sample import OOD_BANDS, Band, Sample
from tasks.lab.training import Metrics, train_and_test

# Bounds on OOD targets, in standard deviations of the ID ones: products of
# published Feynman ranges reach 20 at a corner; L0 is the mean square.
MAX_TARGET = 25
MAX_RMS_TARGET = 10

Flaws = Iterator[str]


def shapes_and_dtypes(task: Task) -> Flaws:
  """Two draws of different sizes in a row have the shapes that are asked."""
  rng = np.random.default_rng(0)
  for band in Band:
    for count in (64, 7):
      inputs, targets = task.sample(rng, band, count)
      wanted = _shapes(task, band, count)
      for name, values in {**inputs, "targets": targets}.items():
        shape, dtype = wanted[name]
        if name == "nodes":
          shape = (*shape[:2], min(max(1, values.shape[2]), NODE_FEATURES))
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
      yield f"all targets of {band} are {targets[0]:g}"
    features = (
      inputs["x"]
      if isinstance(task, RegressionTask)
      else inputs["nodes"][inputs["mask"] > 0]
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
    return
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
  seen = _draw(task, Band.ID).targets
  if not seen.std() > 0:  # A flaw by another rule.
    return
  for band in OOD_BANDS:
    targets = (_draw(task, band).targets - seen.mean()) / seen.std()
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


def balanced_classes(task: Task) -> Flaws:
  """Every class is as frequent as the others, at every size."""
  if not task.num_classes or isinstance(task, RegressionTask):
    return
  if not 2 <= task.num_classes <= NUM_LOGITS:
    yield f"it has {task.num_classes} classes, not 2 to {NUM_LOGITS}"
  count = 2000
  fair = 1 / task.num_classes
  for size in sum(task.sizes.values(), ()):
    _, _, answers = task.generate(np.random.default_rng(0), count, size)
    classes = np.asarray(answers).astype(int)
    shares = np.bincount(classes, minlength=task.num_classes) / count
    five_sigma = 5 * np.sqrt(fair * (1 - fair) / count)
    if not np.abs(shares - fair).max() < five_sigma:
      listed = ", ".join(f"{share:.0%}" for share in shares)
      yield f"at size {size}, classes have shares of {listed}"


def scores_from_0_to_1(task: Task) -> Flaws:
  """Perfect predictions score 1, trivial ones 0."""
  drawn = problem.draw(FAMILIES[task.network], [task], seed=0, num_seeds=1)
  targets = drawn.test.targets[0, 0]
  if task.num_classes:
    # Balanced, up to the noise of a few hundred examples.
    expected = [(targets, 1.0, 1e-6)] + [
      (np.full_like(targets, constant), 0.0, 0.15)
      for constant in range(task.num_classes)
    ]
  else:
    mean = np.full_like(targets, drawn.train.targets.mean())
    expected = [
      (targets, 1.0, 1e-6),
      (mean, 0.0, 1e-4),
      ((targets + mean) / 2, 0.75, 1e-4),
    ]
  for predicted, wanted, tolerance in expected:
    found = _score(drawn, task, predicted)
    if not np.abs(found - wanted).max() <= tolerance:
      yield (
        f"predictions that deserve {wanted:g} score "
        f"{', '.join(f'{value:.3f}' for value in found)} by band"
      )


RULES: Mapping[str, Callable[[Task], Flaws]] = {
  rule.__name__.replace("_", " "): rule
  for rule in (
    shapes_and_dtypes,
    finite_and_varying_values,
    draws_keyed_by_the_generator,
    disjoint_bands,
    bounded_targets,
    balanced_classes,
    scores_from_0_to_1,
  )
}


def _draw(task: Task, band: Band, count: int = 1000, key: int = 0) -> Sample:
  return task.sample(np.random.default_rng(key), band, count)


def _shapes(
  task: Task, band: Band, count: int
) -> dict[str, tuple[tuple[int, ...], type]]:
  """Shape and dtype of every array; of nodes, without their features."""
  targets = ((count,), np.int32 if task.num_classes else np.float32)
  if isinstance(task, RegressionTask):
    x = ((count, len(task.inputs)), np.float32)
    return {"x": x, "targets": targets}
  n = max(task.sizes[band])
  return {
    "nodes": ((count, n), np.float32),
    "edges": ((count, n, n), np.float32),
    "joined": ((count, n, n), np.float32),
    "mask": ((count, n), np.float32),
    "targets": targets,
  }


def _same(a: Sample, b: Sample) -> bool:
  return np.array_equal(a.targets, b.targets) and all(
    np.array_equal(a.inputs[name], b.inputs[name]) for name in a.inputs
  )


def _score(drawn: Problem, task: Task, predicted: np.ndarray) -> np.ndarray:
  """The skill by band, [bands], of targets or classes [bands, num_test]."""
  if task.num_classes:
    logits = np.eye(NUM_LOGITS, dtype=np.float32)[predicted.astype(int)]
    accuracy = _tested(drawn, task, logits).accuracy
    return skill.classification_skill(np.asarray(accuracy), task.num_classes)
  width = FAMILIES[task.network].num_outputs
  outputs = np.repeat(predicted[..., None], width, axis=-1)
  loss = _tested(drawn, task, outputs).loss
  return skill.regression_skill(np.asarray(loss), drawn.baseline[0, 0])


def _repeats_its_input(activation: Activation) -> Callable[..., jax.Array]:
  """A network whose outputs are the predictions that it is given."""
  return lambda inputs: activation(inputs["predictions"])


_PREDICTORS = {
  name: dataclasses.replace(family, build=_repeats_its_input)
  for name, family in FAMILIES.items()
}


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
    family=_PREDICTORS[task.network],
    activation=_identity,
  )
  return Metrics(*(np.asarray(a)[0, 0] for a in metrics))
