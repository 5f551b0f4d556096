"""Batches: padding, sizes, and the order of epochs."""

import itertools

import numpy as np

from tasks.molhiv.data import batches
from tasks.molhiv.data.batches import Batch, Size
from tasks.molhiv.data.molecules import Molecules
from tests.tasks.molhiv.miniature import SIZES

TRAIN, BATCH = SIZES["train"], 32
STEPS = 4  # Of an epoch; the last has 24 molecules.


def _graphs(batch: Batch) -> list[tuple[object, ...]]:
  """The molecules of a batch: atoms, edges and label of each."""
  found = []
  for number in range(int(batch.mask.sum())):
    (own,) = np.nonzero(batch.molecules == number)
    edges = np.isin(batch.receivers, own)
    found.append(
      (
        batch.atoms[own].tolist(),
        (batch.senders[edges] - own[0]).tolist(),
        (batch.receivers[edges] - own[0]).tolist(),
        batch.bonds[edges].tolist(),
        int(batch.labels[number]),
      )
    )
  return found


def _expected(molecules: Molecules, number: int) -> tuple[object, ...]:
  atoms = slice(*molecules.first_atom[number : number + 2])
  edges = slice(*molecules.first_edge[number : number + 2])
  return (
    molecules.atoms[atoms].tolist(),
    molecules.senders[edges].tolist(),
    molecules.receivers[edges].tolist(),
    molecules.bonds[edges].tolist(),
    int(molecules.labels[number]),
  )


def test_a_batch_is_its_molecules_and_padding(molecules: Molecules) -> None:
  numbers = np.array([7, 0, 199, 30])
  size = Size(6, 64, 128)
  batch = batches.padded(molecules, numbers, size)
  assert _graphs(batch) == [_expected(molecules, n) for n in numbers]
  assert Size(len(batch.mask), len(batch.atoms), len(batch.bonds)) == size
  num_atoms = molecules.num_atoms[numbers].sum()
  num_edges = molecules.num_edges[numbers].sum()
  assert (batch.molecules[num_atoms:] == size.molecules).all()
  assert (batch.receivers[num_edges:] == size.atoms).all()
  assert (batch.senders < size.atoms).all()
  assert batch.mask.tolist() == [1] * 4 + [0] * 2
  for segments in batch.molecules, batch.receivers:
    assert (np.diff(segments) >= 0).all()


def test_an_epoch_has_each_training_molecule_once(molecules: Molecules) -> None:
  stream = batches.training_batches(molecules, BATCH, seed=0)
  epoch = list(itertools.islice(stream, STEPS))
  assert [batch.mask.sum() for batch in epoch] == [32, 32, 32, 24]
  found = [graph for batch in epoch for graph in _graphs(batch)]
  expected = [_expected(molecules, n) for n in molecules.splits["train"]]
  assert sorted(map(str, found)) == sorted(map(str, expected))
  assert found != expected


def test_seeds_and_epochs_have_orders_of_their_own(
  molecules: Molecules,
) -> None:
  def epochs(seed: int) -> list[str]:
    stream = batches.training_batches(molecules, BATCH, seed)
    return [
      str([_graphs(b) for b in itertools.islice(stream, STEPS)])
      for _ in range(2)
    ]

  found = epochs(0) + epochs(1)
  assert len(set(found)) == 4
  assert epochs(0) == found[:2]


def test_batches_go_on_from_any_step(molecules: Molecules) -> None:
  whole = batches.training_batches(molecules, BATCH, seed=3)
  for step, expected in enumerate(itertools.islice(whole, 2 * STEPS)):
    found = next(batches.training_batches(molecules, BATCH, 3, step))
    for a, b in zip(found, expected, strict=True):
      np.testing.assert_array_equal(a, b)


def test_there_are_few_sizes_and_one_has_room_for_any(
  molecules: Molecules,
) -> None:
  train = molecules.splits["train"]
  for batch_size in 1, 8, BATCH, TRAIN, 1000:
    sizes = batches.sizes(molecules, train, batch_size)
    assert 1 <= len(sizes) <= 3
    largest = np.sort(molecules.num_atoms[train])[-batch_size:].sum()
    assert largest <= sizes[-1].atoms < largest + 8
    assert all((np.array(a) <= b).all() for a, b in itertools.pairwise(sizes))
  assert len(batches.sizes(molecules, train, 8)) == 2


def test_all_molecules_of_a_split_are_tested_in_their_order(
  molecules: Molecules,
) -> None:
  size = Size(9, 60, 110)
  found = batches.in_order(molecules, "valid", size)
  assert len(found) > 4
  for batch in found:
    assert (len(batch.mask), len(batch.atoms), len(batch.bonds)) == size
  graphs = [graph for batch in found for graph in _graphs(batch)]
  numbers = molecules.splits["valid"]
  assert graphs == [_expected(molecules, number) for number in numbers]


def test_the_size_of_tests_grows_with_the_largest_molecule(
  molecules: Molecules,
) -> None:
  found = batches.in_order(molecules, "test", Size(9, 4, 200))
  largest = molecules.num_atoms[molecules.splits["test"]].max()
  assert {len(batch.atoms) for batch in found} == {largest}
  assert sum(batch.mask.sum() for batch in found) == SIZES["test"]
