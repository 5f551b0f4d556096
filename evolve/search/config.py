"""The settings that decide the course of a search."""

import dataclasses
import sys

from evolve.admission.admission import Admission
from evolve.search.niches import Niches
from evolve.search.racing import Races
from harness.core.fitness import Fidelity
from harness.core.parameters import Share

SEARCH_FITNESS = "search"  # Its name in the worker pool.


@dataclasses.dataclass(frozen=True)
class SearchConfig:
  """The settings that decide the course of a search.

  Attributes:
    seed: keys every draw, and the lab's data.
    evaluations: candidates in all, generation zero included; None for as many
      as the budget allows.
    full: fidelity of an evaluation.
    screen: fidelity of the cheap screen, which generation zero skips.
    admission: what a candidate must satisfy to be trained.
    trained_share: of the candidates after generation zero, see `Prefilter`.
    screen_quantile: of the screen values seen; candidates below it are stopped.
    screen_after: the number of screen values seen before any is stopped.
    lag: the proposal for slot k sees the results of the slots up to k - lag,
      and so at most this many candidates are in work at a time.
    num_islands, migration_interval: see `Archive`.
    exact: turns tables off: each candidate is trained by a program of its own,
      where else a table stands for it if that is as good and less work.
    candidates_per_batch: the number of tables that train in one program; at
      most `lag`, as they wait for one another.
    budget: the tasks x seeds x steps of all training, as a multiple of those
      of one evaluation in full, after which it ends; None for no end.
    races: further evaluations of the best.
    niches: what tells elites apart.
    parameters: of the candidates that do not say; see `Program.share`.

  Raises:
    ValueError: candidates_per_batch is too large, or the search has no end.
  """

  seed: int
  evaluations: int | None
  full: Fidelity
  screen: Fidelity
  admission: Admission = dataclasses.field(default_factory=Admission)
  trained_share: float = 1.0
  screen_quantile: float = 0.5
  screen_after: int = 8
  lag: int = 8
  num_islands: int = 4
  migration_interval: int = 16
  exact: bool = False
  candidates_per_batch: int = 1
  budget: float | None = None
  races: Races = dataclasses.field(default_factory=Races)
  niches: Niches = Niches.SHAPE
  parameters: Share = Share.FROZEN

  @property
  def most(self) -> int:
    """The largest number of candidates."""
    return sys.maxsize if self.evaluations is None else self.evaluations

  def __post_init__(self) -> None:
    if self.evaluations is None and self.budget is None:
      raise ValueError("neither evaluations nor a budget end the search")
    if not 1 <= self.candidates_per_batch <= self.lag:
      raise ValueError(
        f"{self.candidates_per_batch} candidates per batch with a lag of "
        f"{self.lag}"
      )
