"""Building the layout from a CSV."""

import gzip
import sys
from pathlib import Path

import pytest

import tasks.molhiv.data
from harness.core.errors import UserError
from tasks.molhiv.data import building, layout, smiles
from tests.tasks.molhiv import miniature

ROWS = [
  ("CCO", 0, "train"), ("c1ccccc1N", 1, "train"), ("CC(=O)N", 0, "valid"),
  ("Cl[C@H](/C=C/C)Br", 1, "valid"), ("[Na+].[Cl-]", 0, "test"),
  ("C1CC1", 1, "test"), ("CO[Al](OC)(OC)(OC)(OC)OC", 0, "train"),
]  # fmt: skip


class Stopped(Exception):  # noqa: N818 (as KeyboardInterrupt)
  """An end of the process, whatever its reason."""


def _ignore(line: str) -> None:
  del line


def _csv(path: Path, *lines: str) -> Path:
  path.write_text("".join(f"{line}\n" for line in lines))
  return path


@pytest.fixture
def given(tmp_path: Path) -> Path:
  rows = [f"{text},{label},{split}" for text, label, split in ROWS]
  return _csv(tmp_path / "given.csv", "smiles,HIV_active,split", *rows)


def test_the_files_are_the_layouts(given: Path, tmp_path: Path) -> None:
  lines = building.build(given, tmp_path, _ignore)
  folder = tmp_path / "ogbg_molhiv"
  assert lines == [
    f"{folder} has 7 molecules, 3 of them active; 3 train, 2 valid, 2 test",
    "kept although their valences are beyond RDKit's: molecules [6]",
  ]
  assert sorted(p.name for p in (folder / "raw").iterdir()) == [
    "edge-feat.csv.gz", "edge.csv.gz", "graph-label.csv.gz",
    "node-feat.csv.gz", "num-edge-list.csv.gz", "num-node-list.csv.gz",
  ]  # fmt: skip
  read = miniature.read_rows
  assert read(folder / "raw" / "num-node-list.csv.gz") == [
    [3], [7], [4], [6], [2], [3], [13]
  ]  # fmt: skip
  assert read(folder / "raw" / "edge.csv.gz")[:2] == [[0, 1], [1, 2]]
  assert read(folder / "split" / "scaffold" / "train.csv.gz") == [[0], [1], [6]]
  mapping = gzip.decompress((folder / "mapping" / "mol.csv.gz").read_bytes())
  assert mapping.decode().splitlines()[:2] == [
    "HIV_active,smiles,mol_id", "0,CCO,0"
  ]  # fmt: skip
  assert sorted(p.name for p in tmp_path.iterdir()) == [
    "given.csv",
    folder.name,
  ]
  molecules = layout.read(tmp_path)
  assert molecules.labels.tolist() == [0, 1, 0, 1, 0, 1, 0]
  graph = smiles.graph(ROWS[3][0])
  atoms = slice(*molecules.first_atom[3:5])
  assert molecules.atoms[atoms].tolist() == graph.atoms.tolist()
  assert molecules.num_edges.tolist() == [4, 14, 6, 10, 0, 6, 24]


