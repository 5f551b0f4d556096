"""Small molecules in the layout of ogbg-molhiv, written without RDKit."""

import gzip
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

ATOM_SIZES = (119, 5, 12, 12, 10, 6, 6, 2, 2)
BOND_SIZES = (5, 6, 2)
CARBON, NITROGEN = 5, 6
SIZES = {"train": 120, "valid": 40, "test": 40}


def write(data_dir: Path, sizes: Mapping[str, int] = SIZES) -> Path:
  """Writes chains and rings; those with a nitrogen are active.

  Returns:
    The folder.
  """
  rng = np.random.default_rng(0)
  tables: dict[str, list[Sequence[int]]] = {
    name: [] for name in ("node-feat", "edge", "edge-feat")
  }
  columns: dict[str, list[int]] = {
    name: [] for name in ("graph-label", "num-node-list", "num-edge-list")
  }
  for _ in range(sum(sizes.values())):
    num_atoms, label = int(rng.integers(3, 12)), int(rng.integers(2))
    atoms = np.stack([rng.integers(min(n, 4), size=num_atoms)
                      for n in ATOM_SIZES], axis=1)  # fmt: skip
    atoms[:, 0] = CARBON
    if label:
      atoms[rng.integers(num_atoms), 0] = NITROGEN
    ends = [(i, i + 1) for i in range(num_atoms - 1)]
    if rng.integers(2):
      ends.append((num_atoms - 1, 0))
    tables["node-feat"] += atoms.tolist()
    tables["edge"] += ends
    tables["edge-feat"] += [
      [int(rng.integers(n)) for n in BOND_SIZES] for _ in ends
    ]
    columns["graph-label"].append(label)
    columns["num-node-list"].append(num_atoms)
    columns["num-edge-list"].append(len(ends))
  folder = data_dir / "ogbg_molhiv"
  for name, rows in tables.items():
    write_rows(folder / "raw" / f"{name}.csv.gz", rows)
  for name, column in columns.items():
    write_rows(folder / "raw" / f"{name}.csv.gz", zip(column, strict=True))
  numbers = rng.permutation(sum(sizes.values())).tolist()
  for split, size in sizes.items():
    own, numbers = numbers[:size], numbers[size:]
    path = folder / "split" / "scaffold" / f"{split}.csv.gz"
    write_rows(path, zip(sorted(own), strict=True))
  return folder


def write_rows(path: Path, rows: Iterable[Iterable[int]]) -> None:
  """Writes a compressed CSV without a header."""
  path.parent.mkdir(parents=True, exist_ok=True)
  text = "".join(",".join(map(str, row)) + "\n" for row in rows)
  path.write_bytes(gzip.compress(text.encode()))


def read_rows(path: Path) -> list[list[int]]:
  """The numbers of a compressed CSV."""
  lines = gzip.decompress(path.read_bytes()).decode().splitlines()
  return [[int(number) for number in line.split(",")] for line in lines]


def zipped(folder: Path, path: Path) -> None:
  """Packs a data set as the archive has it, in a folder of another name."""
  with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
    for each in sorted(folder.rglob("*.gz")):
      file.write(each, Path("hiv") / each.relative_to(folder))
