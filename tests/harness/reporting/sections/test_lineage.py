"""The lineage of the best program on the page."""

from pathlib import Path

from harness.reporting.document import Code, DataTable, Text
from harness.reporting.sections import lineage
from tests.harness.reporting.directories import (
  read_search,
  report,
  row,
  write_search,
)
from tests.harness.reporting.lineages import RELU, chain, family, sine, verified


def test_a_lineage_is_a_table_and_its_programs(tmp_path: Path) -> None:
  text, table, *programs = lineage.blocks(family(tmp_path), "a")
  assert isinstance(text, Text)
  assert text.text.startswith(
    "The winner is slot 4, 2 generations from relu, which is a program of "
    "generation zero."
  )
  assert isinstance(table, DataTable) and table.name == "a_lineage"
  assert [(r[0], r[1], r[-1]) for r in table.rows] == [
    (0, "relu", None),
    (1, "slot 2", "gelu"),
    (2, "slot 4", "slot 3, gelu"),
  ]
  last = programs[-1]
  assert isinstance(last, Code)
  value, _, gain = last.title.partition("), ")
  assert value.startswith("slot 4: 0.750 (0.7")
  assert gain == (
    "+0.125 (+0.125 to +0.125) against slot 2; further parents: slot 3, gelu"
  )
  assert last.lines[1] == [
    ("  return jnp.sin(", False), ("4", True), (" * x)", False)
  ]  # fmt: skip
  assert last.removed == ["  return jnp.sin(2 * x)"]


def test_a_program_without_parents_is_its_own_origin(tmp_path: Path) -> None:
  rows = [row(0, RELU, report(0.5)), row(1, sine(1), report(0.6))]
  run = verified(tmp_path, rows, mutator="random")
  text, table, program = lineage.blocks(run, "a")
  assert text == Text("The winner is slot 1, a program without a known parent.")
  assert isinstance(table, DataTable) and len(table.rows) == 1
  assert isinstance(program, Code) and not program.removed
  assert not any(new for line in program.lines for _, new in line)


def test_an_unverified_search_shows_the_best_of_its_archive(
  tmp_path: Path,
) -> None:
  path = write_search(tmp_path, [row(0, RELU, report(0.5))], {}, finished=False)
  text, *_ = lineage.blocks(read_search(path), "a")
  assert isinstance(text, Text)
  assert text.text.startswith("The best program so far (unverified) is relu")


def test_a_long_lineage_is_shown_by_its_origin_and_its_end(
  tmp_path: Path,
) -> None:
  run = chain(tmp_path, 20)
  text, table, *programs = lineage.blocks(run, "a")
  assert isinstance(table, DataTable) and len(table.rows) == 21
  assert [b.title.split(":")[0] for b in programs if isinstance(b, Code)] == [
    "relu, slot 0", *(f"slot {slot}" for slot in range(9, 21))
  ]  # fmt: skip
  assert isinstance(text, Text)
  assert "Of its 21 programs only the first and the last 12" in text.text


def test_a_lineage_of_thirteen_is_shown_whole(
  tmp_path: Path,
) -> None:
  text, _, *programs = lineage.blocks(chain(tmp_path, 12), "a")
  assert len(programs) == 13
  assert isinstance(text, Text) and "only" not in text.text
