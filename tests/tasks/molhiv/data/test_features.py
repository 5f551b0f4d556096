"""Features of atoms and bonds, by RDKit."""

import numpy as np
import pytest

from tasks.molhiv.data import features, smiles
from tests.tasks.molhiv.miniature import ATOM_SIZES, BOND_SIZES

# The test vector of the Open Graph Benchmark.
CHIRAL = "Cl[C@H](/C=C/C)Br"


def test_numbers_of_places() -> None:
  assert features.ATOM_SIZES == ATOM_SIZES
  assert features.BOND_SIZES == BOND_SIZES


def test_the_benchmarks_vector() -> None:
  graph = smiles.graph(CHIRAL)
  assert graph.atoms[1].tolist() == [5, 2, 4, 5, 1, 0, 2, 0, 0]
  assert graph.bonds[2].tolist() == [1, 2, 0]
  assert graph.ends.tolist() == [[0, 1], [1, 2], [2, 3], [3, 4], [1, 5]]


# Of a SMILES: an atom, its features; and a bond, its features.
EXAMPLES = [
  ("c1ccccc1", 0, [5, 0, 3, 5, 1, 0, 1, 1, 1], 0, [3, 0, 1]),
  ("CC#N", 1, [5, 0, 2, 5, 0, 0, 0, 0, 0], 1, [2, 0, 0]),
  ("[O-][N+](=O)C", 0, [7, 0, 1, 4, 0, 0, 1, 0, 0], 0, [0, 0, 1]),
  ("[CH3]C", 0, [5, 0, 4, 5, 3, 0, 2, 0, 0], 0, [0, 0, 0]),
  ("C[CH2]", 1, [5, 0, 3, 5, 2, 1, 2, 0, 0], 0, [0, 0, 0]),
  ("FS(F)(F)(F)(F)F", 1, [15, 0, 6, 5, 0, 0, 4, 0, 0], 0, [0, 0, 0]),
  # Not known: the dummy atom, and a dative bond.
  ("*C", 0, [118, 0, 1, 5, 0, 0, 5, 0, 0], 0, [0, 0, 0]),
  ("N->[Fe]", 1, [25, 0, 1, 5, 0, 0, 2, 0, 0], 0, [4, 0, 0]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "atom", "atoms", "bond", "bonds"), EXAMPLES)
def test_features(
  text: str, atom: int, atoms: list[int], bond: int, bonds: list[int]
) -> None:
  graph = smiles.graph(text)
  assert graph.atoms[atom].tolist() == atoms
  assert graph.bonds[bond].tolist() == bonds


def test_kinds_of_bonds_are_rows() -> None:
  rng = np.random.default_rng(0)
  bonds = np.stack([rng.integers(n, size=50) for n in BOND_SIZES], axis=1)
  assert len(features.BOND_KINDS) == 60
  np.testing.assert_array_equal(
    features.BOND_KINDS[features.kinds(bonds)], bonds
  )
