"""The spaces that a surrogate searches, with their features."""

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path

import jax
import numpy as np

from evolve.proposers.spaces.enumeration import BASELINES, LARGE, SMALL
from evolve.proposers.spaces.formula import Formula, parse
from evolve.proposers.surrogate.proposer import SurrogateProposer
from evolve.surrogate import comparison
from evolve.surrogate.features import Features
from evolve.surrogate.fisher import Fisher, Network
from evolve.surrogate.shortlist import Known, shortlist
from harness.core import records

# The predictors by the names that users give.
PREDICTORS: Mapping[str, str] = {
  "union": comparison.PUBLISHED,
  "outputs": comparison.OUTPUTS,
  "fisher": comparison.FISHER,
  "process": comparison.PROCESS,
}
# The spaces of arXiv 2301.05785 by the names that users give.
SPACES = ("small", "large")
_FILE = "features.npz"


@dataclasses.dataclass(frozen=True)
class Surrogate:
  """The settings of a surrogate.

  Attributes:
    predictor: a name in PREDICTORS.
    network: whose Fisher information is a feature.
    space: a name in SPACES.
    known: scores on another task. The best of them replace the published
      baselines as the first candidates, and outputs that are near the best make
      the shortlist of the large space, which needs them.
  """

  predictor: str
  network: Network
  space: str = "small"
  known: Known | None = None

  def proposer(
    self, folder: Path, show: Callable[[str], None]
  ) -> SurrogateProposer:
    """A proposer of the functions of the space that differ.

    Args:
      folder: keeps the features, so that a resumed run has the same.
      show: takes what is being done.

    Raises:
      UserError: umap-learn is not installed.
    """
    formulas, features = self._space(folder / _FILE, show)
    predictor = comparison.predictors(features)[PREDICTORS[self.predictor]]
    return SurrogateProposer(formulas, predictor, self._first())

  def settings(self) -> dict[str, str]:
    """For the record of a run."""
    known = {"known": self.known.digest} if self.known else {}
    return {"predictor": self.predictor, "space": self.space, **known}

  def _space(
    self, path: Path, show: Callable[[str], None]
  ) -> tuple[list[Formula], Features]:
    if path.exists():
      with np.load(path) as kept:
        arrays = dict(kept)
      return [parse(text) for text in arrays.pop("formulas")], Features(
        **arrays
      )
    show(f"listing the {self.space} space")
    formulas = self._formulas()
    show(f"computing features of {len(formulas):,} functions")
    fisher = Fisher(self.network, jax.random.PRNGKey(0))
    features = Features.of(formulas, fisher)
    with records.replaced(path) as file:
      np.savez_compressed(
        file,
        formulas=np.array([str(formula) for formula in formulas]),
        **dataclasses.asdict(features),
      )
    return formulas, features

  def _formulas(self) -> list[Formula]:
    """Those of the space, and the first candidates, which may not be in it."""
    if self.space == "small":
      found = [SMALL.formula(int(i)) for i in SMALL.first_of_each()]
    else:
      assert self.known
      found = shortlist(LARGE, self.known)
    return list(dict.fromkeys([*found, *self._first()]))

  def _first(self) -> list[Formula]:
    if self.known:
      return self.known.best(len(BASELINES))
    return [parse(f"add(zero(x), {name}(x))") for name in BASELINES]
