"""Reading the official layout: what is there, and what may be wrong."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from harness.core.errors import UserError
from tasks.molhiv.data import layout
from tasks.molhiv.data.features import BOND_KINDS
from tasks.molhiv.data.molecules import Molecules
from tests.tasks.molhiv import miniature
from tests.tasks.molhiv.miniature import SIZES


def test_molecules_are_as_in_the_files(
  data_dir: Path, molecules: Molecules
) -> None:
  raw = data_dir / "ogbg_molhiv" / "raw"
  tables = {
    name: miniature.read_rows(raw / f"{name}.csv.gz")
    for name in ("node-feat", "edge", "edge-feat", "num-node-list",
                 "num-edge-list", "graph-label")
  }  # fmt: skip
  assert len(molecules.labels) == sum(SIZES.values())
  assert molecules.labels.tolist() == [
    label for (label,) in tables["graph-label"]
  ]
  assert {s: len(n) for s, n in molecules.splits.items()} == SIZES
  first_bond = 0
  for number, ((num_atoms,), (num_bonds,)) in enumerate(
    zip(tables["num-node-list"], tables["num-edge-list"], strict=True)
  ):
    first, last = molecules.first_atom[number : number + 2]
    assert last - first == num_atoms
    assert (
      molecules.atoms[first:last].tolist() == tables["node-feat"][first:last]
    )
    bonds = slice(first_bond, first_bond + num_bonds)
    expected = sorted(
      (*pair, *features)
      for (a, b), features in zip(
        tables["edge"][bonds], tables["edge-feat"][bonds], strict=True
      )
      for pair in ((a, b), (b, a))
    )
    edges = slice(*molecules.first_edge[number : number + 2])
    found = zip(
      molecules.senders[edges].tolist(),
      molecules.receivers[edges].tolist(),
      *BOND_KINDS[molecules.bonds[edges]].T.tolist(),
      strict=True,
    )
    assert sorted(found) == expected
    assert (np.diff(molecules.receivers[edges]) >= 0).all()
    first_bond += num_bonds


def test_the_digest_is_of_all_that_matters(
  data_dir: Path, molecules: Molecules, tmp_path: Path
) -> None:
  copy = shutil.copytree(data_dir, tmp_path / "copy")
  assert layout.read(copy).digest == molecules.digest
  path = copy / "ogbg_molhiv" / "raw" / "edge-feat.csv.gz"
  rows = miniature.read_rows(path)
  rows[7][2] = 1 - rows[7][2]
  miniature.write_rows(path, rows)
  layout.read.cache_clear()
  assert layout.read(copy).digest != molecules.digest


# A file, rows that take the place of its first, and what is said of it.
MISTAKES = [
  ("raw/node-feat", [[119] + [0] * 8], "line 1 is 119,0,.* 119,5,12,12,10,6,"),
  ("raw/node-feat", [[0] * 8], r"number of columns changed from 8 to 9"),
  ("raw/edge", [[0, 99]], "line 1 names an atom that its molecule does not"),
  ("raw/edge", [], "it has .* lines for .* bonds"),
  ("raw/edge-feat", [[0, 0, 0], [0, 0, 0]], "it has .* lines for .* bonds"),
  ("raw/num-node-list", [["x"]], "could not convert string 'x' to int64"),
  ("raw/num-edge-list", [], "it has 199 lines for 200 molecules"),
  ("raw/graph-label", [], "it has 199 lines for 200 molecules"),
  ("raw/graph-label", [["nan"]], "could not convert string 'nan'"),
  ("raw/graph-label", [[2]], "line 1 is 2, not 0 or 1"),
  ("split/scaffold/valid", [[200]], "line 1 is 200, and there are 200 molecu"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "rows", "reason"), MISTAKES)
def test_a_wrong_file_is_named_with_the_reason(
  name: str, rows: list[list[int]], reason: str, data_dir: Path, tmp_path: Path
) -> None:
  copy = shutil.copytree(data_dir, tmp_path / "copy")
  path = copy / "ogbg_molhiv" / f"{name}.csv.gz"
  miniature.write_rows(path, [*rows, *miniature.read_rows(path)[1:]])
  with pytest.raises(UserError, match=rf"^{path} is damaged \(.*{reason}"):
    layout.read(copy)


@pytest.mark.parametrize("name", ["raw/graph-label", "split/scaffold/test"])
def test_a_missing_file(name: str, data_dir: Path, tmp_path: Path) -> None:
  copy = shutil.copytree(data_dir, tmp_path / "copy")
  path = copy / "ogbg_molhiv" / f"{name}.csv.gz"
  path.unlink()
  with pytest.raises(
    UserError, match=f"^{path} is missing; unpack the archive"
  ):
    layout.read(copy)


def test_a_file_that_was_cut(data_dir: Path, tmp_path: Path) -> None:
  copy = shutil.copytree(data_dir, tmp_path / "copy")
  path = copy / "ogbg_molhiv" / "raw" / "edge.csv.gz"
  path.write_bytes(path.read_bytes()[:-20])
  with pytest.raises(UserError, match=f"^{path} is damaged"):
    layout.read(copy)


def test_a_molecule_in_two_splits(data_dir: Path, tmp_path: Path) -> None:
  copy = shutil.copytree(data_dir, tmp_path / "copy")
  folder = copy / "ogbg_molhiv" / "split" / "scaffold"
  ((first,), *_) = miniature.read_rows(folder / "train.csv.gz")
  rows = miniature.read_rows(folder / "test.csv.gz")
  miniature.write_rows(folder / "test.csv.gz", [*rows, [first]])
  message = f"molecule {first} in line 41 is in train, too"
  with pytest.raises(UserError, match=message):
    layout.read(copy)


def test_a_split_of_one_label(data_dir: Path, tmp_path: Path) -> None:
  copy = shutil.copytree(data_dir, tmp_path / "copy")
  folder = copy / "ogbg_molhiv"
  labels = miniature.read_rows(folder / "raw" / "graph-label.csv.gz")
  path = folder / "split" / "scaffold" / "valid.csv.gz"
  rows = miniature.read_rows(path)
  miniature.write_rows(path, [row for row in rows if labels[row[0]] == [1]])
  with pytest.raises(
    UserError, match="molecules are not of both labels, as ROC"
  ):
    layout.read(copy)
