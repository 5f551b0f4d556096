"""Skills that tell activations apart, and skills that do not."""

import numpy as np

from tasks.lab.discrimination import RULES

# Of two activations, four seeds, three bands.
APART = np.stack([np.full((4, 3), 0.8), np.full((4, 3), 0.2)])
APART_RULE, BAND_RULE = RULES.values()


def test_skills_that_are_apart() -> None:
  assert list(APART_RULE(APART)) == list(BAND_RULE(APART)) == []


def test_skills_that_are_the_same() -> None:
  (flaw,) = APART_RULE(APART[:1].repeat(2, axis=0))
  assert flaw.startswith("the best activation beats the worst by 0.000")


def test_a_difference_within_the_noise_of_seeds() -> None:
  noisy = APART + np.array([0, 0.2, -0.2, 0])[:, None] * [[[1]], [[-6]]]
  (flaw,) = APART_RULE(noisy)
  assert "by 0.600; at least 1.7" in flaw


def test_a_band_that_nobody_scores_in() -> None:
  impossible = APART * [1, 1, 0.1]
  (flaw,) = BAND_RULE(impossible)
  assert flaw == "no activation scores over 0.1 in far"


def test_a_band_that_all_solve() -> None:
  trivial = np.maximum(APART, [0, 0.98, 0])
  (flaw,) = BAND_RULE(trivial)
  assert flaw == "every activation scores 0.97 or more in near"
