"""What the parent hands to the fork server at its start."""

from collections.abc import Mapping
from typing import NamedTuple

from evolve.workers.confinement.limits import Limits
from harness.core.fitness import Fidelity, Fitness


class Setup(NamedTuple):
  """Fitnesses, and how to run them.

  Attributes:
    fitnesses: by the name that jobs use.
    prepare: draws made before any fork: (fitness, seed, fidelity).
    limits: of every child.
  """

  fitnesses: Mapping[str, Fitness]
  prepare: tuple[tuple[str, int, Fidelity], ...]
  limits: Limits
