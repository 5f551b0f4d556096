"""An objective of a user's own, in place of a suite of tasks.

A function or an object of the Fitness protocol. One that a file defines runs in
the confined process of a candidate, without tables.
"""

import contextlib
import dataclasses
import importlib
import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from harness.core.errors import UserError
from harness.core.fitness import (
  Activation,
  Fidelity,
  Report,
  Status,
  failure,
)
from tasks.definition import Definition, InFile, InPython

_MAX_DOCSTRING = 2_000  # Characters that a language model is shown.


@dataclasses.dataclass(frozen=True)
class Objective:
  """A user's function or object, as a Fitness.

  Attributes:
    definition: of a function evaluate(activation, seed) -> float in [0, 1], or
      of an object of the Fitness protocol.
  """

  definition: Definition

  @classmethod
  def of(cls, given: Any) -> "Objective":
    """The objective of a file.py:name, or of a function or object.

    Raises:
      UserError: a text is not of that form, or the file can't be read.
    """
    is_text = isinstance(given, str)
    return cls(InFile.of(given) if is_text else InPython(given))

  @property
  def suite(self) -> str:
    return self.definition.label

  @property
  def goal(self) -> str:
    found = self.definition.value
    text = (
      f"Its score is what an objective, {self._place}, returns for "
      "it: a number from 0 to 1, the higher the better, averaged over "
      f"{'' if self.is_function else 'tasks and '}seeds."
    )
    described = inspect.getdoc(getattr(found, "func", found)) or ""
    if described:
      text += f" The objective describes itself:\n{described[:_MAX_DOCSTRING]}"
    return text

  @property
  def families(self) -> Mapping[str, str]:
    if self.is_function:
      return {self.definition.name: self.definition.name}
    families: Mapping[str, str] = self.definition.value.families
    return families

  @property
  def is_function(self) -> bool:
    """False for an object of the Fitness protocol."""
    return not hasattr(self.definition.value, "evaluate")

  @property
  def is_in_file(self) -> bool:
    """False for an object of Python, which no other process can have."""
    return isinstance(self.definition, InFile)

  def load(self) -> None:
    """Runs the file, if there is one, and looks at what it defines.

    Raises:
      UserError: it does not import, or it is no objective.
    """
    found = self.definition.value
    if isinstance(found, type):
      raise self._error("is a class; name an object of it")
    if not self.is_function:
      if not isinstance(getattr(found, "families", None), Mapping):
        raise self._error(
          "has no families, a dictionary from the name of each task to its "
          "family"
        )
    elif not callable(found):
      raise self._error(
        f"is a {type(found).__name__}; needed: a function "
        "evaluate(activation, seed) -> float in [0, 1]"
      )
    else:
      try:
        inspect.signature(found).bind(abs, 0)
      except TypeError:
        raise self._error(
          f"takes {inspect.signature(found)}; needed: (activation, seed)"
        ) from None

  def prepare(self, seed: int, fidelity: Fidelity) -> None:
    """Imports what the file imports, which forked workers then need not.

    Not the file itself, which may compute with JAX: a process forked after that
    hangs.
    """
    del seed, fidelity
    for name in self.definition.installed_imports():
      with contextlib.suppress(Exception):
        importlib.import_module(name)

  def evaluate(
    self, activations: Sequence[Activation], seed: int, fidelity: Fidelity
  ) -> list[Report]:
    """See `Fitness.evaluate`; a function is called once for each seed."""
    if self.is_function:
      seeds = _seeds(seed, fidelity.num_seeds)
      return [self._called(activation, seeds) for activation in activations]
    try:
      reports = list(
        self.definition.value.evaluate(activations, seed, fidelity)
      )
    except Exception as error:  # A user's own code may raise anything.
      return [self._failure(error)] * len(activations)
    return [self._checked(report) for report in reports]

  def _called(self, activation: Activation, seeds: Sequence[int]) -> Report:
    values = []
    for seed in seeds:
      try:
        value = float(self.definition.value(activation, seed))
      except Exception as error:
        return self._failure(error)
      if not np.isfinite(value):
        sentence = f"{self._place} returned {value} for seed {seed}."
        return Report(Status.DIVERGED, sentence)
      if not 0 <= value <= 1:
        return Report(
          Status.CRASHED,
          f"{self._place} returned {value:g} for seed {seed}; a value lies in "
          "[0, 1].",
        )
      values.append(value)
    return Report(
      Status.OK,
      f"{self._place} returned {min(values):.3f} to {max(values):.3f}.",
      scores_by_seed={self.definition.name: tuple(values)},
    )

  def _checked(self, report: Any) -> Report:
    if not isinstance(report, Report):
      kind = type(report).__name__
      sentence = f"{self._place} returned a {kind}, no Report."
    elif strange := report.scores_by_seed.keys() - self.families.keys():
      sentence = f"{self._place} scored a task without a family: {min(strange)}"
    else:
      return report
    return Report(Status.CRASHED, sentence)

  def _failure(self, error: Exception) -> Report:
    report = failure(error)
    return dataclasses.replace(
      report, feedback=f"{self._place} raised {report.feedback}"
    )

  def _error(self, flaw: str) -> UserError:
    return UserError(f"{self._place} {flaw}")

  @property
  def _place(self) -> str:
    return self.definition.place


def _seeds(seed: int, count: int) -> list[int]:
  """Seeds below 2^31, of which two numbers `seed` have none in common."""
  return [
    int(np.random.SeedSequence([seed, index]).generate_state(1)[0] >> 1)
    for index in range(count)
  ]
