"""Image classifiers by name, all with the caller's activation everywhere."""

from typing import Any, Protocol

import jax
import jax.numpy as jnp

from harness.core.errors import unknown
from harness.core.fitness import Activation
from tasks.imagenet.models.resnet import (
  resnet8_small,
  resnet18_cifar,
  resnet50,
)
from tasks.imagenet.models.vgg import vgg_small
from tasks.imagenet.models.vit import vit_tiny


class Classifier(Protocol):
  """A haiku module; only if initialised in training its norms have a state."""

  def __call__(self, images: jax.Array, is_training: bool) -> jax.Array:
    """Maps images [B, H, W, C] to float32 logits [B, num_classes]."""


class Builder(Protocol):
  """Makes a classifier; call it inside `hk.transform_with_state`."""

  def __call__(
    self,
    num_classes: int,
    activation: Activation,
    *,
    dtype: Any = jnp.float32,
  ) -> Classifier:
    """A classifier that computes in `dtype`.

    Args:
      num_classes: how many logits.
      activation: stands at every nonlinearity; gets and returns `dtype`.
      dtype: bfloat16 halves the memory of hidden states. Parameters, batch
        statistics, layer norm, softmax and logits are float32 all the same.
    """


MODELS: dict[str, Builder] = {
  "resnet8_small": resnet8_small,
  "resnet18_cifar": resnet18_cifar,
  "resnet50": resnet50,
  "vgg_small": vgg_small,
  "vit_tiny": vit_tiny,
}


def model(name: str) -> Builder:
  """The builder of a model.

  Raises:
    UserError: there is none of this name.
  """
  if name not in MODELS:
    raise unknown("model", name, MODELS)
  return MODELS[name]
