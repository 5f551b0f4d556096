"""All activations on all benchmarks, and the agreement of benchmarks."""

import numpy as np
import pytest

from harness.reporting.document import Figure
from harness.reporting.runs.reading import Runs
from harness.reporting.sections import benchmarks
from harness.reporting.sections.transfer_measures import Measure
from tests.harness.reporting import blocks

NAMES = ("relu", *(f"f{i}" for i in range(13)))


def _measure(name: str, values: np.ndarray, strata: str = "") -> Measure:
  """Three parts each, which hardly differ."""
  parts = values[:, None] + np.array([-0.001, 0.0, 0.001])
  return Measure(
    name,
    dict(zip(NAMES, parts, strict=True)),
    (strata,) * 3,
    ("0", "1", "2"),
    of_tasks=name == "lab",
  )


def test_the_table_has_scores_and_ranks(runs: Runs) -> None:
  section = benchmarks.section(runs, 0)
  assert section
  table = blocks.table(section, "benchmarks")
  heads = [column.name for column in table.columns]
  rows = {str(r[0]): dict(zip(heads, r, strict=True)) for r in table.rows}
  # Of those with all scores: relu is second on the lab and third on digits.
  assert rows["gelu"]["rank on lab@2/8/0"] == 1.0
  assert rows["relu"]["rank on digits top-1"] == 3.0
  assert rows["relu"]["digits top-1 (95% CI)"].value == pytest.approx(94.0)
  assert rows["relu"]["digits top-1 (95% CI)"].low is not None
  # Of the suite of tasks, which searches optimise, no rank counts.
  assert rows["gelu"]["mean rank"] == 1.0
  ranks = [row["mean rank"] for row in rows.values()]
  known = [rank for rank in ranks if rank is not None]
  assert known == sorted(known) and ranks[: len(known)] == known
  # Six activations are too few for a matrix.
  (figure,) = blocks.of_kind(section, Figure)
  assert figure.name == "benchmarks_log_ratios"
  assert not section.findings


@pytest.mark.parametrize("family", ["a", ""])  # Without, tasks are fixed.
def test_log_ratios_are_of_what_is_missing(family: str) -> None:
  values = np.full(len(NAMES), 0.75)
  values[0] = 0.5
  measure = _measure("lab", values, family)
  names = benchmarks._by_mean_rank([measure], NAMES)
  (figure,) = benchmarks._log_ratios([measure], names)
  image = figure.drawing.axes[0].images[0].get_array()
  assert image is not None
  np.testing.assert_allclose(image, np.log(2), rtol=1e-6)


def test_intervals_are_over_drawn_tasks_and_stay_within_bounds() -> None:
  values = np.full(len(NAMES), 0.5)
  assert benchmarks._estimate(_measure("lab", values, "a"), "relu").low
  fixed = benchmarks._estimate(_measure("lab", values), "relu")
  assert fixed.value == pytest.approx(0.5) and fixed.low is None
  parts = {"relu": np.array([99.0, 99.9, 100.0])}
  found = Measure("images", parts, ("",) * 3, ("0", "1", "2"))
  assert benchmarks._estimate(found, "relu").high == 100.0


def test_benchmarks_that_rank_alike_are_named() -> None:
  rng = np.random.default_rng(0)
  first, noise = rng.random(len(NAMES)), rng.random(len(NAMES))
  measures = [
    _measure("lab", first, "a"),
    _measure("images", 50 + 40 * first),
    _measure("graphs", 50 + 40 * noise),
  ]
  pairs = benchmarks._pairs(measures, 0)
  sides = [(r.tasks.name, r.benchmark.name) for r, _ in pairs]
  assert sides == [("lab", "images"), ("lab", "graphs"), ("images", "graphs")]
  assert benchmarks._sentence(pairs) == (
    "Pairs of benchmarks that rank activations alike or in reverse, at 5% "
    "adjusted for all 3: lab and images +1.00."
  )
  figure = benchmarks._matrix(measures, pairs, 0)
  image = figure.drawing.axes[0].images[0].get_array()
  assert image is not None
  assert image[0, 1] == image[1, 0] == pytest.approx(1.0)
  assert image[2, 2] == pytest.approx(1.0, abs=0.05)  # Its reliability.


def test_few_shared_activations_make_no_pair() -> None:
  values = np.random.default_rng(0).random(len(NAMES))
  whole = _measure("lab", values, "a")
  few = Measure(
    "few", {n: whole.parts[n] for n in NAMES[:11]}, ("",) * 3, whole.names
  )
  assert not benchmarks._pairs([whole, few], 0)
