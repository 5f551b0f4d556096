"""Equations of the Feynman Lectures, with the ranges of AI-Feynman.

Training inputs fill the box of the published ranges, test inputs lie beyond it.
equations.csv holds formulas and ranges of the tables FeynmanEquations.csv and
BonusEquations.csv of the Feynman Symbolic Regression Database (Udrescu and
Tegmark, arXiv 1905.11481). Of their 120 equations it has those of at most six
variables whose targets stay within the lab's bounds and whose OOD skills differ
by at least 0.1 between named activations. A variable that is marked above
leaves its range on the upper side only: below, a denominator, root or logarithm
would reach 0, or targets run away.

Equations that equal each other up to a constant factor and the names of the
variables are in the same stream. Streams were drawn once: random.Random(0)
shuffled the groups, sorted by their first equation, and each in turn went where
the count, with it, was smallest for the share (lab 3/8, dev 1/8, fresh 1/4,
held-out 1/4).
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
  if not equation.twin_of:  # Or a draw would hold one task several times.
    register(equation.generator())
