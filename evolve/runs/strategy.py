"""The strategies of a search: what writes its candidates."""

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from evolve.proposers.entropy.proposer import EntropyProposer
from evolve.proposers.expression import ExpressionMutator, RandomMutator
from evolve.proposers.llm.author import Author, AuthorConfig
from evolve.proposers.mixed import MixedProposer, num_turns
from evolve.proposers.mutator import Mutator, MutatorProposer
from evolve.proposers.pangaea import proposer as pangaea
from evolve.proposers.proposer import Proposer
from evolve.proposers.spaces import SPACES
from evolve.proposers.spaces.mutators import EvolvedFormulas, RandomFormulas
from evolve.proposers.spline.proposer import SplineProposer
from evolve.proposers.surrogate.space import Surrogate
from evolve.proposers.tuning.tuner import ConstantTuner
from harness.core.parameters import Share

# The space of the project's own building blocks.
BLOCKS = "blocks"

_PROPOSERS: Mapping[str, Callable[[], Proposer]] = {
  "entropy": EntropyProposer,
  "pangaea": pangaea.PangaeaProposer,
  "spline": SplineProposer,
}


@dataclasses.dataclass(frozen=True)
class Strategy:
  """A writer of candidates, by its settings.

  Attributes:
    mutator: "random", "expression", "llm", "mixed" or "surrogate", or one of
      _PROPOSERS.
    space: BLOCKS or a name in SPACES, of "random" and "expression".
    author: language models that write candidates, with "llm" and "mixed".
    tuning_share: of the slots, for the constants of the best structures; 0
      unless the mutator is "expression".
    tuning_evaluations: of each structure.
    surrogate: with that mutator alone.
  """

  mutator: str
  space: str = BLOCKS
  author: AuthorConfig | None = None
  tuning_share: float = 0.0
  tuning_evaluations: int = 24
  surrogate: Surrogate | None = None

  def num_asked(self, num_slots: int) -> int:
    """The number of slots, of the first so many, that models write."""
    return num_turns(num_slots, self.author.share) if self.author else 0

  def proposer(
    self,
    first_slot: int,
    author: Author | None,
    trains_parameters: bool,
    folder: Path,
    show: Callable[[str], None],
  ) -> Proposer:
    """A proposer that has not written yet.

    Args:
      first_slot: the first after generation zero.
      author: asks the language models; None of a run whose slots are all
        recorded.
      trains_parameters: whether mutators write parameters, too.
      folder: of the run.
      show: takes what is being done, where that takes long.

    Raises:
      UserError: a package is missing.
    """
    if self.surrogate:
      return self.surrogate.proposer(folder, show)
    if self.mutator in _PROPOSERS:
      return _PROPOSERS[self.mutator]()
    mutator = MutatorProposer(self._mutator(trains_parameters))
    if share := self.tuning_share:
      tuner = ConstantTuner(mutator, self.tuning_evaluations)
      return MixedProposer(tuner, mutator, share, first_slot)
    if author is None or self.author is None:
      return mutator
    return MixedProposer(author, mutator, self.author.share, first_slot)

  def settings(self, parameters: Share) -> dict[str, Any]:
    """For the record of a run, without what doesn't apply.

    Args:
      parameters: sharing of all that don't say.
    """
    found: dict[str, Any] = {"mutator": self.mutator}
    if self.mutator == "pangaea":
      found["population"] = pangaea.SIZE
      found["tournament"] = pangaea.TOURNAMENT
      found["written_parameters"] = pangaea.share_of(parameters)
    if self.space != BLOCKS:
      found["space"] = self.space
    if self.surrogate:
      found |= self.surrogate.settings()
    if self.author:
      found |= self.author.to_json()
    if self.tuning_share:
      found["tuning_share"] = self.tuning_share
      found["tuning_evaluations"] = self.tuning_evaluations
    return found

  def _mutator(self, trains_parameters: bool) -> Mutator:
    """Writes the slots that language models leave, too."""
    is_random = self.mutator == "random"
    if self.space != BLOCKS:
      space = SPACES[self.space]
      return RandomFormulas(space) if is_random else EvolvedFormulas(space)
    mutator = RandomMutator if is_random else ExpressionMutator
    return mutator(trains_parameters=trains_parameters)
