"""A small plain convolutional network, for images of 8x8 up to 32x32.

In the manner of Simonyan and Zisserman, ICLR 2015 (arXiv 1409.1556): stages of
two 3x3 convolutions, max pooling between stages, each twice as wide as the one
before. Ours are the number of stages and their widths, batch norm after every
convolution (Ioffe and Szegedy, arXiv 1502.03167), and the global average in
place of the hidden dense layers (Lin et al., arXiv 1312.4400).
"""

from collections.abc import Sequence
from typing import Any

import haiku as hk
import jax
import jax.numpy as jnp

from harness.core.fitness import Activation
from tasks.imagenet.models.precision import batch_norm, float32_parameters

SMALL = (16, 32, 64)  # Two poolings leave 2x2 of an 8x8 image.
_CONVOLUTIONS = 2  # In a stage.


def vgg_small(
  num_classes: int, activation: Activation, *, dtype: Any = jnp.float32
) -> "Vgg":
  """A network with 6 sites and, for one channel, 73k parameters."""
  return Vgg(SMALL, num_classes, activation, dtype)


class Vgg(hk.Module):
  """Stages of convolutions with max pooling between, the average, logits."""

  def __init__(
    self,
    widths: Sequence[int],
    num_classes: int,
    activation: Activation,
    dtype: Any = jnp.float32,
    name: str = "vgg",
  ):
    super().__init__(name=name)
    self._widths = widths
    self._num_classes = num_classes
    self._activation = activation
    self._dtype = dtype

  def __call__(self, images: jax.Array, is_training: bool) -> jax.Array:
    """Maps images [B, H, W, C] to float32 logits [B, num_classes]."""
    with float32_parameters():
      x = images.astype(self._dtype)
      for stage, width in enumerate(self._widths):
        if stage > 0:
          x = hk.max_pool(x, (1, 2, 2, 1), (1, 2, 2, 1), "SAME")
        for _ in range(_CONVOLUTIONS):
          x = hk.Conv2D(width, 3, with_bias=False)(x)
          norm = hk.BatchNorm(True, True, decay_rate=0.9)
          x = self._activation(batch_norm(norm, x, is_training))
      pooled = jnp.mean(x.astype(jnp.float32), axis=(1, 2))
      logits: jax.Array = hk.Linear(self._num_classes)(pooled)
      return logits
