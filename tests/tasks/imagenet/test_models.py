"""The classifiers are the published ones, with the activation everywhere."""

import collections
import dataclasses
import math
from collections.abc import Iterator
from typing import Any

import haiku as hk
import jax
import jax.extend.core
import jax.numpy as jnp
import numpy as np
import pytest

from harness.core.errors import UserError
from tasks.imagenet.models import MODELS, model
from tasks.imagenet.models.resnet import RESNET50, Design, ResNet
from tasks.imagenet.models.vgg import Vgg
from tasks.imagenet.models.vit import Size, ViT, default_patch, vit_tiny

# Calls of the activation in a network.
SITES = {
  "resnet8_small": 7,
  "resnet18_cifar": 17,
  "resnet50": 49,
  "vgg_small": 6,
  "vit_tiny": 12,
}
# Other nonlinear primitives, and their number: normalisations (20, 53 and 6
# convolutions with batch norm; two layer norms in a layer and a last one, whose
# variance checks that there are values to average), pooling, softmax.
NONLINEAR = {
  "resnet8_small": {"rsqrt": 9},
  "resnet18_cifar": {"rsqrt": 20},
  "resnet50": {"rsqrt": 53, "reduce_window_max": 1},
  "vgg_small": {"rsqrt": 6, "reduce_window_max": 2},
  "vit_tiny": {
    **dict.fromkeys(["exp", "max", "reduce_max"], 12),
    **dict.fromkeys(["gt", "rsqrt", "select_n", "square"], 25),
  },
}
# Classes, side and channels of the images, and the number of parameters: of
# ResNet-50 and DeiT-Ti as published, of ResNet-18 as everyone's for CIFAR-10.
PARAMETERS = {
  "resnet8_small": (10, 28, 1, 77_754),
  "resnet18_cifar": (10, 32, 3, 11_173_962),
  "resnet50": (1000, 224, 3, 25_557_032),
  "vgg_small": (10, 8, 1, 72_666),
  "vit_tiny": (1000, 224, 3, 5_717_416),
}
# Primitives that are linear, or only move values.
LINEAR = {
  "add", "broadcast_in_dim", "concatenate", "conv_general_dilated",
  "convert_element_type", "div", "dot_general", "mul", "reduce_sum",
  "reshape", "slice", "squeeze", "stop_gradient", "sub", "transpose",
}  # fmt: skip
# Compiling takes longer than anything else here.
# One of each family, small enough to be compiled.
SMALL = {
  "resnet": lambda *a: ResNet(Design((1,), (32,), True), *a),
  "vgg": lambda *a: Vgg((4, 8), *a),
  "vit": lambda *a: ViT(Size(width=24, layers=1, heads=3), *a),
}


def gelusine(x: jax.Array) -> jax.Array:
  return jax.nn.gelu(x) + 0.1 * jnp.sin(x)


def _network(
  builder: Any, activation: Any, num_classes: int = 10, dtype: Any = "float32"
) -> hk.TransformedWithState:
  def forward(images: jax.Array, is_training: bool) -> jax.Array:
    classifier = builder(num_classes, activation, dtype=dtype)
    return classifier(images, is_training)

  return hk.without_apply_rng(hk.transform_with_state(forward))


def _shapes(network: hk.TransformedWithState, images: Any) -> Any:
  """Shapes of parameters and state."""
  return jax.eval_shape(
    lambda key, x: network.init(key, x, True), jax.random.key(0), images
  )


def _images(batch: int, side: int, channels: int) -> jax.Array:
  rng = np.random.default_rng(0)
  return jnp.asarray(rng.normal(size=(batch, side, side, channels)), "float32")


def _drawn(shapes: Any) -> Any:
  """Random weights, none at its initial value; vectors are positive."""
  rng = np.random.default_rng(1)

  def draw(leaf: Any) -> jax.Array:
    size = math.prod(leaf.shape)
    if size == max(leaf.shape, default=1):
      return jnp.asarray(rng.uniform(0.5, 1.5, leaf.shape), leaf.dtype)
    deviation = math.sqrt(leaf.shape[-1] / size)
    return jnp.asarray(rng.normal(size=leaf.shape) * deviation, leaf.dtype)

  return jax.tree.map(draw, shapes)


def _haikus(build: Any) -> hk.TransformedWithState:
  return hk.without_apply_rng(
    hk.transform_with_state(lambda x, is_training: build()(x, is_training))
  )


def _haikus_resnet50() -> hk.TransformedWithState:
  return _haikus(lambda: hk.nets.ResNet50(10))


def test_resnet50_has_haikus_parameters() -> None:
  images = _images(2, 64, 3)
  ours = _network(model("resnet50"), jax.nn.relu)
  assert _shapes(ours, images) == _shapes(_haikus_resnet50(), images)


# One block of each stage, and one that follows another, compile in a fifth of
# the time of all.
SHALLOW = (2, 1, 1, 1)


