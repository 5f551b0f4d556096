"""Verified searches with programs of known values."""

import dataclasses
from pathlib import Path

from evolve import activations, candidates
from evolve.program import Program
from harness.core.fitness import Report
from harness.reporting.runs.search_run import SearchRun
from tests.harness.reporting.directories import (
  read_search,
  report,
  row,
  write_search,
)

RELU, GELU = activations.source("relu"), activations.source("gelu")
FIRST = "def activation(x):\n  return jnp.sin(2 * x)\n"
SECOND = "def activation(x):\n  return jnp.sin(3 * x)\n"


def verified(
  path: Path, new: float, heldout: float, **changes: object
) -> SearchRun:
  """FIRST has 0.75 in the search and is the winner; gelu has 0.5.

  Args:
    path: of its directory.
    new: the value of FIRST on new seeds, further and fresh tasks; SECOND is 0.1
      below where the winner is chosen, and has 0.9 elsewhere.
    heldout: the value of FIRST on held-out tasks.
    **changes: to `search_settings`.
  """
  rows = [
    row(0, RELU, report(0.45)),
    row(1, FIRST, report(0.75), Program(RELU)),
    row(2, SECOND, report(0.7), Program(FIRST), niche=(4, 1, 1, 1)),
  ]
  finals = {
    FIRST: (report(new), report(new), report(heldout)),
    SECOND: (report(new - 0.1), report(0.9), report(0.9)),
    GELU: (report(0.5), report(0.5), report(0.5)),
    RELU: (report(0.25), report(0.25), report(0.5)),
  }
  return read_search(write_search(path, rows, finals, **changes))


@dataclasses.dataclass(frozen=True)
class Found:
  """The winner of a search over hard_swish, which has 0.5 everywhere.

  Attributes:
    strategy: that found it.
    seed: of the search.
    in_search: its value there.
    fresh: its value on new seeds, further and fresh tasks.
    heldout: its value on held-out tasks.
    work: of the search, in full evaluations.
    has_reference: whether hard_swish is in generation zero and verified.
  """

  strategy: str
  seed: int
  in_search: float = 0.75
  fresh: float = 0.625
  heldout: float = 0.5
  work: float = 300.0
  has_reference: bool = True

  @property
  def source(self) -> str:
    """The winner's program; every search has another one."""
    return (
      f"def activation(x):\n  return jnp.sin({self.seed + 2} * x) + "
      f"{ord(self.strategy[0])}\n"
    )

  def read(self, folder: Path, **changes: object) -> SearchRun:
    """Writes the search into a folder of its own, and reads it."""
    noise = self.seed + 100 * ord(self.strategy[0])
    known = "hard_swish" if self.has_reference else "relu"
    reference = activations.source(known)
    zero = candidates.resolve(known)

    def of(value: float) -> Report:
      return report(value, noise_seed=noise, cost=self.work / 2)

    path = write_search(
      folder / f"{self.strategy}-{self.seed}",
      [
        row(0, reference, of(0.5)),
        row(1, self.source, of(self.in_search), zero),
      ],
      {
        self.source: (of(self.fresh), of(self.fresh), of(self.heldout)),
        reference: (of(0.5), of(0.5), of(0.5)),
      },
      **{
        "mutator": self.strategy,
        "seed": self.seed,
        "budget": self.work or None,
        "generation_zero": [zero.id],
        **changes,
      },
    )
    return read_search(path)
