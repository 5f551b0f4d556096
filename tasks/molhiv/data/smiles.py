"""Graphs of molecules from SMILES, by RDKit.

Imports RDKit, which is an extra: see `building`.
"""

from typing import Any, NamedTuple

import numpy as np
from rdkit import Chem
from rdkit.Chem.Scaffolds import MurckoScaffold
from rdkit.rdBase import BlockLogs

from tasks.molhiv.data import features

# Elements of the seven molecules of ogbg-molhiv that RDKit refuses by their
# valence; OGB keeps those.
_MANY_BONDS = {"Al", "B", "Ge"}


class Graph(NamedTuple):
  """A molecule.

  Attributes:
    atoms: features, [A, 9].
    bonds: features, [B, 3].
    ends: the two atoms of each bond, [B, 2].
    is_sane: False if its valences are beyond RDKit's.
  """

  atoms: np.ndarray
  bonds: np.ndarray
  ends: np.ndarray
  is_sane: bool


def graph(text: str) -> Graph:
  """The graph of a SMILES.

  Raises:
    ValueError: it does not parse; says why.
  """
  with BlockLogs():
    molecule = Chem.MolFromSmiles(text)
    is_sane = molecule is not None
    if not is_sane:
      molecule = _unsanitised(text)
    if not molecule.GetNumAtoms():
      raise ValueError("it has no atoms")
    bonds = list(molecule.GetBonds())
    return Graph(
      np.array([features.of_atom(a) for a in molecule.GetAtoms()]),
      np.array([features.of_bond(b) for b in bonds], int).reshape(-1, 3),
      np.array(
        [(b.GetBeginAtomIdx(), b.GetEndAtomIdx()) for b in bonds], int
      ).reshape(-1, 2),
      is_sane,
    )


def scaffold(text: str) -> str:
  """Murcko's scaffold of a SMILES that `graph` takes, without chirality.

  That of a molecule which is not sane is all of it.
  """
  with BlockLogs():
    molecule = Chem.MolFromSmiles(text)
    if molecule is None:
      return text
    found: str = MurckoScaffold.MurckoScaffoldSmiles(mol=molecule)
    return found


def _unsanitised(text: str) -> Any:
  """A molecule as it is written, if its valences are all that is wrong."""
  molecule = Chem.MolFromSmiles(text, sanitize=False)
  if molecule is None:
    raise ValueError("RDKit can't read it")
  for problem in Chem.DetectChemistryProblems(molecule):
    is_valence = problem.GetType() == "AtomValenceException"
    if is_valence:
      atom = molecule.GetAtomWithIdx(problem.GetAtomIdx())
      is_valence = atom.GetSymbol() in _MANY_BONDS
    if not is_valence:
      raise ValueError(problem.Message())
  molecule.UpdatePropertyCache(strict=False)  # Counts hydrogens.
  return molecule
