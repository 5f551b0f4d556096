"""Test scores of the leaderboard of ogbg-molhiv, in 2020."""

from typing import NamedTuple


class Published(NamedTuple):
  """A ROC-AUC in %.

  Attributes:
    mean: over seeds.
    std: over seeds.
  """

  mean: float
  std: float


# Hu et al., arXiv 2005.00687; all with ReLU.
LEADERBOARD = {
  "gin": Published(75.58, 1.40),
  "gin_virtual": Published(77.07, 1.49),
  "gcn": Published(76.06, 0.97),
  "gcn_virtual": Published(75.99, 1.19),
}
# Of Morgan fingerprints, by a random forest: without any activation.
FINGERPRINTS = Published(80.60, 0.10)
