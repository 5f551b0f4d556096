"""Surrogates on a benchmark whose scores the features show."""

import functools

import numpy as np
import pytest

from evolve.surrogate import comparison
from evolve.surrogate.features import Features
from harness.core.evidence import Estimate
from harness.reporting.document import Figure
from harness.reporting.sections import act_bench
from harness.reporting.sections.act_bench import TaskResults
from tests.harness.reporting import blocks

_COUNT = 200


@functools.cache
def _results(with_fisher: bool) -> TaskResults:
  rng = np.random.default_rng(0)
  points = rng.uniform(-1, 1, (_COUNT, 2))
  scores = np.exp(-3 * ((points - 0.5) ** 2).sum(1))[:, None]
  missing = np.full((_COUNT, 2), np.nan)
  spectra = points if with_fisher else missing
  features = Features(points, spectra, spectra)
  found = comparison.strategies(features, rng)
  return TaskResults(
    "lab@2/32/0",
    scores[:, 0],
    features.union,
    comparison.accuracies(found, scores[:, 0], rng, {"digits": scores[:, 0]}),
    {
      name: comparison.searches(each, scores, 20, 2)
      for name, each in found.items()
    },
  )


@pytest.mark.parametrize("with_fisher", [True, False])
def test_tables_have_all_strategies(with_fisher: bool) -> None:
  results = _results(with_fisher)
  section = act_bench.section(results)
  searches = blocks.table(section, "lab_2_32_0_searches")
  assert [row[0] for row in searches.rows] == list(results.traces)
  predictions = blocks.table(section, "lab_2_32_0_predictions")
  names = [row[0] for row in predictions.rows]
  assert ("union" in names) is with_fisher
  assert {"outputs", "shuffled", "outputs, from digits"} <= {*names}
  rows = dict(zip(names, predictions.rows, strict=True))
  # The two best of 200, in lists of 2, 10 and 20 functions.
  correlation, _, *recalls = rows["outputs"][3:]
  assert isinstance(correlation, Estimate) and correlation.value > 0.95
  assert all(isinstance(recall, Estimate) for recall in recalls)
  assert recalls[-1] == max(recalls, key=lambda recall: recall.value)


def test_the_sentence_names_the_main_surrogate_and_its_controls() -> None:
  kinds = {True: "published features", False: "outputs alone"}
  for with_fisher, words in kinds.items():
    results = _results(with_fisher)
    (sentence,) = act_bench.section(results).findings
    assert words in sentence
    share = results.traces[results.main][0].share_in_top(0.1)
    assert share > 0.3
    for control in (comparison.RANDOM, comparison.RANDOM_WITH_FEATURES):
      percentile = np.mean([t.mean_percentile for t in results.traces[control]])
      assert f"{percentile:.0%}" in sentence


@pytest.mark.parametrize("with_fisher", [True, False])
def test_the_embedding_is_drawn_where_there_is_one(with_fisher: bool) -> None:
  results = _results(with_fisher)
  section = act_bench.section(results)
  figures = {f.name: f.drawing for f in blocks.of_kind(section, Figure)}
  assert ("lab_2_32_0_embedding" in figures) is with_fisher
  assert len(figures) == 2 + with_fisher
  (axes,) = figures["lab_2_32_0_course"].axes
  assert len(axes.lines) == len(results.traces)
