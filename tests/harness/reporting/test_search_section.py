"""What the page says of one search, beside its lineage and drawings."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import TypeVar

import pytest

from evolve import activations
from evolve.program import Program
from evolve.proposers.llm.calls import CallLog, Question, Reply
from evolve.proposers.llm.models import Model
from harness.core.fitness import Report, Status
from harness.reporting.curves import curves_of
from harness.reporting.document import (
  Block,
  Code,
  Figure,
  Formula,
  Section,
  Table,
  Text,
)
from harness.reporting.runs.reading import read_all
from harness.reporting.runs.search_run import SearchRun
from harness.reporting.sections import search
from tests.evolve.search import searching
from tests.harness.reporting.directories import (
  report,
  row,
  search_settings,
  write_run,
  write_search,
)

RELU, GELU = activations.source("relu"), activations.source("gelu")
MIXER = "def activation(x):\n  return x - x.mean()\n"
EVALUATIONS = 12

B = TypeVar("B", bound=Block)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> SearchRun:
  """A search with all its real parts, from programs that end in every way."""
  path = tmp_path_factory.mktemp("real")
  settings = searching.config(EVALUATIONS)
  with searching.RecordingPool(1) as pool:
    searching.make(path, pool, settings).run()
  record = search_settings(
    evaluations=EVALUATIONS,
    generation_zero=[p.id for p in searching.GENERATION_ZERO],
    num_islands=settings.num_islands,
    migration_interval=settings.migration_interval,
  )
  write_run(path, "search", record, finished=False)
  return read_all([str(path)]).searches[0]


@pytest.fixture(scope="module")
def section(real: SearchRun) -> Section:
  return search.section(real, "one", curves_of(real))


def _blocks(section: Section, kind: type[B]) -> list[B]:
  return [block for block in section.blocks if isinstance(block, kind)]


def _table(section: Section, name: str) -> Table:
  (table,) = (t for t in _blocks(section, Table) if t.name == name)
  return table


def _texts(section: Section) -> list[str]:
  return [block.text for block in _blocks(section, Text)]


def _plan(path: Path, evaluations: int) -> None:
  """Makes a run one that was to have so many candidates."""
  record = json.loads((path / "run.json").read_text())
  record["settings"]["evaluations"] = evaluations
  (path / "run.json").write_text(json.dumps(record))


def test_every_candidate_has_a_status(
  real: SearchRun, section: Section
) -> None:
  table = _table(section, "one_statuses")
  assert [r[0] for r in table.rows] == [status.value for status in Status]
  counts = Counter(r.report.status.value for r in real.rows)
  assert counts["DUPLICATE"] >= 3 and counts["INVALID"] >= 1
  assert {r[0]: r[1] for r in table.rows if r[1]} == counts
  assert sum(r[1] for r in table.rows) == EVALUATIONS
  assert sum(r[2] for r in table.rows) == pytest.approx(100)
  assert all(r[3] == Status(r[0]).sentence for r in table.rows)


def test_the_best_elites(real: SearchRun, section: Section) -> None:
  table = _table(section, "one_elites")
  ranked = real.archive.elites()[:10]
  assert [r[0] for r in table.rows] == list(range(1, 1 + len(ranked)))
  assert [r[2].value for r in table.rows] == pytest.approx(
    [elite.value for elite in ranked]
  )
  cells = {r[1]: r for r in table.rows}
  assert cells["slot 2"][3:] == (
    33.0, "4-7", "vanishing", "linear", "1", "return x * jax.nn.sigmoid(x)"
  )  # fmt: skip


def test_all_is_drawn_under_names_of_its_own(section: Section) -> None:
  assert [figure.name for figure in _blocks(section, Figure)] == [
    "one_progress", "one_map_size_turns", "one_map_growth", "one_costs",
    "one_winner",
  ]  # fmt: skip


def test_an_unfinished_search_says_so_first(
  real: SearchRun, section: Section, tmp_path: Path
) -> None:
  assert _texts(section)[0] == (
    "unfinished: 12 of 12 candidates; the verification has not ended."
  )
  assert section.findings == [f"{real.run.label} is {_texts(section)[0]}"]
  path = write_search(tmp_path, [row(0, RELU, report(0.5))], {}, finished=False)
  _plan(path, 1000)
  section = search.section(read_all([str(path)]).searches[0], "a", {})
  assert _texts(section)[0].startswith(
    "unfinished: 1 of 1,000 candidates; what follows is of those"
  )


def test_a_search_without_money_says_so_first(tmp_path: Path) -> None:
  path = write_search(tmp_path, [row(0, RELU, report(0.5))], {})
  _plan(path, 300)
  section = search.section(read_all([str(path)]).searches[0], "a", {})
  assert _texts(section)[0] == (
    "cut short: 1 of 300 candidates, by the budget for language models."
  )


def test_a_finished_search_and_its_settings(tmp_path: Path) -> None:
  finals = {RELU: (report(0.5), report(0.5))}
  rows = [row(0, GELU, report(0.4)), row(1, RELU, report(0.5))]
  path = write_search(tmp_path / "first", rows, finals)
  section = search.section(read_all([str(path)]).searches[0], "a", {})
  assert section.title == "The search first (mutator expression)"
  assert section.findings == []
  assert _texts(section)[0] == (
    "Suite lab@1; an evaluation in full takes 5 steps x 4 seeds, the screen "
    "before it 1 steps x 2 seeds; mutator expression, seed 0, 2 evaluations "
    "with 1 of generation zero; commit 0123456789ab."
  )
  assert _blocks(section, Code)[0].lines[0].parts == [
    ("python -m harness.search --workdir=first", False)
  ]
  (formula,) = _blocks(section, Formula)
  assert re.search(r"relu|max", formula.plain)
  assert "relu has no curve: its probe failed." in _texts(section)


def test_what_has_no_formula(tmp_path: Path) -> None:
  path = write_search(tmp_path, [row(0, MIXER, report(0.5))], {})
  section = search.section(read_all([str(path)]).searches[0], "a", {})
  assert not _blocks(section, Formula)
  assert "No formula could be given for the best program." in _texts(section)


def test_a_search_that_found_nothing(tmp_path: Path) -> None:
  failed = row(0, "import os\n", Report(Status.INVALID, "no"))
  path = write_search(tmp_path, [failed], {}, finished=False)
  section = search.section(read_all([str(path)]).searches[0], "a", {})
  assert _texts(section)[-1] == (
    "No candidate has a value yet, so there is no best."
  )
  assert [t.name for t in _blocks(section, Table)] == ["a_statuses"]


@pytest.mark.parametrize("cost", [0.25, None])
def test_what_language_models_took(tmp_path: Path, cost: float | None) -> None:
  path = write_search(
    tmp_path, [row(0, RELU, report(0.5), Program(GELU))], {}, mutator="llm",
    llm=[["qwen3:8b", "http://localhost/v1", 1.0]],
  )  # fmt: skip
  model = Model("qwen3:8b", "http://localhost/v1")
  record = CallLog(path / "programs.sqlite")
  for attempt, reply in enumerate(
    [
      Reply("x", prompt_tokens=1000, completion_tokens=10, cost=cost),
      Reply(None, error="no answer"),
    ]
  ):
    record.add(Question(0, attempt, "abc", [], model), reply)
  record.close()
  section = search.section(read_all([str(path)]).searches[0], "a", {})
  table = _table(section, "a_calls")
  assert "(qwen3:8b)" in table.caption
  assert [r[1] for r in table.rows] == [
    2, 1, 1, 1000, 10, cost, 1 if cost is None else 0, 0
  ]  # fmt: skip
