"""The numbers of dm-clrs' protocol of training and testing.

They are the defaults of the example `run.py` of dm-clrs 2.0.3 for the
Triplet-GMPNN of Ibarz et al., arXiv 2209.11142.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import clrs

from harness.core.errors import UserError

STRING_MATCHERS = ("kmp_matcher", "naive_string_matcher")
# Trajectories of these get too long on dense graphs.
_SPARSE = (
  "articulation_points",
  "bipartite_matching",
  "bridges",
  "mst_kruskal",
)
# Predecessors of these are the same in all hints and become an input.
_PREDECESSORS_AS_INPUT = (
  "activity_selector",
  "binary_search",
  "find_maximum_subarray",
  "find_maximum_subarray_kadane",
  "jarvis_march",
  "kmp_matcher",
  "lcs_length",
  "matrix_chain_order",
  "minimum",
  "naive_string_matcher",
  "optimal_bst",
  "task_scheduling",
)
_EDGE_PROBABILITIES = tuple(0.1 + 0.1 * i for i in range(9))
_NEEDLE = 8  # Needles have 1 to this many characters, where they fit.
# Upstream's samplers have nothing to draw on fewer nodes.
MIN_LENGTH = 4


@dataclasses.dataclass(frozen=True)
class Protocol:
  """A training and its tests; the defaults are upstream's.

  Attributes:
    train_lengths: numbers of nodes, taken in turns.
    batch_size: trajectories per step.
    train_steps: updates by Adam.
    eval_every: steps between two validations; the best weights are tested.
    hidden_size: width of the network.
    learning_rate: of Adam.
    max_gradient_norm: global norm to which the gradient is clipped.
    sample_multiplier: validation trajectories over those of the benchmark.
    test_size: trajectories of the test; None for all of the benchmark's.
  """

  train_lengths: tuple[int, ...] = (4, 7, 11, 13, 16)
  batch_size: int = 32
  train_steps: int = 10_000
  eval_every: int = 50
  hidden_size: int = 128
  learning_rate: float = 1e-3
  max_gradient_norm: float = 1.0
  sample_multiplier: int = 2
  test_size: int | None = None

  @classmethod
  def of(cls, settings: Mapping[str, Any]) -> "Protocol":
    """The protocol of a run, by the settings in its run.json.

    Those of earlier versions have no test_size.
    """
    fields = dataclasses.fields(cls)
    values = {
      f.name: settings[f.name]
      for f in fields
      if f.name in settings or f.default is dataclasses.MISSING
    }
    values["train_lengths"] = tuple(values["train_lengths"])
    return cls(**values)

  def validates_after(self, step: int) -> bool:
    """True if a validation follows the step; the first step is 0."""
    return step % self.eval_every == 0

  def lengths_for(self, algorithm: str) -> tuple[int, ...]:
    """The training lengths; string matchers have one, of 5/4 the longest."""
    if algorithm in STRING_MATCHERS:
      return (max(self.train_lengths) * 5 // 4,)
    return self.train_lengths

  def validation_length(self, algorithm: str) -> int:
    """The largest training length.

    Upstream's example uses 16 for string matchers as well, where its own
    sampler fails (a needle of 8 leaves no room); here it is 20.
    """
    return max(self.lengths_for(algorithm))

  def validation_size(self, algorithm: str) -> int:
    """Trajectories of each validation."""
    return self.sample_multiplier * benchmark_size(algorithm, "val")


PAPER = Protocol()
SMOKE = Protocol(
  train_lengths=(4, 5),
  batch_size=4,
  train_steps=4,
  eval_every=2,
  hidden_size=16,
  sample_multiplier=1,
  test_size=4,  # All trajectories of string matchers take hours on a CPU.
)
PRESETS = {"paper": PAPER, "smoke": SMOKE}


def parse_lengths(texts: Sequence[str]) -> tuple[int, ...]:
  """The training lengths of --train_lengths, in their order.

  Raises:
    UserError: one is no number, or too small for some algorithm.
  """
  for text in texts or ("",):
    if not (text.isascii() and text.isdigit() and int(text) >= MIN_LENGTH):
      raise UserError(
        f"--train_lengths takes numbers from {MIN_LENGTH}, e.g. 4,7,16, not "
        f"{text!r}"
      )
  return tuple(map(int, texts))


def benchmark_size(algorithm: str, split: str) -> int:
  """Trajectories in the benchmark's "val" or "test" split."""
  settings = clrs.CLRS_30_ALGS_SETTINGS[algorithm]
  size: int = clrs.CLRS30[split]["num_samples"]
  return size * int(settings["num_samples_multiplier"])


def sampler_arguments(algorithm: str, length: int) -> dict[str, Any]:
  """Upstream's arguments for the sampler of an algorithm.

  Args:
    algorithm: one of CLRS-30.
    length: nodes, which a needle shares with a haystack that is longer.
  """
  p = _EDGE_PROBABILITIES
  if algorithm in _SPARSE:
    p = tuple(probability / 2 for probability in p)
  return {"p": p, "length_needle": -min(_NEEDLE, (length - 1) // 2)}


def has_predecessors_as_input(algorithm: str) -> bool:
  """True if predecessors, constant along trajectories, become an input."""
  return algorithm in _PREDECESSORS_AS_INPUT
