"""What the search asks of anything that writes new programs."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np


class Mutator(Protocol):
  """Writes one child from a few parents.

  A mutator holds no state that changes: the child depends on the parents and
  the generator only, so that a resumed search repeats itself.
  """

  @property
  def num_parents(self) -> int:
    """How many parents `propose` makes use of; 0 if it ignores them."""

  def propose(self, parents: Sequence[str], rng: np.random.Generator) -> str:
    """Returns the source of a child of `parents`, the main one first."""
