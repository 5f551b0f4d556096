"""A page on the terminal."""

import pytest

from harness.reporting.document import Column, DataTable, Page, Text
from harness.reporting.writers import terminal
from tests.harness.reporting import pages


def _lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
  return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def test_everything_but_drawings_is_printed(
  capsys: pytest.CaptureFixture[str],
) -> None:
  page = pages.sample()
  terminal.write(page)
  lines = _lines(capsys)
  assert lines[: lines.index("Evidence")] == [
    "What was found",
    "",
    "[figure winner] The winner.",
    "",
    "Of the winner.",
    "",
    "Answers",
    "gelu beats relu.",
    "Nothing else does.",
    "",
    "Trained on the same data.",
    "",
    "OOD score by activation.",
    "activation                   skill  difference  seeds  status",
    "relu        0.900 (0.850 to 0.950)           -      8  OK",
    "gelu                         0.250       -0.12  1,024  OK",
    "sin                              -      +10.00     16  -",
    "Elu         0.500 (0.400 to 0.600)       +2.50      2  DIVERGED",
    "",
    "[figure curve] Best value so far.",
    "",
    "[figure curve_again] The same once more.",
    "",
  ]
  code = lines.index("Program 4f2a")
  assert lines[code : code + 6] == [
    "Program 4f2a",
    "def activation(x):",
    "  return x * jax.nn.sigmoid(x)",
    "Removed from the parent:",
    "  return jnp.maximum(x, 0)",
    "",
  ]
  assert lines[code + 6] == "x * tanh(x)"


def test_text_cannot_steer_the_terminal(
  capsys: pytest.CaptureFixture[str],
) -> None:
  bad = "a\x1b[2J\rb\x9b\udcff"
  table = DataTable("t", bad, (Column(bad),), ((bad,),))
  terminal.write(pages.one(Text(bad), table))
  out = capsys.readouterr().out
  assert out.count("a�[2J�b��") == 4
  assert not {"\x1b", "\r", "\x9b", "\udcff"} & set(out)


def test_a_row_of_another_length_is_refused() -> None:
  with pytest.raises(ValueError):
    terminal.write(pages.one(DataTable("t", "A table.", (Column("a"),), ((),))))


def test_wide_tables_and_long_sentences_fit_80_columns(
  capsys: pytest.CaptureFixture[str],
) -> None:
  text = Text("The winner is better than any other on all of the tasks, " * 3)
  terminal.write(Page("Findings", (text,), pages.sample().sections))
  terminal.write(pages.one(text))
  lines = _lines(capsys)
  assert max(map(len, lines)) <= 80
  (wide,) = (line for line in lines if line.endswith("task 11"))
  assert wide.startswith("run ")
