"""Files beside a page."""

import csv
from pathlib import Path
from xml.etree import ElementTree

import pytest
from matplotlib import image

from harness.core.evidence import Estimate
from harness.reporting.document import (
  Column,
  DataTable,
  Figure,
  Page,
  Section,
)
from harness.reporting.figures import style
from harness.reporting.writers import files
from tests.harness.reporting import pages

THIRD = 1 / 3


def _figure(name: str) -> Figure:
  return Figure(name, "A caption.", style.axes()[0])


def _table(name: str) -> DataTable:
  return DataTable(name, "A caption.", (Column("a"),), ())


def _written(folder: Path) -> dict[str, bytes]:
  """All files of a page, by name."""
  page = pages.sample()
  paths = files.write_figures(page, folder) + files.write_tables(page, folder)
  return {path.name: path.read_bytes() for path in paths}


def test_figures_are_png_and_svg(tmp_path: Path) -> None:
  folder = tmp_path / "made" / "anew"
  written = files.write_figures(pages.sample(), folder)
  assert [path.name for path in written] == [
    f"{name}.{kind}"
    for name in ("winner", "curve", "curve_again", "heat_map")
    for kind in ("png", "svg")
  ]
  assert sorted(folder.iterdir()) == sorted(written)
  assert image.imread(written[0]).shape[:2] == (3.4 * 150, style.WIDTH * 150)
  assert ElementTree.parse(written[1]).getroot().tag.endswith("}svg")


def test_tables_keep_all_digits(tmp_path: Path) -> None:
  columns = (Column("a, b"), Column("skill"), Column("n"))
  rows = (
    ("x", Estimate(THIRD, -0.5, 1e-9), 1024),
    ('"y"\nz', Estimate(0.5), None),
    (None, None, 0.1),
  )
  page = pages.one(DataTable("t", "A table.", columns, rows))
  assert files.write_tables(page, tmp_path) == [tmp_path / "t.csv"]
  with open(tmp_path / "t.csv", newline="") as file:
    read = list(csv.reader(file))
  assert read == [
    ["a, b", "skill", "skill low", "skill high", "n"],
    ["x", repr(THIRD), "-0.5", "1e-09", "1024"],
    ['"y"\nz', "0.5", "", "", ""],
    ["", "", "", "", "0.1"],
  ]


def test_an_estimate_without_any_interval_is_one_column(tmp_path: Path) -> None:
  table = DataTable("t", "A table.", (Column("skill"),), ((Estimate(0.5),),))
  files.write_tables(pages.one(table), tmp_path)
  assert (tmp_path / "t.csv").read_text() == "skill\n0.5\n"


def test_tables_for_files_alone_are_written_last(tmp_path: Path) -> None:
  section = Section("Answers", [_table("a")], data=[_table("b")])
  paths = files.write_tables(Page("Findings", (), (section,)), tmp_path)
  assert [path.name for path in paths] == ["a.csv", "b.csv"]
  assert paths[0].read_text() == paths[1].read_text()


def test_an_empty_table_has_its_header(tmp_path: Path) -> None:
  files.write_tables(pages.sample(), tmp_path)
  assert (tmp_path / "empty.csv").read_text() == "run,s\n"


def test_the_same_page_gives_the_same_bytes(tmp_path: Path) -> None:
  assert _written(tmp_path / "one") == _written(tmp_path / "two")


@pytest.mark.parametrize("name", ["../up", "Upper", "", "a.b"])
def test_names_that_are_no_file_names_are_refused(
  name: str, tmp_path: Path
) -> None:
  with pytest.raises(ValueError, match="make it lower_snake_case"):
    files.write_tables(pages.one(_table("fine"), _table(name)), tmp_path)
  with pytest.raises(ValueError, match="make it lower_snake_case"):
    files.write_figures(pages.one(_figure(name)), tmp_path)
  assert list(tmp_path.iterdir()) == []


def test_names_that_are_taken_are_refused(tmp_path: Path) -> None:
  with pytest.raises(ValueError, match="two blocks are called 'a'"):
    files.write_tables(pages.one(_table("a"), _table("a")), tmp_path)
  with pytest.raises(ValueError, match="two blocks are called 'b'"):
    files.write_figures(pages.one(_figure("b"), _figure("b")), tmp_path)


@pytest.mark.parametrize("row", [(), ("a", "b")])
def test_a_row_of_another_length_is_refused(
  row: tuple[str, ...], tmp_path: Path
) -> None:
  table = DataTable("t", "A table.", (Column("a"),), (row,))
  with pytest.raises(ValueError):
    files.write_tables(pages.one(table), tmp_path)
