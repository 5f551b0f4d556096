"""Parameters of activations, trained with the network that they stand in.

A network calls an activation at its sites. One with parameters makes a Haiku
module of its own at each, so that the network's optimiser trains them like all
other parameters; networks need not know.
"""

import dataclasses
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import haiku as hk
import jax
import numpy as np

from harness.core.parameters import Learned, Share

_NAME = "activation"
_SITE = re.compile(rf"(.*/)?{_NAME}(_\d+)?")


@dataclasses.dataclass(eq=False)
class Trainable:
  """An activation whose parameters are trained; call it in a Haiku transform.

  In the body of a Haiku loop, call it in a module's method, which names sites
  in each round alike.

  Attributes:
    function: takes an array, and the parameters by name.
    defaults: the parameters' first values, by name.
    share: LAYER or CHANNEL.
  """

  function: Callable[..., Any]
  defaults: Mapping[str, float]
  share: Share

  def __call__(self, x: jax.Array) -> jax.Array:
    """Maps an array to one of the same shape and dtype.

    Raises:
      ValueError: it is no Haiku transform that calls.
    """
    try:
      site = _Site(self)
    except ValueError as error:
      raise ValueError(
        "parameters of an activation are trained in a network of Haiku's, and "
        "this call is in none; leave them frozen"
      ) from error
    outputs: jax.Array = site(x)
    return outputs

  def frozen(self, x: jax.Array) -> jax.Array:
    """The activation with the first values, anywhere."""
    outputs: jax.Array = self.function(x, **self.defaults)
    return outputs


class _Site(hk.Module):
  """A place where a trainable activation stands."""

  def __init__(self, activation: Trainable):
    super().__init__(name=_NAME)
    self._activation = activation

  def __call__(self, x: jax.Array) -> jax.Array:
    is_by_channel = self._activation.share is Share.CHANNEL
    shape = x.shape[-1:] if is_by_channel else ()
    values = {
      name: hk.get_parameter(
        name, shape, x.dtype, hk.initializers.Constant(default)
      )
      for name, default in self._activation.defaults.items()
    }
    outputs: jax.Array = self._activation.function(x, **values)
    return outputs


def sharing(activation: Any) -> dict[str, str]:
  """For a record: the sharing of trained parameters; nothing without such."""
  if not isinstance(activation, Trainable):
    return {}
  return {"share": activation.share.value}


def is_site(module: str) -> bool:
  """True for the name of a module that holds an activation's parameters."""
  return _SITE.fullmatch(module) is not None


def of_sites(params: hk.Params) -> Any:
  """The activations' parameters among those of a network."""
  return hk.data_structures.filter(
    lambda module, name, value: is_site(module), params
  )


def learned(activation: Any, *params: hk.Params) -> dict[str, Learned]:
  """The values that an activation's parameters have learned, by name.

  Those of trainings that diverged are left out, as their share says.

  Args:
    activation: of the networks.
    *params: of trained networks; may be stacked.

  Returns:
    Nothing for an activation without trained parameters.
  """
  if not isinstance(activation, Trainable):
    return {}
  found = {}
  for name, first in activation.defaults.items():
    values = np.concatenate(
      [
        np.ravel(np.asarray(of_module[name], np.float64))
        for each in params
        for module, of_module in each.items()
        if is_site(module)
      ]
    )
    found[name] = _learned(first, values)
  return found


def _learned(first: float, values: np.ndarray) -> Learned:
  kept = values[np.isfinite(values)]
  lost = 1 - len(kept) / len(values)
  if not len(kept):
    return Learned(first, math.nan, math.nan, lost)
  return Learned(first, float(kept.mean()), float(kept.std()), lost)
