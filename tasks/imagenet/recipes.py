"""Recipes for training on each data set, number by number."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import haiku as hk
import optax

from harness.core.trainable import is_site


@dataclasses.dataclass(frozen=True)
class Recipe:
  """Stochastic gradient descent with Nesterov momentum.

  Attributes:
    model: a name in MODELS.
    epochs: passes over the training images.
    batch_size: images of a step, all devices together.
    rate_per_256: the highest learning rate, for each 256 images of a step: the
      linear scaling rule of Goyal et al., arXiv 1706.02677.
    warmup_epochs: in which the rate rises from 0 (ibid.); afterwards it falls
      to 0 along half a cosine (Loshchilov and Hutter, arXiv 1608.03983).
    momentum: of Nesterov.
    weight_decay: of weights, not of norms and biases.
    label_smoothing: share of a label that is spread over all classes (Szegedy
      et al., arXiv 1512.00567).
    bfloat16: whether hidden states are bfloat16.
    accumulate: parts of a batch that are computed one after the other; each
      has batch statistics of its own.
  """

  model: str
  epochs: int
  batch_size: int
  rate_per_256: float
  warmup_epochs: float
  weight_decay: float
  label_smoothing: float
  momentum: float = 0.9
  bfloat16: bool = False
  accumulate: int = 1

  @classmethod
  def of(cls, settings: Mapping[str, Any]) -> "Recipe":
    """The recipe of a run, by the settings in its run.json."""
    fields = dataclasses.fields(cls)
    return cls(**{field.name: settings[field.name] for field in fields})

  def learning_rate(self, steps_per_epoch: int) -> optax.Schedule:
    """The schedule: maps a step to its learning rate."""
    peak = self.rate_per_256 * self.batch_size / 256
    total = self.epochs * steps_per_epoch
    warmup = min(round(self.warmup_epochs * steps_per_epoch), total - 1)
    return optax.warmup_cosine_decay_schedule(0.0, peak, warmup, total)

  def optimiser(self, steps_per_epoch: int) -> optax.GradientTransformation:
    """Momentum with weight decay, at the rates of the schedule."""
    return optax.chain(
      optax.add_decayed_weights(self.weight_decay, mask=_weights),
      optax.sgd(
        self.learning_rate(steps_per_epoch), self.momentum, nesterov=True
      ),
    )


# He et al., arXiv 1512.03385, section 4.2, for batch, rate and decay (theirs is
# 1e-4; 5e-4 is from Zagoruyko and Komodakis, arXiv 1605.07146, with their 200
# epochs).
_CIFAR = Recipe(
  model="resnet18_cifar",
  epochs=200,
  batch_size=128,
  rate_per_256=0.2,
  warmup_epochs=5,
  weight_decay=5e-4,
  label_smoothing=0.0,
)
RECIPES = {
  # Goyal et al., arXiv 1706.02677; smoothing from arXiv 1512.00567.
  "imagenet2012": Recipe(
    model="resnet50",
    epochs=90,
    batch_size=256,
    rate_per_256=0.1,
    warmup_epochs=5,
    weight_decay=1e-4,
    label_smoothing=0.1,
  ),
  "cifar10": _CIFAR,
  "cifar100": _CIFAR,
  # Ours: two minutes of one core.
  "fashion_mnist": Recipe(
    model="resnet8_small",
    epochs=4,
    batch_size=128,
    rate_per_256=0.2,
    warmup_epochs=1,
    weight_decay=1e-4,
    label_smoothing=0.0,
  ),
  # Ours.
  "digits": Recipe(
    model="vgg_small",
    epochs=60,
    batch_size=64,
    rate_per_256=0.2,
    warmup_epochs=5,
    weight_decay=1e-4,
    label_smoothing=0.0,
  ),
}


def _weights(params: hk.Params) -> Any:
  """True for matrices and kernels alone.

  Not for norms, biases, embeddings and parameters of activations.
  """
  return hk.data_structures.map(
    lambda module, name, value: name == "w" and not is_site(module), params
  )
