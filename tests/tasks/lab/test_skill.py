import numpy as np
import pytest

from tasks.lab.skill import classification_skill, regression_skill

NON_FINITE = [np.nan, np.inf, -np.inf]


@pytest.mark.parametrize(
  ("loss", "trivial", "expected"),
  [(0.0, 2.0, 1.0), (0.5, 2.0, 0.75), (2.0, 2.0, 0.0), (1e30, 2.0, 0.0)],
)
def test_regression_skill(loss: float, trivial: float, expected: float) -> None:
  skill = regression_skill(np.array([loss]), np.array([trivial]))
  assert skill.tolist() == [expected]


@pytest.mark.parametrize(
  ("accuracy", "trivial", "expected"),
  [
    (1.0, 0.5, 1.0),
    (0.75, 0.5, 0.5),
    (0.5, 0.5, 0.0),
    (0.2, 0.5, 0.0),
    (0.5, 0.25, 1 / 3),
  ],
)
def test_classification_skill(
  accuracy: float, trivial: float, expected: float
) -> None:
  skill = classification_skill(np.array([accuracy]), np.array([trivial]))
  assert skill == pytest.approx([expected])


@pytest.mark.parametrize("bad", NON_FINITE)
def test_a_non_finite_result_has_no_skill(bad: float) -> None:
  assert regression_skill(np.array([bad]), np.array([1.0])).tolist() == [0.0]
  assert classification_skill(np.array([bad]), np.ones(1) / 3).tolist() == [0.0]


def test_one_exploding_seed_does_not_drown_the_rest() -> None:
  losses = np.array([0.1, 0.1, 0.1, 1e38])
  skill = regression_skill(losses, np.ones(4))
  assert skill.mean() == pytest.approx(0.9 * 3 / 4)
