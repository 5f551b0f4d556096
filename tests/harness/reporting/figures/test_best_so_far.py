"""Curves of several runs and their mean."""

import numpy as np

from harness.reporting.figures import best_so_far


def test_the_mean_is_over_the_x_that_all_runs_cover() -> None:
  first = np.array([1.0, 2.0, 4.0]), np.array([0.1, 0.2, 0.4])
  second = np.array([2.0, 3.0, 5.0]), np.array([0.4, 0.6, 0.8])
  figure = best_so_far.draw(
    {"a": [first, second], "b": [first]}, "evaluations", "value"
  )
  *_, mean, alone = figure.axes[0].lines
  assert (mean.get_label(), alone.get_label()) == ("a", "b")
  np.testing.assert_array_equal(mean.get_xdata(), [2, 3, 4])
  np.testing.assert_allclose(mean.get_ydata(), [0.3, 0.4, 0.5])
  np.testing.assert_array_equal(alone.get_ydata(), first[1])
