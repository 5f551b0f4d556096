"""Molecules as arrays, all of a data set one after the other."""

import dataclasses
import functools
import hashlib
from collections.abc import Mapping

import numpy as np

SPLITS = ("train", "valid", "test")


@dataclasses.dataclass(frozen=True, eq=False)
class Molecules:
  """Graphs with their labels, in compressed rows.

  Attributes:
    atoms: uint8 [A, 9], features of all atoms.
    first_atom: int64 [M + 1], where each molecule begins, and the end.
    senders: int32 [E], of edges: each bond is two, one in each direction. They
      are in the order of their receivers.
    receivers: int32 [E]; both are counted within the molecule.
    bonds: uint8 [E], kinds of bonds; see `features.kinds`.
    first_edge: int64 [M + 1].
    labels: uint8 [M], 1 if the molecule is active.
    splits: int64 numbers of molecules, by the name of the split.
  """

  atoms: np.ndarray
  first_atom: np.ndarray
  senders: np.ndarray
  receivers: np.ndarray
  bonds: np.ndarray
  first_edge: np.ndarray
  labels: np.ndarray
  splits: Mapping[str, np.ndarray]

  @classmethod
  def of(
    cls,
    atoms: np.ndarray,
    num_atoms: np.ndarray,
    ends: np.ndarray,
    kinds: np.ndarray,
    num_bonds: np.ndarray,
    labels: np.ndarray,
    splits: Mapping[str, np.ndarray],
  ) -> "Molecules":
    """Molecules whose bonds are given once each.

    Args:
      atoms: [A, 9].
      num_atoms: [M].
      ends: [B, 2], counted within the molecule.
      kinds: [B].
      num_bonds: [M].
      labels: [M].
      splits: see the class.
    """
    first_atom, first_bond = _starts(num_atoms), _starts(num_bonds)
    offsets = np.repeat(first_atom[:-1], num_bonds)
    senders = np.concatenate([ends[:, 0], ends[:, 1]])
    receivers = np.concatenate([ends[:, 1], ends[:, 0]])
    order = np.argsort(receivers + np.tile(offsets, 2), kind="stable")
    return cls(
      atoms.astype(np.uint8),
      first_atom,
      senders[order].astype(np.int32),
      receivers[order].astype(np.int32),
      np.tile(kinds, 2)[order].astype(np.uint8),
      2 * first_bond,
      labels.astype(np.uint8),
      splits,
    )

  @functools.cached_property
  def num_atoms(self) -> np.ndarray:
    """Of each molecule, [M]."""
    return np.diff(self.first_atom)

  @functools.cached_property
  def num_edges(self) -> np.ndarray:
    """Of each molecule, [M]."""
    return np.diff(self.first_edge)

  @functools.cached_property
  def digest(self) -> str:
    """A short hash of everything that results depend on."""
    found = hashlib.sha256()
    for array in (
      self.atoms, self.first_atom, self.senders, self.receivers, self.bonds,
      self.first_edge, self.labels, *(self.splits[name] for name in SPLITS),
    ):  # fmt: skip
      found.update(f"{array.shape}".encode())
      found.update(array.tobytes())
    return found.hexdigest()[:16]


def _starts(counts: np.ndarray) -> np.ndarray:
  return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
