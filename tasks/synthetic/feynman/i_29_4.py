"""I.29.4: the wave number of light, w / c.

Held out. Published ranges. The speed stays above its own: at 0 there is a pole.
"""

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="feynman_i_29_4",
    family="feynman",
    source="AI-Feynman table, arXiv 1905.11481",
    suites=("heldout@1",),
    inputs={"omega": Interval(1, 10), "c": Interval(1, 10, below=False)},
    function=lambda omega, c: omega / c,
  )
)
