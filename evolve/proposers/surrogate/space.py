"""The space that a surrogate searches, with its features."""

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path

import jax
import numpy as np

from evolve.proposers.spaces.enumeration import SMALL
from evolve.proposers.spaces.formula import Formula
from evolve.proposers.surrogate.proposer import SurrogateProposer
from evolve.surrogate.comparison import BASELINES, strategies
from evolve.surrogate.features import Features
from evolve.surrogate.fisher import Fisher, Network
from harness.core import records

# The predictors by the names that users give.
PREDICTORS: Mapping[str, str] = {
  "union": "union",
  "outputs": "outputs",
  "fisher": "Fisher",
  "process": "Gaussian process",
}
_FILE = "features.npz"


@dataclasses.dataclass(frozen=True)
class Surrogate:
  """The settings of a surrogate.

  Attributes:
    predictor: a name in PREDICTORS.
    network: whose Fisher information is a feature.
  """

  predictor: str
  network: Network

  def proposer(
    self, folder: Path, show: Callable[[str], None]
  ) -> SurrogateProposer:
    """A proposer of the functions of the small space that differ.

    Args:
      folder: keeps the features, so that a resumed run has the same.
      show: takes what is being done.

    Raises:
      UserError: umap-learn is not installed.
    """
    show("listing the space")
    formulas = [SMALL.formula(int(i)) for i in SMALL.first_of_each()]
    features = self._features(formulas, folder / _FILE, show)
    found = strategies(features, np.random.default_rng(0))
    predictor = found[PREDICTORS[self.predictor]].predictor
    assert predictor
    zero = Formula("zero", (Formula("x"),))
    baselines = [
      Formula("add", (zero, Formula(name, (Formula("x"),))))
      for name in BASELINES
    ]
    return SurrogateProposer(formulas, predictor, baselines)

  def _features(
    self, formulas: list[Formula], path: Path, show: Callable[[str], None]
  ) -> Features:
    if path.exists():
      with np.load(path) as kept:
        return Features(**kept)
    show(f"computing features of {len(formulas):,} functions")
    fisher = Fisher(self.network, jax.random.PRNGKey(0))
    features = Features.of(formulas, fisher)
    with records.replaced(path) as file:
      np.savez_compressed(file, **dataclasses.asdict(features))
    return features
