"""The section on the course of a search."""

import dataclasses
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest

from evolve import activations, candidates
from evolve.program import Program
from evolve.proposers.llm.calls import CallLog, Question, Reply
from evolve.proposers.llm.models import Model
from harness.core.fitness import Report, Status
from harness.core.parameters import Learned
from harness.reporting.document import (
  Code,
  DataTable,
  Figure,
  Formula,
)
from harness.reporting.figures.functions import Curve
from harness.reporting.sections import search
from tests.harness.reporting import blocks, drawn_search
from tests.harness.reporting.directories import (
  read_search,
  report,
  row,
  write_search,
)
from tests.harness.reporting.drawn_search import SINE

RELU, GELU = activations.source("relu"), activations.source("gelu")
MIXER = "def activation(x):\n  return x - x.mean()\n"


def _plan(path: Path, evaluations: int) -> None:
  """Makes a run one that was to have so many candidates."""
  record = json.loads((path / "run.json").read_text())
  record["settings"]["evaluations"] = evaluations
  (path / "run.json").write_text(json.dumps(record))


def test_every_candidate_has_a_status(tmp_path: Path) -> None:
  failures = [Status.INVALID, Status.DUPLICATE, Status.DUPLICATE]
  rows = [
    row(0, RELU, report(0.5)),
    *(row(k, GELU, Report(s, "no")) for k, s in enumerate(failures, 1)),
  ]
  section = search.section(
    read_search(write_search(tmp_path, rows, {})), "a", {}
  )
  table = blocks.table(section, "statuses")
  assert [r[0] for r in table.rows] == [status.value for status in Status]
  assert {r[0]: r[1:3] for r in table.rows if r[1]} == {
    "OK": (1, 25.0), "INVALID": (1, 25.0), "DUPLICATE": (2, 50.0)
  }  # fmt: skip
  assert all(r[3] == Status(r[0]).sentence for r in table.rows)


def test_blocks_have_names_of_their_own(tmp_path: Path) -> None:
  x = np.linspace(-6, 6, 9)
  curves = {Program(s).id: Curve(x, x, x) for s in (SINE, RELU)}
  section = search.section(drawn_search.write(tmp_path), "one", curves)
  assert [figure.name for figure in blocks.of_kind(section, Figure)] == [
    "one_progress", "one_map_size_turns", "one_map_growth", "one_costs",
    "one_winner",
  ]  # fmt: skip
  assert [table.name for table in blocks.of_kind(section, DataTable)] == [
    "one_statuses", "one_elites", "one_lineage"
  ]  # fmt: skip


@pytest.mark.parametrize(
  ("evaluations", "words"),
  [
    (1, "unfinished: 1 of 1 candidates; the verification has not ended."),
    (1000, "unfinished: 1 of 1,000 candidates; everything below is of these, "
     "and nothing is verified yet."),
  ],
)  # fmt: skip
def test_an_unfinished_search_says_so(
  tmp_path: Path, evaluations: int, words: str
) -> None:
  rows = [row(0, RELU, report(0.5))]
  path = write_search(tmp_path / "killed", rows, {}, finished=False)
  _plan(path, evaluations)
  section = search.section(read_search(path), "a", {})
  assert section.title == "The search killed (mutator expression, unfinished)"
  assert section.findings == [f"killed is {words}"]


def test_a_search_cut_short_by_its_budget_says_so(tmp_path: Path) -> None:
  path = write_search(tmp_path, [row(0, RELU, report(0.5))], {})
  _plan(path, 300)
  section = search.section(read_search(path), "a", {})
  (finding,) = section.findings
  assert finding.endswith(
    "is cut short: 1 of 300 candidates, by the budget for language models."
  )


def test_a_finished_search_and_its_settings(tmp_path: Path) -> None:
  finals = {RELU: (report(0.5),) * 3}
  rows = [row(0, GELU, report(0.4)), row(1, RELU, report(0.5))]
  path = write_search(tmp_path / "first", rows, finals)
  section = search.section(read_search(path), "a", {})
  assert section.title == "The search first (mutator expression)"
  assert section.findings == []
  assert blocks.texts(section)[0] == (
    "Suite lab@2/8/0; an evaluation in full takes 5 steps x 4 seeds, the "
    "screen before it 1 steps x 2 seeds; mutator expression, seed 0, 2 "
    "candidates, 1 of them generation zero; commit 0123456789ab."
  )
  assert blocks.of_kind(section, Code)[0].lines[0] == [
    ("python -m harness.search --workdir=first", False)
  ]
  (formula,) = blocks.of_kind(section, Formula)
  assert re.search(r"relu|max", formula.plain)
  assert "relu has no curve: its probe failed." in blocks.texts(section)


