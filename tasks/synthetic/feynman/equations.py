"""Equations of the Feynman Lectures, with the ranges of AI-Feynman.

equations.csv holds the formulas, as text, and the published ranges; see
README.md beside it. Training inputs fill the box of the ranges, test inputs lie
beyond it.
"""

import csv
import dataclasses
import pathlib
from collections.abc import Callable, Iterator

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

_FILE = pathlib.Path(__file__).with_name("equations.csv")
_FUNCTIONS = ("sqrt", "exp", "log", "sin", "cos", "tanh", "pi")
_NAMES = {name: getattr(np, name) for name in _FUNCTIONS}


@dataclasses.dataclass(frozen=True)
class Equation:
  """A row of equations.csv.

  Attributes:
    number: in the AI-Feynman tables.
    formula: a NumPy expression of the variables.
    variables: their ranges, in the order of the tables.
    twin_of: the first equation that equals it up to a constant factor and the
      names of the variables; empty if it is the first.
    stream: the one that it belongs to.
  """

  number: str
  formula: str
  variables: dict[str, Interval]
  twin_of: str
  stream: str

  @property
  def name(self) -> str:
    return "feynman_" + self.number.replace(".", "_").lower()

  @property
  def volume(self) -> str:
    """The volume of the Lectures, or test for one of the bonus equations."""
    return self.number.replace("_", ".").split(".")[0].lower()

  def function(self) -> Callable[..., np.ndarray]:
    """The formula, of one array [count] for each variable."""
    code = compile(self.formula, self.number, "eval")

    def evaluate(*values: np.ndarray) -> np.ndarray:
      arguments = dict(zip(self.variables, values, strict=True))
      names = {"__builtins__": {}, **_NAMES, **arguments}
      return np.asarray(eval(code, names))

    return evaluate

  def generator(self) -> Generator:
    """Draws the one task."""
    task = RegressionTask(inputs=self.variables, function=self.function())
    return Generator(
      name=self.name,
      family="feynman",
      source=f"AI-Feynman table, {self.number}, arXiv 1905.11481",
      draw=lambda rng: task,
      streams=(self.stream,),
      tags=(f"feynman_volume_{self.volume}",),
    )


def equations() -> Iterator[Equation]:
  """All rows of equations.csv."""
  with _FILE.open(encoding="utf-8", newline="") as file:
    for row in csv.DictReader(file):
      ranges = row.pop("variables").split("; ")
      yield Equation(variables=dict(map(_variable, ranges)), **row)


def _variable(text: str) -> tuple[str, Interval]:
  """A variable from name:low:high, or name:low:high:above for one side."""
  name, low, high, *sides = text.split(":")
  below, above = (not sides or side in sides for side in ("below", "above"))
  return name, Interval(float(low), float(high), below=below, above=above)


for equation in equations():
  register(equation.generator())
