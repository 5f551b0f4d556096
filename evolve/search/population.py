"""The committed candidates of a search, as its proposers see them."""

from collections.abc import Set

import numpy as np

from evolve.search.archive import Archive, Elite
from evolve.search.database import Database, Row
from harness.core.errors import UserError
from harness.core.parameters import Share


class Population:
  """The candidates that proposals are made from.

  Attributes:
    archive: the elites.
    database: the reports of all candidates.
    known: ids of programs that no mutator is to propose again.
    parameters: of the programs that do not say; see `Program.share`.
  """

  def __init__(
    self,
    archive: Archive,
    database: Database,
    known: Set[str],
    parameters: Share = Share.FROZEN,
  ):
    self.archive = archive
    self.database = database
    self.known = known
    self.parameters = parameters

  def select(
    self, slot: int, rng: np.random.Generator, count: int
  ) -> list[Elite]:
    """Parents for a slot, the main one first; see `Archive.select`.

    Raises:
      UserError: nothing in generation zero can be a parent.
    """
    if self.archive.is_empty:
      raise UserError(
        "no program of generation zero could be evaluated, so there is no "
        "parent; see run.log, and give others with --init"
      )
    return self.archive.select(self.archive.island_of(slot), rng, count)

  def gain(self, row: Row) -> float:
    """The value of a child above its main parent's; at least 0."""
    parents, value = row.program.parents, row.report.value
    parent = self.database.outcome(parents[0]) if parents else None
    if parent is None or parent[1] is None or value is None:
      return 0.0
    return max(0.0, value - parent[1])
