"""Families and generators against a benchmark of known relation to them."""

import numpy as np
import pytest

from harness.reporting.document import Figure
from harness.reporting.sections import transfer_families, transfer_measures
from harness.reporting.sections.transfer_measures import Measure

NAMES = [f"f{i}" for i in range(16)]
TASKS = ("chirp-1", "chirp-2", "sum-1", "feynman_1")
FAMILIES = ("harmonics", "harmonics", "polynomials", "feynman")


def _suite() -> Measure:
  skills = np.random.default_rng(0).random((len(NAMES), len(TASKS)))
  parts = dict(zip(NAMES, skills, strict=True))
  return Measure("lab@2/4/0", parts, FAMILIES, TASKS)


def _benchmark(scores: np.ndarray) -> Measure:
  by_seed = np.stack([scores, scores + 0.01], axis=1)
  parts = dict(zip(NAMES, by_seed, strict=True))
  return Measure("b", parts, ("", ""), ("0", "1"))


def _by_chirps() -> Measure:
  """A benchmark that ranks as the chirps do."""
  suite = _suite()
  return _benchmark(np.array([suite.parts[n][:2].mean() for n in NAMES]) ** 3)


def test_each_family_is_related() -> None:
  found = transfer_families.of([_by_chirps()], [_suite()], 0)
  by_name = {one.tasks.name: one for one in found}
  assert list(by_name) == [f"lab@2/4/0, {f}" for f in sorted(set(FAMILIES))]
  harmonics = by_name["lab@2/4/0, harmonics"]
  assert harmonics.correlation and harmonics.correlation.value == pytest.approx(
    1.0
  )
  assert harmonics.ceiling is not None and harmonics.ceiling < 1
  # One task has no halves.
  assert by_name["lab@2/4/0, feynman"].ceiling is None


def test_the_map_has_a_cell_for_each_family() -> None:
  found = transfer_families.of([_by_chirps()], [_suite()], 0)
  (figure,) = transfer_families.blocks(found)
  assert isinstance(figure, Figure)
  image = figure.drawing.axes[0].images[0].get_array()
  assert image is not None and image.shape == (1, 3)
  assert image[0, 1] == pytest.approx(1.0)
  assert not transfer_families.blocks([])


def test_families_and_generators_that_predict_are_named() -> None:
  relation = transfer_measures.relate(_by_chirps(), _suite(), 0)
  weights, generators = transfer_families.sentences(relation, 0)
  assert "(permutation p = 0.001, unadjusted): " in weights
  assert weights.split(": ")[-1].startswith(("100% harmonics", "9"))
  assert generators.startswith("b: of 3 generators of lab@2/4/0")
  assert "in reverse: chirp +1.00" in generators


def test_a_benchmark_of_chance_says_nothing() -> None:
  scores = np.random.default_rng(7).random(len(NAMES))
  relation = transfer_measures.relate(_benchmark(scores), _suite(), 0)
  weights, generators = transfer_families.sentences(relation, 0)
  assert weights.endswith("which families predict it can't be said.")
  assert generators.endswith("in reverse: none.")


def test_a_suite_without_families_has_no_sentence() -> None:
  suite = _suite()
  fixed = Measure(suite.name, suite.parts, ("",) * len(TASKS), TASKS)
  relation = transfer_measures.relate(_by_chirps(), fixed, 0)
  assert not transfer_families.sentences(relation, 0)