def test_a_function_that_mixes_elements_has_no_formula(tmp_path: Path) -> None:
  path = write_search(tmp_path, [row(0, MIXER, report(0.5))], {})
  section = search.section(read_search(path), "a", {})
  assert not blocks.of_kind(section, Formula)
  assert "slot 0 has no formula: the method mean has none." in blocks.texts(
    section
  )


def test_it_says_how_far_the_parameters_of_the_best_moved(
  tmp_path: Path,
) -> None:
  trained = candidates.resolve("prelu:layer").source
  learned = {"slope": Learned(0.25, 0.5, 0.125)}
  rows = [
    row(0, RELU, report(0.5)),
    row(1, trained, dataclasses.replace(report(0.7), parameters=learned)),
  ]
  run = read_search(write_search(tmp_path, rows, {}))
  x = np.linspace(-6, 6, 5)
  curve = Curve(x, np.maximum(x, 0.25 * x), np.where(x > 0, 1.0, 0.25))
  curves = {each.program.id: curve for each in run.rows}
  section = search.section(run, "a", curves)
  table = blocks.table(section, "parameters")
  assert table.rows == [["prelu:layer", "slope", 0.25, 0.5, 0.125, 0.25]]
  caption = blocks.figure(section, "winner").caption
  assert "before training" in caption


def test_a_search_that_found_nothing(tmp_path: Path) -> None:
  failed = row(0, "import os\n", Report(Status.INVALID, "no"))
  path = write_search(tmp_path, [failed], {}, finished=False)
  section = search.section(read_search(path), "a", {})
  assert blocks.texts(section)[-1] == (
    "No candidate has a value yet, so there is no best."
  )
  assert [t.name for t in blocks.of_kind(section, DataTable)] == ["a_statuses"]


@pytest.mark.parametrize("cost", [0.25, None])
def test_calls_of_language_models_are_added_up(
  tmp_path: Path, cost: float | None
) -> None:
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
  section = search.section(read_search(path), "a", {})
  table = blocks.table(section, "a_calls")
  assert "(qwen3:8b)" in table.caption
  assert [r[1] for r in table.rows] == [
    2, 1, 1, 1000, 10, cost, 1 if cost is None else 0, 0
  ]  # fmt: skip


def test_the_course_is_drawn_against_candidates_and_time(
  tmp_path: Path,
) -> None:
  section = search.section(drawn_search.write(tmp_path), "a", {})
  figure = blocks.figure(section, "progress")
  best, best_in_time, *_, niches, _ = figure.drawing.axes
  (line, _) = best.lines  # The other one is the end of generation zero.
  assert list(line.get_xdata()) == [1, 2, 3, 4, 5]
  assert list(line.get_ydata()) == pytest.approx([0.5, 0.5, 0.5, 0.7, 0.7])
  assert list(best_in_time.lines[0].get_xdata()) == [0, 0, 1, 2, 2]
  assert list(niches.lines[0].get_ydata()) == [1, 2, 2, 3, 4]
  assert list(best.lines[1].get_xdata()) == [1, 1]


def test_the_course_begins_at_the_first_value(tmp_path: Path) -> None:
  rows = [
    row(0, "import os\n", Report(Status.INVALID, "no")),
    row(1, RELU, report(0.5)),
  ]
  path = write_search(tmp_path, rows, {})
  section = search.section(read_search(path), "a", {})
  best = blocks.figure(section, "progress").drawing.axes[0]
  first, second = best.lines[0].get_ydata()
  assert math.isnan(first) and second == pytest.approx(0.5)


def test_costs_are_drawn_with_their_front(tmp_path: Path) -> None:
  section = search.section(drawn_search.write(tmp_path), "a", {})
  (axes,) = blocks.figure(section, "costs").drawing.axes
  lines = {line.get_label(): line for line in axes.lines}
  drawn = {
    label: sorted(zip(*line.get_data(), strict=True))
    for label, line in lines.items()
  }
  assert drawn["not dominated"] == [(1, pytest.approx(0.5)),
                                    (32, pytest.approx(0.7))]  # fmt: skip
  assert drawn["best program"] == [(32, pytest.approx(0.7))]
  assert drawn["named activation"] == [(1, pytest.approx(0.5))]
  # One that is worse than all of those is marked at the lower edge.
  assert drawn["candidate, further below"] == [(2, pytest.approx(0.5))]
  assert [t.get_text() for t in axes.texts] == ["relu"]
