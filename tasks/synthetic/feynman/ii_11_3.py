"""II.11.3: an electron's displacement by a wave, q E / (m (w0^2 - w^2)).

Published ranges. The mass and the resonance w0 stay above theirs: there are
poles at m = 0 and at w0 = w.
"""

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="feynman_ii_11_3",
    family="feynman",
    source="AI-Feynman table, arXiv 1905.11481",
    suites=("lab@1",),
    inputs={
      "q": Interval(1, 3),
      "field": Interval(1, 3),
      "m": Interval(1, 3, below=False),
      "omega_0": Interval(3, 5, below=False),
      "omega": Interval(1, 2),
    },
    function=lambda q, field, m, omega_0, omega: (
      q * field / (m * (omega_0**2 - omega**2))
    ),
  )
)