@pytest.mark.parametrize(
  "blocks", [SHALLOW, pytest.param((3, 4, 6, 3), marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("is_training", [True, False])
def test_a_resnet_with_relu_is_haikus(
  blocks: tuple[int, ...], is_training: bool
) -> None:
  images = _images(2, 64, 3)
  design = dataclasses.replace(RESNET50, blocks=blocks)
  ours = _network(lambda *a, **k: ResNet(design, *a, **k), jax.nn.relu)
  theirs = _haikus(lambda: hk.nets.ResNet(blocks, 10, bottleneck=True))
  shapes = _shapes(theirs, images)
  assert _shapes(ours, images) == shapes
  drawn = _drawn(shapes)

  def both(params: Any, state: Any, x: jax.Array) -> Any:
    return [n.apply(params, state, x, is_training) for n in (ours, theirs)]

  found, expected = jax.jit(both)(*drawn, images)
  assert float(np.std(expected[0])) > 0.1
  jax.tree.map(
    lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5),
    found,
    expected,
  )


@pytest.mark.slow
def test_resnet50_starts_as_haikus() -> None:
  images, key = _images(2, 32, 3), jax.random.key(3)
  ours = _network(model("resnet50"), jax.nn.relu).init(key, images, True)
  theirs = _haikus_resnet50().init(key, images, True)
  assert jax.tree.all(jax.tree.map(jnp.array_equal, ours, theirs))


def test_resnet18_has_haikus_parameters() -> None:
  """They differ in the pooling alone, which has none."""
  stem = {"kernel_shape": 3, "stride": 1}
  theirs = _haikus(lambda: hk.nets.ResNet18(10, initial_conv_config=stem))
  images = _images(2, 32, 3)
  ours = _network(model("resnet18_cifar"), jax.nn.relu)
  assert _shapes(ours, images) == _shapes(theirs, images)


@pytest.mark.parametrize("name", MODELS)
def test_number_of_parameters(name: str) -> None:
  num_classes, side, channels, expected = PARAMETERS[name]
  params, _ = _shapes(
    _network(model(name), gelusine, num_classes),
    jax.ShapeDtypeStruct((1, side, side, channels), jnp.float32),
  )
  assert hk.data_structures.tree_size(params) == expected


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("name", MODELS)
def test_only_hidden_states_have_the_dtype(name: str, dtype: str) -> None:
  """The activation is at every declared site."""
  calls = []

  def activation(x: jax.Array) -> jax.Array:
    calls.append(x.dtype)
    return jnp.tanh(x)

  _, side, channels, _ = PARAMETERS[name]
  images = jax.ShapeDtypeStruct((3, min(side, 64), side, channels), jnp.float32)
  network = _network(model(name), activation, 7, dtype)
  params, state = _shapes(network, images)
  assert calls == [dtype] * SITES[name]
  for is_training in True, False:
    logits, after = jax.eval_shape(
      lambda p, s, x, t=is_training: network.apply(p, s, x, t),
      params,
      state,
      images,
    )
    assert (logits.shape, logits.dtype) == ((3, 7), jnp.float32)
    assert after == state
  assert {leaf.dtype.name for leaf in jax.tree.leaves(params)} == {"float32"}
  assert {leaf.dtype.name for leaf in jax.tree.leaves(state)} <= {
    "float32",
    "int32",  # The number of batches that an average has seen.
  }


@pytest.mark.parametrize("name", MODELS)
def test_with_the_identity_only_declared_primitives_are_nonlinear(
  name: str,
) -> None:
  _, side, channels, _ = PARAMETERS[name]
  images = jax.ShapeDtypeStruct((2, side, side, channels), jnp.float32)
  network = _network(model(name), lambda x: x)
  jaxpr = jax.make_jaxpr(lambda p, s, x: network.apply(p, s, x, False))(
    *_shapes(network, images), images
  )
  found = collections.Counter(_primitives(jaxpr.jaxpr))
  assert {k: n for k, n in found.items() if k not in LINEAR} == NONLINEAR[name]


def _primitives(jaxpr: jax.extend.core.Jaxpr) -> Iterator[str]:
  for equation in jaxpr.eqns:
    inside = list(jax.extend.core.jaxprs_in_params(equation.params))
    if equation.primitive.name not in ("jit", "pjit") or not inside:
      yield equation.primitive.name
    for inner in inside:
      yield from _primitives(inner)


@pytest.mark.parametrize(
  "family",
  [
    "resnet",
    *(pytest.param(f, marks=pytest.mark.slow) for f in SMALL if f != "resnet"),
  ],
)
def test_gradients_are_finite_in_either_precision(family: str) -> None:
  images = _images(4, 8, 1)
  losses = {}
  for dtype in "float32", "bfloat16":
    network = _network(
      lambda n, activation, dtype: SMALL[family](n, activation, dtype),
      gelusine,
      dtype=dtype,
    )
    params, state = _drawn(_shapes(network, images))

    def loss(params: Any, network: Any = network, state: Any = state) -> Any:
      logits, _ = network.apply(params, state, images, True)
      return -jax.nn.log_softmax(logits)[:, 0].mean()

    losses[dtype], gradients = jax.jit(jax.value_and_grad(loss))(params)
    for path, gradient in jax.tree_util.tree_leaves_with_path(gradients):
      assert gradient.dtype == jnp.float32
      assert np.isfinite(gradient).all() and np.any(gradient), path
  assert losses["bfloat16"] != losses["float32"]
  np.testing.assert_allclose(losses["bfloat16"], losses["float32"], rtol=0.03)


def test_patches_by_the_size_of_the_image() -> None:
  assert [default_patch(side) for side in (8, 32, 224)] == [2, 4, 16]
  for patch, tokens in (None, 1 + 8 * 8), (8, 1 + 4 * 4):
    network = _network(
      lambda *a, patch=patch, **k: vit_tiny(*a, patch=patch, **k), gelusine
    )
    params, _ = _shapes(network, _images(1, 32, 3))
    assert params["vit"]["positions"].shape == (tokens, 192)


def test_images_that_do_not_divide_into_patches() -> None:
  with pytest.raises(ValueError, match="9x9 do not divide into 2x2"):
    _shapes(_network(model("vit_tiny"), gelusine), _images(1, 9, 1))


def test_an_unknown_model() -> None:
  with pytest.raises(UserError, match="nearest: resnet50"):
    model("resnet5")
