"""Weights on families, on scores of known relation to them."""

import numpy as np
import pytest

from harness.reporting import family_weights


@pytest.fixture(autouse=True)
def _few_permutations(monkeypatch: pytest.MonkeyPatch) -> None:
  monkeypatch.setattr(family_weights, "_PERMUTATIONS", 199)


def _values(num_families: int = 3) -> np.ndarray:
  return np.random.default_rng(3).random((20, num_families))


def test_the_family_that_ranks_alike_has_all_the_weight() -> None:
  values = _values()
  found = family_weights.fit(values, np.exp(5 * values[:, 1]), 0)
  np.testing.assert_allclose(found.weights, [0, 1, 0], atol=1e-9)
  assert found.correlation == pytest.approx(1.0)
  assert found.p_value == pytest.approx(0.005)


def test_a_family_that_ranks_in_reverse_has_none() -> None:
  values = _values(1)
  found = family_weights.fit(values, -values[:, 0], 0)
  np.testing.assert_equal(found.weights, [0])
  assert found.p_value > 0.05


def test_two_families_share_the_weight() -> None:
  values = _values(2)
  found = family_weights.fit(values, values.sum(axis=1), 0)
  assert found.weights.sum() == pytest.approx(1)
  assert found.weights.min() > 0.3
  assert found.p_value < 0.011


def test_p_values_of_chance_are_uniform(
  monkeypatch: pytest.MonkeyPatch,
) -> None:
  monkeypatch.setattr(family_weights, "_PERMUTATIONS", 19)
  rng = np.random.default_rng(5)
  found = [
    family_weights.fit(rng.random((8, 3)), rng.random(8), seed).p_value
    for seed in range(60)
  ]
  # Half below 0.5, within three standard errors.
  assert abs(np.mean(np.array(found) <= 0.5) - 0.5) < 3 * 0.5 / np.sqrt(60)
  assert np.mean(np.array(found) <= 0.05) < 0.15


def test_few_activations_are_refused() -> None:
  with pytest.raises(ValueError, match="4 activations are too few"):
    family_weights.fit(np.zeros((4, 2)), np.zeros(4), 0)
