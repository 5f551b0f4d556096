"""I.12.1: friction force from its coefficient and the normal force."""

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="feynman_i_12_1",
    family="feynman",
    source="AI-Feynman table, arXiv 1905.11481",
    suites=("lab@1",),
    inputs={"mu": Interval(1, 5), "normal_force": Interval(1, 5)},
    function=lambda mu, normal_force: mu * normal_force,
  )
)
