"""Features of atoms and bonds as the Open Graph Benchmark defines them.

Hu et al., arXiv 2005.00687: each is the place of a property in a list of known
ones; the last place is for all others.
"""

import itertools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np


class Feature(NamedTuple):
  """A property of an atom or a bond, as a small number.

  Attributes:
    name: of the property.
    of: reads it from an atom or a bond of RDKit.
    known: values, in order.
    has_others: whether there is a further place for values that are not known;
      else they share the last one.
  """

  name: str
  of: Callable[[Any], Any]
  known: Sequence[Any]
  has_others: bool = True

  @property
  def size(self) -> int:
    """The number of places."""
    return len(self.known) + self.has_others

  def place(self, of: Any) -> int:
    """The place of the property of an atom or a bond."""
    value = self.of(of)
    return self.known.index(value) if value in self.known else self.size - 1


_NO_OR_YES = (False, True)
ATOM = (
  Feature("atomic number", lambda a: a.GetAtomicNum(), range(1, 119)),
  Feature(
    "chirality",
    lambda a: str(a.GetChiralTag()),
    (
      "CHI_UNSPECIFIED",
      "CHI_TETRAHEDRAL_CW",
      "CHI_TETRAHEDRAL_CCW",
      "CHI_OTHER",
    ),
  ),
  Feature("degree", lambda a: a.GetTotalDegree(), range(11)),
  Feature("formal charge", lambda a: a.GetFormalCharge(), range(-5, 6)),
  Feature("hydrogens", lambda a: a.GetTotalNumHs(), range(9)),
  Feature("radical electrons", lambda a: a.GetNumRadicalElectrons(), range(5)),
  Feature(
    "hybridisation",
    lambda a: str(a.GetHybridization()),
    ("SP", "SP2", "SP3", "SP3D", "SP3D2"),
  ),
  Feature("aromatic", lambda a: a.GetIsAromatic(), _NO_OR_YES, False),
  Feature("in a ring", lambda a: a.IsInRing(), _NO_OR_YES, False),
)
BOND = (
  Feature(
    "type",
    lambda b: str(b.GetBondType()),
    ("SINGLE", "DOUBLE", "TRIPLE", "AROMATIC"),
  ),
  Feature(
    "stereo",
    lambda b: str(b.GetStereo()),
    (
      "STEREONONE",
      "STEREOZ",
      "STEREOE",
      "STEREOCIS",
      "STEREOTRANS",
      "STEREOANY",
    ),
    False,
  ),
  Feature("conjugated", lambda b: b.GetIsConjugated(), _NO_OR_YES, False),
)
ATOM_SIZES = tuple(feature.size for feature in ATOM)
BOND_SIZES = tuple(feature.size for feature in BOND)

# All bonds that can be told apart, [60, 3]; a bond's kind is its row.
BOND_KINDS = np.array(list(itertools.product(*map(range, BOND_SIZES))))


def of_atom(atom: Any) -> list[int]:
  """The features of an atom of RDKit."""
  return [feature.place(atom) for feature in ATOM]


def of_bond(bond: Any) -> list[int]:
  """The features of a bond of RDKit."""
  return [feature.place(bond) for feature in BOND]


def kinds(bonds: np.ndarray) -> np.ndarray:
  """Rows of BOND_KINDS for features of bonds [..., 3]."""
  found: np.ndarray = np.ravel_multi_index(
    tuple(np.moveaxis(bonds, -1, 0)), BOND_SIZES
  )
  return found
