"""A whole search run on draws from a population of tasks."""

import dataclasses
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from evolve import activations, candidates
from evolve.language.parameters import numbers
from evolve.program import Program
from evolve.runs import search
from evolve.runs.finalists import AGAIN, FRESH, FURTHER, HELDOUT, ranked
from evolve.runs.search import RunConfig, run
from evolve.runs.strategy import Strategy
from harness.core.parameters import Share
from harness.core.workdir import Workdir
from harness.reporting.runs.search_run import SearchRun
from harness.reporting.sections import verification
from tests.evolve.fitnesses import Curves
from tests.evolve.search import searching
from tests.harness.reporting.directories import read_search

LAB = Curves("lab@2/12/0", 0)
FINALS = {
  AGAIN: LAB,
  FURTHER: Curves("lab@2/12/1", 12),
  FRESH: Curves("fresh@2/12/0", 24),
  HELDOUT: Curves("heldout@2/12/0", 36),
}
ZERO = [Program(activations.source(name)) for name in ("relu", "tanh", "elu")]


@dataclasses.dataclass(frozen=True)
class Searched:
  """A finished run, what it printed, and how a report reads it."""

  path: Path
  out: str
  read: SearchRun


def _search(
  path: Path,
  finals: dict[str, Curves],
  mutator: str = "expression",
  parameters: Share = Share.FROZEN,
) -> Searched:
  config = RunConfig(
    dataclasses.replace(
      searching.config(8),
      exact=True,
      full=LAB_FIDELITY,
      parameters=parameters,
    ),
    Strategy(mutator),
    tuple(ZERO),
    num_workers=1,
    top=2,
    references=candidates.by_name(["relu", "gelu"]),
    fresh_seeds=3,
  )
  with pytest.MonkeyPatch.context() as patch:
    patch.setattr(sys, "argv", ["search.py"])
    patch.setenv("COLUMNS", "200")
    said: list[str] = []
    for name in ("say", "say_prose"):
      patch.setattr(f"harness.core.console.{name}", said.append)
    run(config, LAB, [], finals, Workdir(str(path), resume=False))
  return Searched(path, "\n".join(said), read_search(path))


LAB_FIDELITY = dataclasses.replace(searching.config(1).full, num_seeds=1)


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Searched:
  return _search(tmp_path_factory.mktemp("run"), FINALS)


def test_the_winner_is_chosen_on_the_stream_of_the_search(
  searched: Searched,
) -> None:
  read = searched.read
  assert read.suites == {name: one.suite for name, one in FINALS.items()}
  assert list(read.finalists) == ranked(read.finalists)
  assert read.winner and read.winner.choice
  tasks = {*LAB.families, *FINALS[FURTHER].families}
  assert read.winner.choice.scores_by_seed.keys() == tasks
  assert read.winner.value == max(
    f.value or 0 for f in read.finalists if f.is_found
  )
  assert read.winner.reports.keys() == {FRESH, HELDOUT}


def test_the_summary_has_all_values_of_the_winner(searched: Searched) -> None:
  summary = json.loads((searched.path / "summary.json").read_text())
  best, winner = summary["best"], searched.read.winner
  assert winner and winner.choice
  assert best == {
    "id": winner.program_id,
    "value": winner.value,
    "value_ci95": list(winner.choice.value_ci95 or ()),
    "search_value": winner.search_value,
    "fresh_value": winner.reports[FRESH].value,
    "fresh_skill": winner.reports[FRESH].mean_skill,
    "heldout_value": winner.reports[HELDOUT].value,
    "heldout_skill": winner.reports[HELDOUT].mean_skill,
    "source": best["source"],
  }
  assert Program(best["source"]).id == winner.program_id
  assert len({round(v, 9) for v in best.values() if isinstance(v, float)}) == 4


def test_printed_verdicts_are_those_of_the_page(searched: Searched) -> None:
  tests = verification.against_rivals(searched.read, 0)
  assert len(tests) == 2 * len({t.subject for t in tests})
  lines = [
    line for line in searched.out.splitlines() if line.startswith("over ")
  ]
  assert len(lines) == 2
  for line in lines:
    rival = line.partition("(")[2].partition(")")[0]
    of_rival = [t for t in tests if t.subject == rival]
    abouts = ("tasks of the lab's generators", "tasks of held-out generators")
    assert line.endswith(
      "; ".join(
        f"{t.verdict} on {about} ({t.comparison.numbers})"
        for t, about in zip(of_rival, abouts, strict=True)
      )
    )
  assert f"adjusted for {len(tests)} comparisons (Holm)" in searched.out


@pytest.fixture(scope="module")
def control(tmp_path_factory: pytest.TempPathFactory) -> Searched:
  """Random programs for an objective, with trained parameters."""
  path = tmp_path_factory.mktemp("control")
  return _search(path, {AGAIN: LAB}, "random", Share.CHANNEL)


@pytest.mark.slow
def test_an_objective_has_new_seeds_only(control: Searched) -> None:
  summary = json.loads((control.path / "summary.json").read_text())
  assert summary["best"]["fresh_value"] is None
  assert summary["best"]["heldout_value"] is None
  tests = verification.against_rivals(control.read, 0)
  assert {t.tasks for t in tests} == {"lab@2/12/0, new seeds"}
  assert "no fresh or held-out tasks: an objective of your own" in control.out


@pytest.mark.slow
def test_programs_have_parameters_where_a_search_trains_them(
  control: Searched, searched: Searched
) -> None:
  shares = [row.program.share for row in control.read.rows]
  assert {*shares[: len(ZERO)]} == {Share.FROZEN}
  assert shares[len(ZERO) :].count(Share.CHANNEL) >= 3  # Of 5.
  assert not any(numbers(row.program.source) for row in searched.read.rows)


def test_values_differ_from_task_to_task() -> None:
  """Else the tests above would say little."""
  (report,) = LAB.evaluate([np.tanh], 0, LAB_FIDELITY)
  assert np.ptp(list(report.scores.values())) > 0.2
  low, high = report.value_ci95 or (0.0, 0.0)
  assert 0.05 < high - low < 0.5


def test_idle_workers_are_told_once(capsys: pytest.CaptureFixture[str]) -> None:
  search._say_idle(8, lag=8)
  assert not capsys.readouterr().out
  search._say_idle(12, lag=8)
  line = " ".join(capsys.readouterr().out.split())
  assert line == (
    "12 workers, of which 4 are idle: no more than --lag=8 candidates are in "
    "work at a time; a new run with --lag=12 would use them all"
  )
