"""Tables that fit 80 columns, as they are printed."""

from collections.abc import Sequence

import pytest

from harness.core.printed_table import Column, print_table

NAME = "gelu_sinc_perturbation"
TEXT = Column("what it is", is_text=True)


def _printed(
  capsys: pytest.CaptureFixture[str],
  columns: Sequence[Column | str],
  *rows: Sequence[str],
) -> list[str]:
  print_table("", columns, rows, elsewhere="scores.jsonl")
  out = capsys.readouterr().out.splitlines()
  assert max(map(len, out)) <= 80
  return [line.rstrip() for line in out]


def test_text_stands_left_and_numbers_right(
  capsys: pytest.CaptureFixture[str],
) -> None:
  # Brackets are no markup.
  rows = [("[a]", "1", "one"), ("b", "-20.5", "minus twenty")]
  print_table("A [title].", ("name", "value", TEXT), rows)
  out = capsys.readouterr().out.splitlines()
  assert [line.rstrip() for line in out] == [
    "A [title].",
    "name  value  what it is",
    "[a]       1  one",
    "b     -20.5  minus twenty",
  ]


def test_headings_and_text_wrap_between_words(
  capsys: pytest.CaptureFixture[str],
) -> None:
  source = "The table of a paper that has a title as long as a sentence is"
  columns = ("task", TEXT, "mean loss of tasks")
  assert _printed(capsys, columns, ("x", source + " at times", "1" * 10)) == [
    f"{'':70} mean loss",
    f"{'task  what it is':70}  of tasks",
    f"x     {source}  1111111111",
    "      at times",
  ]


def test_columns_are_left_out_in_their_order(
  capsys: pytest.CaptureFixture[str],
) -> None:
  columns = (
    "activation",
    "value",
    "95% CI",
    Column("flops", leaves=2),
    Column("loss", leaves=1),
    "family",
  )
  row = (NAME, "0.761", "0.746 to 0.777", "1" * 10, "2" * 10, "3" * 10)
  assert _printed(capsys, columns, row) == [
    "activation              value          95% CI       flops      family",
    f"{NAME}  0.761  0.746 to 0.777  1111111111  3333333333",
    "columns left out: loss; scores.jsonl has all of them",
  ]
  row = (NAME, "0.761", "0.746 to 0.777", "1" * 10, "2" * 10, "3" * 30)
  assert _printed(capsys, columns, row)[-1] == (
    "columns left out: flops, loss; scores.jsonl has all of them"
  )


def test_what_stays_goes_on_below(capsys: pytest.CaptureFixture[str]) -> None:
  columns = ("task", TEXT, *(f"activation_{n}" for n in range(4)))
  row = ("bfs", "a graph", *(f"{n}9.80 +0.20 -0.40" for n in range(4)))
  assert _printed(capsys, columns, row, row) == [
    "task  what it is       activation_0       activation_1       activation_2",
    *["bfs   a graph     09.80 +0.20 -0.40  19.80 +0.20 -0.40  "
      "29.80 +0.20 -0.40"] * 2,
    "",
    "task  what it is       activation_3",
    *["bfs   a graph     39.80 +0.20 -0.40"] * 2,
  ]  # fmt: skip


def test_a_number_may_name_a_row(capsys: pytest.CaptureFixture[str]) -> None:
  columns = ("value", "loss", Column("last line", is_text=True))
  rank = Column("rank")
  row = ("1", "slot 8", "0." + "5" * 33, "1." + "3" * 30, "x" * 10)
  program = Column("program", is_text=True)
  assert _printed(capsys, (rank, program, *columns), row)[3:] == [
    f"rank  program  {'loss':>32}  last line",
    f"   1  slot 8   1.{'3' * 30}  xxxxxxxxxx",
  ]


def test_a_long_word_breaks_before_a_number_does(
  capsys: pytest.CaptureFixture[str],
) -> None:
  assert _printed(capsys, ("run", "value"), ("r" * 90, "0.123")) == [
    f"{'run':73}  value",
    f"{'r' * 73}  0.123",
    "r" * 17,
  ]


def test_tables_of_text_are_one_part(
  capsys: pytest.CaptureFixture[str],
) -> None:
  columns = [Column(name, is_text=True) for name in "abc"]
  out = _printed(capsys, columns, ("x" * 50, "y" * 50, "z z"))
  assert out[0].split() == ["a", "b", "c"]
  assert "".join(out).count("x") == "".join(out).count("y") == 50


def test_wide_characters_take_two_columns(
  capsys: pytest.CaptureFixture[str],
) -> None:
  assert _printed(capsys, ("名前", "n"), ("活性化", "1")) == [
    "名前    n",
    "活性化  1",
  ]


def test_a_table_without_rows_is_its_headings(
  capsys: pytest.CaptureFixture[str],
) -> None:
  assert _printed(capsys, ("name", "value")) == ["name  value"]


@pytest.mark.parametrize("row", [("a",), ("a", "1", "2")])
def test_a_row_of_another_length_is_refused(row: Sequence[str]) -> None:
  with pytest.raises(ValueError):
    print_table("", ("name", "value"), [row])
