"""Tasks: all that the lab asks of a question, whatever its kind."""

import abc
import dataclasses
import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from tasks.lab.sample import Band, Sample

# A perceptron for functions; for sets, sequences and graphs two rounds of
# messages, or as many rounds as there are nodes.
MLP, POOLING, PROCESSOR = NETWORKS = ("mlp", "pooling", "processor")


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Task(abc.ABC):
  """A question with one answer for each example.

  Attributes:
    parameters: what its generator drew, by name; empty for a question that has
      no parameters. Numbers, words, or lists of them; what differs in more than
      rounding differs in its answers.
    name: unique among all tasks; given by the generator, as the rest is.
    family: tasks of a family are reported together.
    generator: that drew it.
    source: the origin of the question.
    tags: further words that select the task.
    num_classes: 0 for regression.
    network: that learns it, one of NETWORKS.
  """

  parameters: Mapping[str, Any] = dataclasses.field(default_factory=dict)
  name: str = ""
  family: str = ""
  generator: str = ""
  source: str = ""
  tags: tuple[str, ...] = ()
  num_classes: int = 0
  network: str = MLP

  @abc.abstractmethod
  def sample(self, rng: np.random.Generator, band: Band, count: int) -> Sample:
    """Draws `count` examples from a band.

    Raises:
      BadSampleError: its author returned something else than is needed.
    """

  @property
  def fingerprint(self) -> int:
    """A number of 32 bits that the parameters determine; 0 without any."""
    if not self.parameters:
      return 0
    text = json.dumps(_plain(self.parameters), sort_keys=True)
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)


def _plain(value: Any) -> Any:
  """Parameters as JSON has them, without the last digits of floats."""
  if isinstance(value, Mapping):
    return {str(k): _plain(v) for k, v in value.items()}
  if isinstance(value, list | tuple | np.ndarray):
    return [_plain(v) for v in value]
  if isinstance(value, float | np.floating):
    return float(f"{value:.6g}") + 0.0  # -0.0 is the same as 0.0.
  if isinstance(value, np.integer):
    return int(value)
  return value
