"""Features of atoms and bonds, by RDKit."""

import numpy as np
import pytest

from tasks.molhiv.data import features, scaffolds, smiles
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


def test_a_molecule_of_one_atom_has_no_bonds() -> None:
  graph = smiles.graph("[Na+]")
  assert (graph.atoms.shape, graph.bonds.shape) == ((1, 9), (0, 3))
  assert graph.ends.shape == (0, 2)


def test_kinds_of_bonds_are_rows() -> None:
  rng = np.random.default_rng(0)
  bonds = np.stack([rng.integers(n, size=50) for n in BOND_SIZES], axis=1)
  assert len(features.BOND_KINDS) == 60
  np.testing.assert_array_equal(
    features.BOND_KINDS[features.kinds(bonds)], bonds
  )


def test_valences_of_metals_are_kept_as_they_are() -> None:
  """Hydrogens are counted, hybridisation is not known."""
  graph = smiles.graph("CO[Al](OC)(OC)(OC)(OC)OC")
  assert not graph.is_sane
  assert graph.atoms[2].tolist() == [12, 0, 6, 5, 0, 0, 5, 0, 0]
  assert graph.atoms[0].tolist() == [5, 0, 4, 5, 3, 0, 5, 0, 0]
  assert smiles.graph("CCO").is_sane


@pytest.mark.parametrize(
  ("text", "reason"),
  [
    ("C1CC", "RDKit can't read it"),
    ("CX", "RDKit can't read it"),
    ("", "it has no atoms"),
    ("CC(C)(C)(C)C", "valence for atom # 1 C, 5, is greater than permitted"),
    ("c1cccc1C", "Can't kekulize mol"),
  ],
)
def test_a_smiles_that_does_not_parse(text: str, reason: str) -> None:
  with pytest.raises(ValueError, match=reason):
    smiles.graph(text)


def test_scaffolds_have_no_chirality() -> None:
  texts = ["OC1CC[C@H](C)CC1", "OC1CC[C@@H](C)CC1", "C1CCCCC1", "CCO"]
  found = [smiles.scaffold(text) for text in texts]
  assert found == ["C1CCCCC1"] * 3 + [""]


def test_large_sets_of_scaffolds_train() -> None:
  """Of equal ones, the later; what does not fit goes on to the next split."""
  names = list("aaaaabbccd")
  found = scaffolds.split(names)
  assert found == ["train"] * 5 + ["valid"] * 2 + ["train"] * 3
  assert scaffolds.split(list("aaaaaaaabc")) == ["train"] * 8 + [
    "test",
    "valid",
  ]
