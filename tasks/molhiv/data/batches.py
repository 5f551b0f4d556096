"""Batches of molecules, padded to a few sizes."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from tasks.molhiv.data.molecules import Molecules

# Sizes of training batches, in standard deviations above the mean. To compile
# for one takes half an epoch's time, so the second has room for nearly all.
_ABOVE_MEAN = (1.0, 6.0)
_MULTIPLE = 8  # Of the numbers of atoms and of edges.


class Size(NamedTuple):
  """The numbers that a batch is padded to.

  Attributes:
    molecules: of them.
    atoms: of all molecules.
    edges: of all molecules.
  """

  molecules: int
  atoms: int
  edges: int


# Of validation and test. Wider batches take no less time for a molecule.
EVALUATION = Size(molecules=256, atoms=6656, edges=14336)


class Batch(NamedTuple):
  """Molecules side by side, as one graph that is not connected.

  Attributes:
    atoms: int32 [A, 9], features.
    molecules: int32 [A], that the atoms belong to; padding to number M.
    senders: int32 [E], atoms.
    receivers: int32 [E], atoms, in order; those of padding are number A.
    bonds: int32 [E], kinds; see `features.kinds`.
    labels: float32 [M].
    mask: float32 [M], 1 for a molecule and 0 for padding.
  """

  atoms: np.ndarray
  molecules: np.ndarray
  senders: np.ndarray
  receivers: np.ndarray
  bonds: np.ndarray
  labels: np.ndarray
  mask: np.ndarray


def padded(molecules: Molecules, numbers: np.ndarray, size: Size) -> Batch:
  """A batch of some molecules, for which the size has room.

  Padding is atoms without bonds, of no molecule.
  """
  count = len(numbers)
  num_atoms, num_edges = (
    counts[numbers] for counts in (molecules.num_atoms, molecules.num_edges)
  )
  atoms = _rows(molecules.first_atom[numbers], num_atoms)
  edges = _rows(molecules.first_edge[numbers], num_edges)
  offsets = np.repeat(np.cumsum(num_atoms) - num_atoms, num_edges)
  filled = Batch(
    atoms=molecules.atoms[atoms],
    molecules=np.repeat(np.arange(count), num_atoms),
    senders=molecules.senders[edges] + offsets,
    receivers=molecules.receivers[edges] + offsets,
    bonds=molecules.bonds[edges],
    labels=molecules.labels[numbers],
    mask=np.ones(count),
  )
  return Batch(
    atoms=_pad(filled.atoms, size.atoms),
    molecules=_pad(filled.molecules, size.atoms, size.molecules),
    senders=_pad(filled.senders, size.edges),
    receivers=_pad(filled.receivers, size.edges, size.atoms),
    bonds=_pad(filled.bonds, size.edges),
    labels=_pad(filled.labels, size.molecules, dtype=np.float32),
    mask=_pad(filled.mask, size.molecules, dtype=np.float32),
  )


def sizes(
  molecules: Molecules, numbers: np.ndarray, batch_size: int
) -> tuple[Size, ...]:
  """Sizes for random batches of some molecules, the smallest first.

  The last has room for any of them.
  """
  batch_size = min(batch_size, len(numbers))
  counts = [c[numbers] for c in (molecules.num_atoms, molecules.num_edges)]
  usual = [
    [
      batch_size * count.mean() + above * batch_size**0.5 * count.std()
      for count in counts
    ]
    for above in _ABOVE_MEAN
  ]
  largest = [np.sort(count)[-batch_size:].sum() for count in counts]
  found = [
    Size(batch_size, *(int(-(-min(n, most) // _MULTIPLE) * _MULTIPLE)
                       for n, most in zip(some, largest, strict=True)))
    for some in [*usual, largest]
  ]  # fmt: skip
  return tuple(dict.fromkeys(found))


def training_batches(
  molecules: Molecules, batch_size: int, seed: int, start_step: int = 0
) -> Iterator[Batch]:
  """Batches without end; each epoch has an order of its own.

  The last batch of an epoch has what is left.

  Args:
    molecules: of the data set.
    batch_size: molecules of a batch.
    seed: of the order.
    start_step: batches that are left out.
  """
  train = molecules.splits["train"]
  known = sizes(molecules, train, batch_size)
  epoch, first = divmod(start_step, num_batches(len(train), batch_size))
  while True:
    order = np.random.default_rng((seed, epoch)).permutation(train)
    for start in range(first * batch_size, len(order), batch_size):
      numbers = order[start : start + batch_size]
      yield padded(molecules, numbers, _smallest(molecules, numbers, known))
    epoch, first = epoch + 1, 0


def num_batches(num_molecules: int, batch_size: int) -> int:
  """The number of batches of an epoch."""
  return -(-num_molecules // batch_size)


def in_order(
  molecules: Molecules, split: str, size: Size = EVALUATION
) -> list[Batch]:
  """Batches of one size with all molecules of a split, in their order.

  The size grows if it has no room for the largest molecule.
  """
  numbers = molecules.splits[split]
  counts = np.stack(
    [
      np.ones(len(numbers), int),
      molecules.num_atoms[numbers],
      molecules.num_edges[numbers],
    ],
    axis=1,
  )
  size = Size(*np.maximum(size, counts.max(axis=0)).tolist())
  batches, first, filled = [], 0, np.zeros(3, int)
  for index, count in enumerate(counts):
    if (filled + count > size).any():
      batches.append(padded(molecules, numbers[first:index], size))
      first, filled = index, np.zeros(3, int)
    filled += count
  return [*batches, padded(molecules, numbers[first:], size)]


def _smallest(
  molecules: Molecules, numbers: np.ndarray, known: Sequence[Size]
) -> Size:
  """The smallest size that some molecules fit in."""
  num_atoms = molecules.num_atoms[numbers].sum()
  num_edges = molecules.num_edges[numbers].sum()
  return next(s for s in known if num_atoms <= s.atoms and num_edges <= s.edges)


def _rows(firsts: np.ndarray, counts: np.ndarray) -> np.ndarray:
  """The rows of several ranges, given where each begins and its length."""
  ends = np.cumsum(counts)
  return np.repeat(firsts - ends + counts, counts) + np.arange(counts.sum())


def _pad(
  values: np.ndarray, length: int, value: int = 0, dtype: type = np.int32
) -> np.ndarray:
  found = np.full((length, *values.shape[1:]), value, dtype)
  found[: len(values)] = values
  return found
