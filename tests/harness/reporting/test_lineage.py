"""Where the winner comes from, and what each step changed."""

from pathlib import Path

import pytest

from evolve import activations
from evolve.program import Program
from evolve.search.database import Row
from harness.reporting import changes
from harness.reporting.document import Code, Table, Text
from harness.reporting.lineage import Step, lineage, near_ancestors
from harness.reporting.runs.reading import read_all
from harness.reporting.runs.search_run import SearchRun
from harness.reporting.sections import lineage as section
from tests.harness.reporting.directories import report, row, write_search

RELU, GELU = activations.source("relu"), activations.source("gelu")


def _sine(frequency: int) -> str:
  return f"def activation(x):\n  return jnp.sin({frequency} * x)\n"


def _read(path: Path, rows: list[Row], **changes: object) -> SearchRun:
  winner = max(rows, key=lambda r: r.report.value or 0.0).program.source
  finals = {winner: (report(0.5), report(0.5))}
  write_search(path, rows, finals, **changes)
  return read_all([str(path)]).searches[0]


def _chain(path: Path, generations: int) -> SearchRun:
  """From relu, each program but the first from the one before it."""
  sources = [RELU, *map(_sine, range(1, 1 + generations))]
  rows = [
    row(slot, source, report(0.3 + 0.01 * slot), *parents)
    for slot, (source, parents) in enumerate(
      zip(sources, [(), *((Program(s),) for s in sources)], strict=False)
    )
  ]
  return _read(path, rows)


def _family(path: Path) -> SearchRun:
  """Slot 4 is the winner; its main parent is slot 2, that one's is relu."""
  relu, gelu, second = Program(RELU), Program(GELU), Program(_sine(2))
  return _read(
    path,
    [
      row(0, RELU, report(0.5)),
      row(1, GELU, report(0.55)),
      row(2, second.source, report(0.625), relu, gelu),
      row(3, _sine(3), report(0.6), gelu, niche=(4, 1, 1, 1)),
      row(4, _sine(4), report(0.75), second, Program(_sine(3)), gelu),
    ],
    generation_zero=[relu.id, gelu.id],
  )


def _slots(steps: list[Step]) -> list[int]:
  return [step.row.slot for step in steps]


def test_it_follows_main_parents(tmp_path: Path) -> None:
  steps = lineage(_family(tmp_path))
  assert _slots(steps) == [0, 2, 4]
  assert [[other.slot for other in s.others] for s in steps] == [
    [],
    [1],
    [3, 1],
  ]
  assert steps[0].gain is None
  gains = [step.gain.value for step in steps[1:] if step.gain]
  assert gains == pytest.approx([0.125, 0.125])
  # The same noise on every seed: nothing is left in the differences.
  assert steps[2].gain and steps[2].gain.low == pytest.approx(0.125)


def test_the_blocks_say_what_happened(tmp_path: Path) -> None:
  text, table, *programs = section.blocks(_family(tmp_path), "a")
  assert isinstance(text, Text)
  assert text.text.startswith(
    "The winner is slot 4, 2 generations from relu, which is a program of "
    "generation zero."
  )
  assert isinstance(table, Table) and table.name == "a_lineage"
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
  assert last.lines[1].parts == [
    ("  return jnp.sin(", False), ("4", True), (" * x)", False)
  ]  # fmt: skip
  assert last.removed == ["  return jnp.sin(2 * x)"]


def test_a_program_without_parents_is_its_own_origin(tmp_path: Path) -> None:
  rows = [row(0, RELU, report(0.5)), row(1, _sine(1), report(0.6))]
  run = _read(tmp_path, rows, mutator="random")
  text, table, program = section.blocks(run, "a")
  assert text == Text("The winner is slot 1, a program without a known parent.")
  assert isinstance(table, Table) and len(table.rows) == 1
  assert isinstance(program, Code) and not program.removed
  assert not any(new for line in program.lines for _, new in line.parts)


def test_without_verification_the_best_of_the_archive(tmp_path: Path) -> None:
  path = write_search(tmp_path, [row(0, RELU, report(0.5))], {}, finished=False)
  text, *_ = section.blocks(read_all([str(path)]).searches[0], "a")
  assert isinstance(text, Text)
  assert text.text.startswith("The best program so far (unverified) is relu")


def test_of_a_long_line_the_origin_and_the_end_are_shown(
  tmp_path: Path,
) -> None:
  run = _chain(tmp_path, 20)
  text, table, *programs = section.blocks(run, "a")
  assert isinstance(table, Table) and len(table.rows) == 21
  assert [b.title.split(":")[0] for b in programs if isinstance(b, Code)] == [
    "relu, slot 0", *(f"slot {slot}" for slot in range(9, 21))
  ]  # fmt: skip
  assert isinstance(text, Text)
  assert "Of its 21 programs only the first and the last 12" in text.text
  near = near_ancestors(lineage(run))
  assert [r.slot for r in near] == [0, 17, 18, 19]


def test_a_line_that_is_just_short_enough_is_shown_whole(
  tmp_path: Path,
) -> None:
  text, _, *programs = section.blocks(_chain(tmp_path, 12), "a")
  assert len(programs) == 13
  assert isinstance(text, Text) and "only" not in text.text


def test_what_is_new_is_marked_by_tokens() -> None:
  parent = (
    "def activation(x: jax.Array) -> jax.Array:\n"
    '  """A docstring.\n\n  Of two paragraphs."""\n'
    "  # A comment.\n"
    "  a = 0.5\n"
    "  return a * jnp.sin(x)\n"
  )
  child = (
    "def activation(x):\n"
    "  a = 0.5\n"
    "  b = jnp.where(\n"
    "    x > 0, 1, 2)\n"
    "  return a * jnp.sin(b * x)\n"
  )
  code = changes.compare("child", child, parent)
  assert [line.parts for line in code.lines] == [
    [("def activation(x):", False)],
    [("  a = 0.5", False)],
    [("  ", False), ("b = jnp.where(", True)],
    [("    ", False), ("x > 0, 1, 2)", True)],
    [("  return a * jnp.sin(", False), ("b *", True), (" x)", False)],
  ]
  assert code.removed == ["  return a * jnp.sin(x)"]


def test_annotations_and_docstrings_are_not_new() -> None:
  parent = "def activation(x):\n  a = 1.5\n  return a*x\n"
  child = (
    "def activation(x: 'jax.Array') -> jax.Array:\n"
    '  """Sinus, für x."""\n'
    "  a: float = 1.5  # é\n"
    "  return a * x\n"
  )
  for first, second in ((parent, child), (child, parent)):
    code = changes.compare("", first, second)
    assert not any(new for line in code.lines for _, new in line.parts)
    assert code.removed == []


@pytest.mark.parametrize(
  "source", ["def f(", "x = '''a\nb", "  \x00\n é", "x\r= 1\x0c", ""]
)
def test_text_that_is_no_python_is_kept(source: str) -> None:
  code = changes.compare("no program", source, RELU)
  lines = ["".join(text for text, _ in line.parts) for line in code.lines]
  assert lines == source.rstrip().splitlines()
  changes.compare("child of no program", RELU, source)
