"""The files of ogbg-molhiv as the Open Graph Benchmark publishes them.

  ogbg_molhiv/
    raw/     {node-feat,edge,edge-feat,graph-label,num-node-list,
             num-edge-list}.csv.gz, of all molecules one after the other; each
             bond is there once
    split/scaffold/{train,valid,test}.csv.gz, numbers of molecules
    mapping/mol.csv.gz, SMILES, which training does not need

None but the last has a header.
"""

import functools
import gzip
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from harness.core.errors import UserError
from tasks.molhiv.data import archive, features
from tasks.molhiv.data.molecules import SPLITS, Molecules

FOLDER = "ogbg_molhiv"
ATOMS, BONDS, ENDS = "node-feat", "edge-feat", "edge"
NUM_ATOMS, NUM_BONDS = "num-node-list", "num-edge-list"
LABELS = "graph-label"
_WAY_OUT = "unpack the archive anew, or build it anew with --build_from"


def raw_file(folder: Path, name: str) -> Path:
  """The file of a raw table."""
  return folder / "raw" / f"{name}.csv.gz"


def split_file(folder: Path, split: str) -> Path:
  """The file of a split."""
  return folder / "split" / "scaffold" / f"{split}.csv.gz"


@functools.lru_cache(maxsize=1)
def read(data_dir: Path) -> Molecules:
  """Reads the molecules in a data_dir; the last are kept in memory.

  Where there is only OGB's archive, it is unpacked first.

  Raises:
    UserError: there is no data set, or it is damaged or inconsistent; says
      where.
  """
  folder = data_dir / FOLDER
  if not folder.is_dir():
    archive.unpack(data_dir, folder)
  atoms = _table(raw_file(folder, ATOMS), features.ATOM_SIZES)
  bonds = _table(raw_file(folder, BONDS), features.BOND_SIZES)
  num_atoms = _column(raw_file(folder, NUM_ATOMS))
  num_bonds = _column(raw_file(folder, NUM_BONDS))
  ends = _integers(raw_file(folder, ENDS), 2)
  labels = _column(raw_file(folder, LABELS), size=2)
  _check_length(folder, LABELS, len(labels), len(num_atoms), "molecules")
  _check_length(folder, NUM_BONDS, len(num_bonds), len(num_atoms), "molecules")
  _check_length(folder, ATOMS, len(atoms), num_atoms.sum(), "atoms")
  _check_length(folder, ENDS, len(ends), num_bonds.sum(), "bonds")
  _check_length(folder, BONDS, len(bonds), num_bonds.sum(), "bonds")
  limits = np.repeat(num_atoms, num_bonds)
  if wrong := _first((ends < 0) | (ends >= limits[:, None])):
    raise _damaged(
      raw_file(folder, ENDS),
      f"line {wrong} names an atom that its molecule does not have",
    )
  splits = {split: _column(split_file(folder, split)) for split in SPLITS}
  _check_splits(folder, splits, labels)
  return Molecules.of(
    atoms, num_atoms, ends, features.kinds(bonds), num_bonds, labels, splits
  )


def _check_splits(
  folder: Path, splits: Mapping[str, np.ndarray], labels: np.ndarray
) -> None:
  home: dict[int, str] = {}
  for split, numbers in splits.items():
    path = split_file(folder, split)
    if wrong := _first((numbers < 0) | (numbers >= len(labels))):
      raise _damaged(
        path,
        f"line {wrong} is {numbers[wrong - 1]}, and there are {len(labels)} "
        "molecules, counted from 0",
      )
    for line, number in enumerate(numbers.tolist(), 1):
      if number in home:
        raise _damaged(
          path, f"molecule {number} in line {line} is in {home[number]}, too"
        )
      home[number] = split
    if len(np.unique(labels[numbers])) < 2:
      raise _damaged(
        path,
        f"its {len(numbers)} molecules are not of both labels, as ROC-AUC "
        "needs them",
      )


def _table(path: Path, sizes: Sequence[int]) -> np.ndarray:
  """Features [rows, len(sizes)], each less than its size."""
  found = _integers(path, len(sizes))
  if wrong := _first((found < 0) | (found >= np.array(sizes))):
    raise _damaged(
      path,
      f"line {wrong} is {','.join(map(str, found[wrong - 1]))}, and the "
      f"features have {','.join(map(str, sizes))} values",
    )
  return found


def _column(path: Path, size: int | None = None) -> np.ndarray:
  """A column of numbers, less than `size`."""
  found = _integers(path, 1)[:, 0]
  if size and (wrong := _first((found < 0) | (found >= size))):
    raise _damaged(path, f"line {wrong} is {found[wrong - 1]}, not 0 or 1")
  return found


def _integers(path: Path, num_columns: int) -> np.ndarray:
  """The numbers in a file, int64 [rows, num_columns]."""
  try:
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    if not lines:
      return np.zeros((0, num_columns), np.int64)
    found = np.loadtxt(lines, np.int64, delimiter=",", ndmin=2, comments=None)
  except FileNotFoundError as error:
    raise UserError(f"{path} is missing; {_WAY_OUT}") from error
  except (OSError, EOFError, zlib.error, ValueError) as error:
    raise _damaged(path, str(error).split(";")[0]) from error
  if found.shape[1] != num_columns:
    raise _damaged(path, f"it has {found.shape[1]} columns, not {num_columns}")
  return found


def _first(wrong: np.ndarray) -> int:
  """The number of the first line with a True, from 1; 0 without one."""
  rows = wrong if wrong.ndim == 1 else wrong.any(axis=1)
  return int(rows.argmax()) + 1 if rows.any() else 0


def _check_length(
  folder: Path, name: str, found: int, expected: int, what: str
) -> None:
  if found != expected:
    raise _damaged(
      raw_file(folder, name), f"it has {found:,} lines for {expected:,} {what}"
    )


def _damaged(path: Path, reason: str) -> UserError:
  return UserError(f"{path} is damaged ({reason}); {_WAY_OUT}")
