"""Residual networks, with the caller's activation in place of every ReLU.

He et al., CVPR 2016 (arXiv 1512.03385), in the variant called v1.5: where a
bottleneck shrinks the image, its 3x3 convolution has the stride. Parameters,
state, their names and their initial values are those of `hk.nets`, so either
takes the other's: the logits' weights start at 0, and so does the last scale of
a bottleneck (Goyal et al., arXiv 1706.02677): at first only shortcuts count.
"""

import dataclasses
from typing import Any, NamedTuple

import haiku as hk
import jax
import jax.numpy as jnp

from harness.core.fitness import Activation
from tasks.imagenet.models.precision import batch_norm, float32_parameters


class Stem(NamedTuple):
  """The first layer of a residual network.

  Attributes:
    width: its channels.
    kernel: side of its convolution.
    stride: of its convolution.
    pools: whether max pooling halves height and width after it.
  """

  width: int = 64
  kernel: int = 7
  stride: int = 2
  pools: bool = True


_LARGE_IMAGES = Stem()


@dataclasses.dataclass(frozen=True)
class Design:
  """Depth, widths and kind of blocks of a residual network.

  Attributes:
    blocks: the number of blocks of each stage; all but the first stage halve
      height and width.
    widths: the channels that each stage gives out.
    bottleneck: whether a block's convolutions are 1x1, 3x3 and 1x1, the first
      two a quarter as wide; else two of 3x3.
    stem: before the stages.
  """

  blocks: tuple[int, ...]
  widths: tuple[int, ...]
  bottleneck: bool
  stem: Stem = _LARGE_IMAGES


# He et al., table 1, its columns for 50 and 18 layers. The stem for 32x32
# images is that of their section 4.2, with 64 channels in place of 16: what is
# commonly called ResNet-18 on CIFAR-10.
RESNET50 = Design((3, 4, 6, 3), (256, 512, 1024, 2048), bottleneck=True)
RESNET18_CIFAR = Design(
  (2, 2, 2, 2), (64, 128, 256, 512), False, Stem(64, 3, 1, pools=False)
)
# Ours, for a CPU: the network of section 4.2 with one block in each stage, on
# images that its stem has halved.
RESNET8_SMALL = Design(
  (1, 1, 1), (16, 32, 64), False, Stem(16, 3, 2, pools=False)
)


def resnet50(
  num_classes: int, activation: Activation, *, dtype: Any = jnp.float32
) -> "ResNet":
  """ResNet-50, for 224x224 images; 49 sites, 25.6M parameters."""
  return ResNet(RESNET50, num_classes, activation, dtype, name="res_net50")


def resnet18_cifar(
  num_classes: int, activation: Activation, *, dtype: Any = jnp.float32
) -> "ResNet":
  """ResNet-18, for 32x32 images; 17 sites, 11.2M parameters."""
  return ResNet(RESNET18_CIFAR, num_classes, activation, dtype, "res_net18")


def resnet8_small(
  num_classes: int, activation: Activation, *, dtype: Any = jnp.float32
) -> "ResNet":
  """ResNet-8, for 28x28 images; 7 sites, 77,754 parameters."""
  return ResNet(RESNET8_SMALL, num_classes, activation, dtype, "res_net8")


class ResNet(hk.Module):
  """A stem, stages of residual blocks, the global average, logits."""

  def __init__(
    self,
    design: Design,
    num_classes: int,
    activation: Activation,
    dtype: Any = jnp.float32,
    name: str = "res_net",
  ):
    super().__init__(name=name)
    self._activation = activation
    self._dtype = dtype
    stem = design.stem
    self._pools = stem.pools
    self._conv = _conv(stem.width, stem.kernel, stem.stride, "initial_conv")
    self._norm = _norm("initial_batchnorm")
    stages = []
    inputs = stem.width
    for i, (blocks, width) in enumerate(
      zip(design.blocks, design.widths, strict=True)
    ):
      stride = 1 if i == 0 else 2
      stages.append(
        _Stage(
          blocks,
          width,
          stride,
          # If the shape stays, the input itself is the shortcut.
          projects=width != inputs or stride != 1,
          bottleneck=design.bottleneck,
          activation=activation,
          name=f"block_group_{i}",
        )
      )
      inputs = width
    self._stages = stages
    self._logits = hk.Linear(num_classes, w_init=jnp.zeros, name="logits")

  def __call__(self, images: jax.Array, is_training: bool) -> jax.Array:
    """Maps images [B, H, W, C] to float32 logits [B, num_classes]."""
    with float32_parameters():
      x = self._conv(images.astype(self._dtype))
      x = self._activation(batch_norm(self._norm, x, is_training))
      if self._pools:
        x = hk.max_pool(x, (1, 3, 3, 1), (1, 2, 2, 1), "SAME")
      for stage in self._stages:
        x = stage(x, is_training)
      pooled = jnp.mean(x.astype(jnp.float32), axis=(1, 2))
      logits: jax.Array = self._logits(pooled)
      return logits


class _Stage(hk.Module):
  """Blocks of one width; only the first may have a stride."""

  def __init__(
    self,
    blocks: int,
    width: int,
    stride: int,
    projects: bool,
    bottleneck: bool,
    activation: Activation,
    name: str,
  ):
    super().__init__(name=name)
    self._blocks = [
      _Block(
        width,
        stride if i == 0 else 1,
        projects and i == 0,
        bottleneck,
        activation,
        name=f"block_{i}",
      )
      for i in range(blocks)
    ]

  def __call__(self, x: jax.Array, is_training: bool) -> jax.Array:
    for block in self._blocks:
      x = block(x, is_training)
    return x


class _Block(hk.Module):
  """Convolutions with a shortcut around them."""

  def __init__(
    self,
    width: int,
    stride: int,
    projects: bool,
    bottleneck: bool,
    activation: Activation,
    name: str,
  ):
    super().__init__(name=name)
    self._activation = activation
    self._shortcut = None
    if projects:
      self._shortcut = (
        _conv(width, 1, stride, "shortcut_conv"),
        _norm("shortcut_batchnorm"),
      )
    layers = [(width, 3, stride), (width, 3, 1)]  # Channels, kernel, stride.
    if bottleneck:
      inner = width // 4
      layers = [(inner, 1, 1), (inner, 3, stride), (width, 1, 1)]
    self._layers = [
      (
        _conv(*layer, f"conv_{i}"),
        _norm(f"batchnorm_{i}", starts_at_zero=bottleneck and i == 2),
      )
      for i, layer in enumerate(layers)
    ]

  def __call__(self, x: jax.Array, is_training: bool) -> jax.Array:
    shortcut = x
    if self._shortcut is not None:
      conv, norm = self._shortcut
      shortcut = batch_norm(norm, conv(x), is_training)
    for i, (conv, norm) in enumerate(self._layers):
      if i > 0:
        x = self._activation(x)
      x = batch_norm(norm, conv(x), is_training)
    outputs: jax.Array = self._activation(x + shortcut)
    return outputs


def _conv(channels: int, kernel: int, stride: int, name: str) -> hk.Conv2D:
  return hk.Conv2D(channels, kernel, stride, with_bias=False, name=name)


def _norm(name: str, starts_at_zero: bool = False) -> hk.BatchNorm:
  """A batch norm like that of `hk.nets`: its averages decay by 0.9 a step."""
  scale_init = jnp.zeros if starts_at_zero else jnp.ones
  return hk.BatchNorm(
    create_scale=True,
    create_offset=True,
    decay_rate=0.9,
    eps=1e-5,
    scale_init=scale_init,
    name=name,
  )