def test_a_build_goes_on_where_it_was_stopped(
  given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  monkeypatch.setattr(building, "_PART", 2)
  building.build(given, tmp_path / "whole", _ignore)
  asked: list[str] = []
  really = smiles.graph

  def graph(text: str) -> smiles.Graph:
    if text == ROWS[5][0] and len(asked) == 5:
      raise Stopped
    asked.append(text)
    return really(text)

  monkeypatch.setattr(smiles, "graph", graph)
  with pytest.raises(Stopped):
    building.build(given, tmp_path, _ignore)
  assert not (tmp_path / "ogbg_molhiv").exists()
  building.build(given, tmp_path, _ignore)
  assert asked[5:] == [text for text, _, _ in ROWS[4:]]
  whole, resumed = (p / "ogbg_molhiv" for p in (tmp_path / "whole", tmp_path))
  for path in filter(Path.is_file, whole.rglob("*")):
    other = resumed / path.relative_to(whole)
    assert other.read_bytes() == path.read_bytes()


def test_progress_has_the_time_that_is_left(
  given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  monkeypatch.setattr(building, "_PART", 3)
  shown: list[str] = []
  building.build(given, tmp_path, shown.append)
  assert shown[0] == "molecule 0 of 7"
  assert shown[1].startswith("molecule 3 of 7, about 0:0")
  assert shown[-1] == "joining the parts"


def test_a_split_that_is_missing_is_rebuilt(tmp_path: Path) -> None:
  texts = ["c1ccccc1O"] * 8 + ["C1CCCCC1", "CCO"]
  given = _csv(
    tmp_path / "given.csv.gz", "HIV_active,smiles", *(f"1,{t}" for t in texts)
  )
  given.write_bytes(gzip.compress(given.read_bytes()))
  lines = building.build(given, tmp_path, _ignore)
  assert lines[1:] == [
    "the CSV has no column split: it was rebuilt from Murcko scaffolds"
  ]
  folder = tmp_path / "ogbg_molhiv" / "split" / "scaffold"
  found = [
    miniature.read_rows(folder / f"{split}.csv.gz")
    for split in ("train", "valid", "test")
  ]
  assert found == [[[i] for i in range(8)], [[9]], [[8]]]


@pytest.mark.parametrize(
  ("lines", "message"),
  [
    (["smiles,split", "CCO,train"], "has no column 'HIV_active', but .*split"),
    (["CCO,0,train"], "has no column 'smiles', but "),
    ([], "has no column 'smiles', but "),
    (["smiles,HIV_active"], "has columns and no rows"),
    # Saved by a spreadsheet, with a blank line and a quoted line break.
    (
      ["\ufeffsmiles,HIV_active,name", 'CCO,0,"two', 'lines"', "", "CC,,x"],
      r"^molecule 1 \(line 5\) of .* has HIV_active ''",
    ),
    (
      ["smiles,HIV_active,split", "CCO,0,train", "CC,,test"],
      r"^molecule 1 \(line 3\) of .* has HIV_active '', where 0 or 1 is needed",
    ),
    (
      ["smiles,HIV_active,split", "CCO,0,val"],
      r"molecule 0 \(line 2\) of .* has an unknown split 'val'; nearest: valid",
    ),
    (
      ["smiles,HIV_active,split", "CCO,0,train", "C1CC,1,test"],
      r"^molecule 1 \(line 3\) of .* has a SMILES that does not parse "
      r"\(RDKit can't read it\): 'C1CC'",
    ),
  ],
)  # fmt: skip
def test_a_wrong_csv(lines: list[str], message: str, tmp_path: Path) -> None:
  given = _csv(tmp_path / "given.csv", *lines)
  with pytest.raises(UserError, match=message):
    building.build(given, tmp_path, _ignore)
  assert not (tmp_path / "ogbg_molhiv").exists()


def test_a_csv_that_cannot_be_read(tmp_path: Path) -> None:
  path = tmp_path / "absent.csv"
  message = f"can't read --build_from={path}: No such file"
  with pytest.raises(UserError, match=message):
    building.build(path, tmp_path, _ignore)
  path.write_bytes(gzip.compress(b"smiles,HIV_active\n" * 100)[:-30])
  with pytest.raises(
    UserError, match=r"can't read --build_from=.*: Compressed"
  ):
    building.build(path, tmp_path, _ignore)


def test_what_is_there_is_kept(given: Path, tmp_path: Path) -> None:
  (tmp_path / "ogbg_molhiv").mkdir()
  with pytest.raises(UserError, match="is there already; delete it, or give"):
    building.build(given, tmp_path, _ignore)


def test_rdkit_is_an_extra(
  given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  monkeypatch.delattr(tasks.molhiv.data, "smiles")
  monkeypatch.delitem(sys.modules, "tasks.molhiv.data.smiles")
  monkeypatch.setitem(sys.modules, "rdkit", None)
  message = r"^can't import rdkit.*: pip install 'actmine\[molecules\]'$"
  with pytest.raises(UserError, match=message):
    building.build(given, tmp_path, _ignore)
