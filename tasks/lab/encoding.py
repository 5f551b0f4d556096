"""Encoding of a task's examples for a network.

Inputs and targets are standardised with statistics of the training examples
only: nothing is learnt from examples out of distribution.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from harness.core.errors import UserError
from tasks.lab.networks import MLP_INPUTS, NODE_FEATURES
from tasks.lab.sample import Sample

# For inputs with padding, the input that marks their real entries.
_VALID = {"nodes": "mask", "edges": "joined"}
_FEATURES = {"x": MLP_INPUTS, "nodes": NODE_FEATURES}


class Examples(NamedTuple):
  """Encoded examples of a task. B examples of n nodes (none for a function).

  Answers are those of the instance, in row 0, and those of its nodes in the n
  rows after it.

  Attributes:
    inputs: named float32 arrays [B, ...].
    targets: float32 [B, 1 + n, K] for K outputs of the network.
    asked: float32 [B, 1 + n, K], 1 for an answer that is asked for, else 0.
  """

  inputs: dict[str, Any]
  targets: Any
  asked: Any


@dataclasses.dataclass(frozen=True)
class Standardiser:
  """Mean and standard deviation of each input feature and each output."""

  inputs: dict[str, tuple[np.ndarray, np.ndarray]]
  targets: tuple[np.ndarray, np.ndarray]

  @classmethod
  def fit(cls, train: Sample, num_classes: int) -> "Standardiser":
    """The statistics of training examples; classes are not standardised."""
    inputs = {
      name: _mean_and_std(values[_valid(train, name)])
      for name, values in train.inputs.items()
      if name in ("x", *_VALID)
    }
    if num_classes:
      return cls(inputs, (np.zeros(1), np.ones(1)))
    return cls(inputs, _mean_and_std(_answers(train)))

  def encode(self, sample: Sample, num_outputs: int) -> Examples:
    """The standardised examples, for a network of so many outputs.

    Padding remains zero.
    """
    inputs = dict(sample.inputs)
    for name, (mean, std) in self.inputs.items():
      valid = _valid(sample, name)
      encoded = np.zeros_like(inputs[name])
      encoded[valid] = (inputs[name][valid] - mean) / std
      inputs[name] = encoded
    for name in inputs.keys() & _FEATURES.keys():
      inputs[name] = _widened(inputs[name], _FEATURES[name])
    mean, std = self.targets
    answers = (_answers(sample) - mean) / std
    nodes = sample.inputs.get("mask", np.zeros((len(sample.targets), 0)))
    shape = (len(nodes), 1 + nodes.shape[1], num_outputs)
    targets, asked = np.zeros((2, *shape), np.float32)
    place = np.zeros(shape, bool)
    if sample.targets.ndim == 1:
      place[:, 0, : answers.shape[-1]] = True
    else:
      place[:, 1:, : answers.shape[-1]] = nodes[..., None] > 0
    targets[place] = answers.ravel()
    asked[place] = 1
    return Examples(inputs, targets, asked)


def _answers(sample: Sample) -> np.ndarray:
  """All answers asked for, [answers, outputs]; without padding."""
  targets = sample.targets
  if targets.ndim == 1:
    return targets[:, None]
  real = targets[sample.inputs["mask"] > 0]
  return real if real.ndim == 2 else real[:, None]


def _valid(sample: Sample, name: str) -> np.ndarray:
  if name in _VALID:
    return sample.inputs[_VALID[name]] > 0
  return np.ones(len(sample.inputs[name]), bool)


def _mean_and_std(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
  """Per feature over the first axis; a constant feature keeps its scale."""
  if not len(values):
    return np.zeros(()), np.ones(())
  std = values.std(axis=0)
  return values.mean(axis=0), np.where(std > 1e-6, std, 1.0)


def _widened(values: np.ndarray, width: int) -> np.ndarray:
  """Pads the last axis with zeros; keeps the sum of squares at `width`.

  The first layer, whose weights are drawn for `width` inputs, then has outputs
  of unit variance for any number of real inputs.
  """
  missing = width - values.shape[-1]
  if missing < 0:
    raise UserError(
      f"a task has {values.shape[-1]} features; the lab's network takes "
      f"{width} at most"
    )
  padded = np.pad(values, [(0, 0)] * (values.ndim - 1) + [(0, missing)])
  return np.asarray(padded * np.sqrt(width / values.shape[-1]), np.float32)


def padded_stack(arrays: Sequence[np.ndarray]) -> np.ndarray:
  """Stacks along a new first axis; pads with zeros to the largest shape."""
  shapes = [a.shape for a in arrays]
  if len(set(shapes)) == 1:
    return np.stack(arrays)
  largest = np.max(shapes, axis=0)
  return np.stack(
    [
      np.pad(a, [(0, n - m) for n, m in zip(largest, a.shape, strict=True)])
      for a in arrays
    ]
  )
