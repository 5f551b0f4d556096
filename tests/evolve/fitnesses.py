"""A small fitness for tests of the search: real, exact, and quick."""

import dataclasses
import time
from collections.abc import Callable, Mapping, Sequence

import jax
import numpy as np

from harness.core.fitness import (
  Activation,
  Fidelity,
  Report,
  Status,
  failure,
)
from harness.core.trainable import Trainable

_TASKS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
  "sine": np.sin,
  "cube": lambda x: x**3 / 27,
}
_TRAIN = np.linspace(-3, 3, 64)
_TEST = np.linspace(3, 4, 32)


@dataclasses.dataclass(frozen=True)
class RandomFeatures:
  """Fits curves with one hidden layer that is not trained.

  Rahimi and Recht, NeurIPS 2007. A fidelity's steps are the hidden units; the
  readout is ridge regression, the score the skill beyond the training range.
  """

  @property
  def suite(self) -> str:
    return "random_features@1"

  @property
  def goal(self) -> str:
    return "It is to fit curves beyond the range of training."

  @property
  def families(self) -> Mapping[str, str]:
    return dict.fromkeys(_TASKS, "curves")

  def prepare(self, seed: int, fidelity: Fidelity) -> None:
    """Nothing is shared that takes time to draw."""

  def evaluate(
    self, activations: Sequence[Activation], seed: int, fidelity: Fidelity
  ) -> list[Report]:
    return [_report(a, seed, fidelity) for a in activations]


@dataclasses.dataclass(frozen=True)
class SlowRandomFeatures(RandomFeatures):
  """Sleeps before each evaluation at one fidelity."""

  seconds: float
  at: Fidelity

  def evaluate(
    self, activations: Sequence[Activation], seed: int, fidelity: Fidelity
  ) -> list[Report]:
    if fidelity == self.at:
      time.sleep(self.seconds * len(activations))
    return super().evaluate(activations, seed, fidelity)


def _untrained(activation: Activation) -> Activation:
  """The activation where no network trains its parameters."""
  if isinstance(activation, Trainable):
    return activation.frozen
  return activation


def _report(activation: Activation, seed: int, fidelity: Fidelity) -> Report:
  rng = np.random.default_rng(seed)
  shape = (fidelity.num_seeds, 1, fidelity.steps)
  weights, biases = rng.normal(size=shape), rng.uniform(-3, 3, shape)
  x = np.concatenate([_TRAIN, _TEST])[:, None]
  try:
    hidden = jax.jit(_untrained(activation))(
      (x * weights + biases).astype(np.float32)
    )
    features = np.asarray(hidden, np.float64)  # [seeds, points, units]
  except Exception as error:  # As the contract of a fitness asks.
    return failure(error)
  if not np.isfinite(features).all():
    return Report(Status.DIVERGED, Status.DIVERGED.sentence)
  losses = {name: _losses(features, f(x[:, 0])) for name, f in _TASKS.items()}
  baselines = {
    name: np.mean((f(_TEST) - f(_TRAIN).mean()) ** 2)
    for name, f in _TASKS.items()
  }
  scores = {
    name: tuple(np.clip(1 - loss[1] / baselines[name], 0, 1).tolist())
    for name, loss in losses.items()
  }
  return Report(
    Status.OK,
    f"Weakest curve: {min(scores, key=lambda name: sum(scores[name]))}.",
    scores_by_seed=scores,
    id_loss={name: float(loss[0].mean()) for name, loss in losses.items()},
    ood_loss={name: float(loss[1].mean()) for name, loss in losses.items()},
  )


def _losses(features: np.ndarray, target: np.ndarray) -> np.ndarray:
  """Mean squared errors in and out of distribution, [2, seeds]."""
  count = len(_TRAIN)
  losses = []
  for matrix in features:
    train = matrix[:count]
    gram = train.T @ train + 1e-3 * np.eye(train.shape[1])
    readout = np.linalg.solve(gram, train.T @ target[:count])
    errors = (matrix @ readout - target) ** 2
    losses.append((errors[:count].mean(), errors[count:].mean()))
  return np.array(losses).T


@dataclasses.dataclass(frozen=True)
class Curves:
  """Closeness to curves that are drawn from a population; trains nothing.

  Attributes:
    suite: its label.
    first: number of the first of its tasks, which tells draws apart.
  """

  suite: str
  first: int
  count: int = 12

  @property
  def goal(self) -> str:
    return "It is to be close to curves."

  @property
  def families(self) -> Mapping[str, str]:
    numbers = range(self.first, self.first + self.count)
    return {f"curve_{n}": "odd" if n % 2 else "even" for n in numbers}

  def prepare(self, seed: int, fidelity: Fidelity) -> None:
    """Nothing is shared that takes time to draw."""

  def evaluate(
    self, activations: Sequence[Activation], seed: int, fidelity: Fidelity
  ) -> list[Report]:
    return [self._report(a, seed, fidelity) for a in activations]

  def _report(
    self, activation: Activation, seed: int, fidelity: Fidelity
  ) -> Report:
    x = _TRAIN.astype(np.float32)
    try:
      y = np.asarray(_untrained(activation)(x), np.float64)
    except Exception as error:
      return failure(error)
    scores = {}
    for task in self.families:
      number = int(task.removeprefix("curve_"))
      slope = np.random.default_rng(number).normal(0.5, 0.5)
      distance = np.abs(y - np.tanh(x) - slope * x).mean()
      noise = [
        np.random.default_rng([number, seed, index]).normal(0, 0.02)
        for index in range(fidelity.num_seeds)
      ]
      closeness = np.nan_to_num(np.exp(-distance)) + np.array(noise)
      scores[task] = tuple(np.clip(closeness, 0, 1).tolist())
    return Report(
      Status.OK,
      "Drawn curves.",
      scores_by_seed=scores,
      id_scores=dict.fromkeys(scores, 1.0),
      id_loss=dict.fromkeys(scores, 0.5),
      ood_loss=dict.fromkeys(scores, 0.5),
      families=self.families,
    )
