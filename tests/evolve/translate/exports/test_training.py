"""Exports of activations with trained parameters, run."""

import textwrap
from typing import Any

import haiku as hk
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

from evolve import activations, language
from evolve.program import Program
from harness.core.parameters import Share
from harness.core.trainable import Trainable
from tests.evolve.translate.exports.modules import namespace_of, text_of

TRAINED = [Share.LAYER, Share.CHANNEL]
NAMES = ["prelu", "pangaea_product", "ash"]
# Channels last: [examples, height, width, channels].
X = np.random.default_rng(0).normal(size=(3, 4, 5, 6)).astype(np.float32)


def _program(name: str, share: Share) -> Program:
  return Program(activations.source(name)).sharing(share)


def _values(program: Program) -> dict[str, np.ndarray]:
  """Values that parameters could have learned."""
  rng = np.random.default_rng(1)
  shape = X.shape[-1:] if program.share is Share.CHANNEL else ()
  return {
    name: (first + rng.uniform(0.1, 0.5, shape)).astype(np.float32)
    for name, first in _trainable(program).defaults.items()
  }


def _trainable(program: Program) -> Trainable:
  activation = program.activation()
  assert isinstance(activation, Trainable)
  return activation


@pytest.mark.parametrize("library", ["jax", "numpy", "torch"])
def test_a_module_says_what_is_trained(library: str) -> None:
  layer, channel, frozen = (
    (program := _program("prelu", share), text_of(program.source, library))
    for share in (*TRAINED, Share.FROZEN)
  )
  for program, text in (layer, channel, frozen):
    assert f"\nWritten by actmine from the program {program.id}.\n" in text
  sentence = "Its parameters are trained, a set for each "
  assert f"\n\n{sentence}place in a network.\n" in layer[1]
  assert f"\n\n{sentence}channel of each place in a network.\n" in channel[1]
  assert "trained" not in frozen[1]


@pytest.mark.parametrize("share", TRAINED)
@pytest.mark.parametrize("name", NAMES)
def test_haiku_trains_the_jax_export_as_its_docstring_says(
  name: str, share: Share
) -> None:
  program = _program(name, share)
  module = namespace_of(program.source, "jax")
  _, _, lines = module["__doc__"].partition("of Haiku:\n\n")
  code = textwrap.dedent(lines)

  def exported(x: Any) -> Any:
    found = {**module, "hk": hk, "x": x}
    exec(code, found)
    return found["x"]

  nets = [
    hk.without_apply_rng(hk.transform(f))
    for f in (exported, program.activation())
  ]
  found = []
  for net in nets:
    ((site, first),) = net.init(jax.random.key(0), X).items()
    values = _values(program)
    for parameter, value in values.items():
      default = np.float32(module["PARAMETERS"][parameter])
      np.testing.assert_array_equal(first[parameter], default + 0 * value)
    assert first.keys() == values.keys()
    found.append(net.apply({site: values}, X))
  np.testing.assert_allclose(*found, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("share", TRAINED)
@pytest.mark.parametrize("name", NAMES)
def test_numpy_takes_what_was_trained(name: str, share: Share) -> None:
  program = _program(name, share)
  values = _values(program)
  found = namespace_of(program.source, "numpy")["activation"](X, **values)
  expected = _trainable(program).function(X, **values)
  assert found.dtype == np.float32
  np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def _module(program: Program, *args: int) -> Any:
  """A module of PyTorch with the values that it would have learned."""
  module = namespace_of(program.source, "torch")["Activation"](*args)
  values = _values(program)
  defaults = _trainable(program).defaults
  for name, parameter in module.named_parameters():
    first = np.full_like(values[name], defaults[name])
    np.testing.assert_array_equal(parameter.detach(), first)
  module.load_state_dict({k: torch.tensor(v) for k, v in values.items()})
  return module


def _check_gradients(module: Any, program: Program, y: Any) -> None:
  """Compares values [..., channels] and gradients of their sum with JAX's."""
  function = _trainable(program).function

  def total(values: Any) -> tuple[Any, Any]:
    outputs = function(jnp.asarray(X), **values)
    return outputs.sum(), outputs

  gradient = jax.jit(jax.grad(total, has_aux=True))
  slopes, expected = gradient(_values(program))
  np.testing.assert_allclose(y.detach(), expected, rtol=1e-4, atol=1e-5)
  y.sum().backward()
  for name, parameter in module.named_parameters():
    np.testing.assert_allclose(
      parameter.grad, slopes[name], rtol=1e-3, atol=1e-3
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_torch_module_has_parameters_of_its_own(name: str) -> None:
  program = _program(name, Share.LAYER)
  module = _module(program)
  _check_gradients(module, program, module(torch.tensor(X)))


@pytest.mark.parametrize("name", NAMES)
def test_a_torch_module_has_parameters_for_each_channel(name: str) -> None:
  program = _program(name, Share.CHANNEL)
  last = _module(program, 6)
  _check_gradients(last, program, last(torch.tensor(X)))
  second = _module(program, 6, 1)
  x = torch.tensor(np.moveaxis(X, -1, 1))
  y = second(x)
  assert y.shape == x.shape
  _check_gradients(second, program, y.movedim(1, -1))


@pytest.mark.parametrize(
  "expression",
  [
    "jax.nn.elu(x, a)",
    "jax.nn.celu(x, alpha=a)",
    "jax.nn.leaky_relu(x, negative_slope=a)",
    "jnp.full_like(x, a) * x",
    "jnp.full(x.shape, a) * x",
    "jax.scipy.stats.norm.pdf(x, 0.0, a)",
    "jax.scipy.stats.norm.logpdf(x, scale=a)",
    "jnp.clip(x, -a, a) + jnp.exp(a) * jnp.polyval(jnp.array([a, -a]), x)",
  ],
)
def test_gradients_reach_parameters_in_torch(expression: str) -> None:
  source = f"def activation(x, a=0.4):\n  return {expression}\n"
  program = Program(source).sharing(Share.CHANNEL)
  module = _module(program, X.shape[-1])
  _check_gradients(module, program, module(torch.tensor(X)))


def test_parameters_may_be_called_as_anything_of_a_torch_module() -> None:
  names = [n for n in dir(torch.nn.Module()) if not n.startswith("_")]
  names = [n for n in [*names, "dim", "self", "super"] if n != "float"]
  for start in range(0, len(names), 16):
    some = names[start : start + 16]
    signature = ", ".join(f"{name}=0.5" for name in some)
    source = (
      f"def activation(x, {signature}):\n  return x * ({' + '.join(some)})"
    )
    program = Program(source).sharing(Share.CHANNEL)
    module = namespace_of(program.source, "torch")["Activation"](2)
    assert module(torch.ones(3, 2)).tolist() == [[0.5 * len(some)] * 2] * 3
    assert len(list(module.parameters())) == len(some)


def test_what_cannot_be_trained_is_refused() -> None:
  signature = ", ".join(f"a{i}=0.5" for i in range(17))
  source = f"def activation(x, {signature}):\n  return x * a0\n"
  with pytest.raises(language.LanguageError, match="training 17 parameters"):
    text_of(Program(source).sharing(Share.LAYER).source, "jax")
