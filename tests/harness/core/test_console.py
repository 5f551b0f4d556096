import pytest

from harness.core import console


def test_a_table_off_a_terminal_is_plain_lines(
  capsys: pytest.CaptureFixture[str],
) -> None:
  wide = "x" * 120  # No line is folded, and brackets are no markup.
  console.print_table("[title]", ("name", "value"), [(wide, "1"), ("b", "[2]")])
  lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
  assert lines == [
    "[title]",
    f"{'name':120}  value",
    f"{wide}      1",
    f"{'b':120}    [2]",
  ]


def test_progress_off_a_terminal_is_rare(
  capsys: pytest.CaptureFixture[str],
) -> None:
  with console.Progress() as progress:
    for count in range(100):
      progress.show(f"{count} of 100")
  assert capsys.readouterr().out == ""
