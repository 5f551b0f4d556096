"""Graphs and scaffolds of SMILES, and those that do not parse."""

import pytest

from tasks.molhiv.data import smiles


def test_a_molecule_of_one_atom_has_no_bonds() -> None:
  graph = smiles.graph("[Na+]")
  assert (graph.atoms.shape, graph.bonds.shape) == ((1, 9), (0, 3))
  assert graph.ends.shape == (0, 2)


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
