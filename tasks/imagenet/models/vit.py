"""A vision transformer, with the caller's activation in place of GELU.

Dosovitskiy et al., ICLR 2021 (arXiv 2010.11929): learned positions, layer norm
before attention and before the MLP, the class token's last state classifies.
The tiny size and the initial values are those of DeiT-Ti (Touvron et al., ICML
2021, arXiv 2012.12877): weights, token and positions are normal with deviation
0.02, biases 0. The patch embedding keeps haiku's initial values. There is
neither dropout nor stochastic depth.
"""

import dataclasses
from typing import Any

import haiku as hk
import jax
import jax.numpy as jnp

from harness.core.fitness import Activation
from tasks.imagenet.models.precision import float32_parameters, layer_norm

_INIT = hk.initializers.RandomNormal(0.02)


@dataclasses.dataclass(frozen=True)
class Size:
  """Width and depth of a transformer; heads split the width between them."""

  width: int
  layers: int
  heads: int
  mlp_ratio: int = 4


TINY = Size(width=192, layers=12, heads=3)


def vit_tiny(
  num_classes: int,
  activation: Activation,
  *,
  dtype: Any = jnp.float32,
  patch: int | None = None,
) -> "ViT":
  """ViT-Ti; 12 sites, 5.7M parameters for 224x224 images in 16x16 patches."""
  return ViT(TINY, num_classes, activation, dtype, patch)


def default_patch(side: int) -> int:
  """16 for images as large as ImageNet's, 4 for 32x32 ones, 2 for 8x8."""
  if side < 32:
    return 2
  return 4 if side < 128 else 16


class ViT(hk.Module):
  """Embedded patches and a class token, transformer layers, logits."""

  def __init__(
    self,
    size: Size,
    num_classes: int,
    activation: Activation,
    dtype: Any = jnp.float32,
    patch: int | None = None,
    name: str = "vit",
  ):
    """The side of a patch, unless given, depends on the image's height."""
    super().__init__(name=name)
    self._size = size
    self._num_classes = num_classes
    self._activation = activation
    self._dtype = dtype
    self._patch = patch

  def __call__(self, images: jax.Array, is_training: bool) -> jax.Array:
    """Maps images [B, H, W, C] to float32 logits [B, num_classes].

    Raises:
      ValueError: H or W is no multiple of the patch.
    """
    del is_training  # Nothing in it differs.
    with float32_parameters():
      x = self._embed(images.astype(self._dtype))
      for _ in range(self._size.layers):
        x = x + self._attention(layer_norm(_norm(), x))
        x = x + self._mlp(layer_norm(_norm(), x))
      token = layer_norm(_norm(), x[:, 0].astype(jnp.float32))
      logits: jax.Array = _linear(self._num_classes)(token)
      return logits

  @hk.transparent
  def _embed(self, images: jax.Array) -> jax.Array:
    """The token and the patches, [B, 1 + H/patch * W/patch, width]."""
    batch, height, columns, _ = images.shape
    patch = self._patch or default_patch(height)
    if height % patch or columns % patch:
      raise ValueError(
        f"images of {height}x{columns} do not divide into {patch}x{patch} "
        "patches; choose another patch"
      )
    width = self._size.width
    patches = hk.Conv2D(width, patch, stride=patch, padding="VALID")(images)
    token = hk.get_parameter("token", [width], images.dtype, _INIT)
    x = jnp.concatenate(
      [
        jnp.broadcast_to(token, [batch, 1, width]),
        patches.reshape(batch, -1, width),
      ],
      axis=1,
    )
    return x + hk.get_parameter("positions", x.shape[1:], x.dtype, _INIT)

  @hk.transparent
  def _attention(self, x: jax.Array) -> jax.Array:
    """Attention of every token to all tokens, [B, T, width]."""
    batch, length, width = x.shape
    heads = self._size.heads
    joint = _linear(3 * width)(x)
    query, key, value = jnp.moveaxis(
      joint.reshape(batch, length, 3, heads, width // heads), 2, 0
    )
    heard = jax.nn.dot_product_attention(query, key, value)
    outputs: jax.Array = _linear(width)(heard.reshape(x.shape))
    return outputs

  @hk.transparent
  def _mlp(self, x: jax.Array) -> jax.Array:
    width = self._size.width
    hidden = self._activation(_linear(self._size.mlp_ratio * width)(x))
    outputs: jax.Array = _linear(width)(hidden)
    return outputs


def _linear(width: int) -> hk.Linear:
  return hk.Linear(width, w_init=_INIT)


def _norm() -> hk.LayerNorm:
  return hk.LayerNorm(-1, create_scale=True, create_offset=True, eps=1e-6)
