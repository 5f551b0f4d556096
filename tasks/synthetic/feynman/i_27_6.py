"""I.27.6: the focal length of a lens, 1 / (1/d1 + n/d2).

Held out. Published ranges. None is left on its lower side: negative distances
lie there, and the pole where n d1 = -d2.
"""

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

_RANGE = Interval(1, 5, below=False)

register(
  RegressionTask(
    name="feynman_i_27_6",
    family="feynman",
    source="AI-Feynman table, arXiv 1905.11481",
    suites=("heldout@1",),
    inputs={"d1": _RANGE, "d2": _RANGE, "n": _RANGE},
    function=lambda d1, d2, n: 1 / (1 / d1 + n / d2),
  )
)
