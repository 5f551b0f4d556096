"""An objective of a user's own, in place of a suite of tasks.

A file defines it, as a function or an object of the Fitness protocol. It runs
in the confined process of a candidate, without tables.
"""

import ast
import contextlib
import dataclasses
import functools
import importlib.util
import inspect
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from harness.core import user_module
from harness.core.errors import UserError, unknown
from harness.core.fitness import (
  Activation,
  Fidelity,
  Report,
  Status,
  failure,
)


@dataclasses.dataclass(frozen=True)
class Objective:
  """The Fitness that a file defines.

  Attributes:
    path: of the file, absolute.
    name: in it, of a function evaluate(activation, seed) -> float in [0, 1], or
      of an object of the Fitness protocol.
    text: of the file when the run began, whatever becomes of it.
  """

  path: str
  name: str
  text: bytes

  @classmethod
  def of(cls, given: str) -> "Objective":
    """The objective of --fitness=file.py:name.

    Raises:
      UserError: it is not of that form, or the file can't be read.
    """
    path, _, name = given.rpartition(":")
    if not path.endswith(".py") or not name.isidentifier():
      raise UserError(
        f"--fitness={given}: give a file and a name in it, as in "
        "--fitness=objective.py:evaluate"
      )
    try:
      return cls(os.path.abspath(path), name, Path(path).read_bytes())
    except OSError as error:
      raise UserError(
        f"can't read objective {path}: {error.strerror}"
      ) from error

  def __reduce__(self) -> tuple[Any, ...]:
    # What the file defines stays in the process that ran it.
    return type(self), (self.path, self.name, self.text)

  @property
  def suite(self) -> str:
    """File and name with a hash of the text, e.g. mine.py:evaluate@0b1d6e9a."""
    label = user_module.label_of(self.path, self.text)
    return label.replace("@", f":{self.name}@")

  @property
  def families(self) -> Mapping[str, str]:
    if self.is_function:
      return {self.name: self.name}
    families: Mapping[str, str] = self._defined.families
    return families

  @property
  def is_function(self) -> bool:
    """False for an object of the Fitness protocol."""
    return not hasattr(self._defined, "evaluate")

  def load(self) -> None:
    """Runs the file now.

    Raises:
      UserError: it does not import, or defines no objective of that name.
    """
    found = self._defined
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
    for name in _installed_imports(self.text):
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
      reports = list(self._defined.evaluate(activations, seed, fidelity))
    except Exception as error:  # A user's own code may raise anything.
      return [self._failure(error)] * len(activations)
    return [self._checked(report) for report in reports]

  @functools.cached_property
  def _defined(self) -> Any:
    module = user_module.load(self.path, "objective", self.text).module
    if not hasattr(module, self.name):
      public = [name for name in vars(module) if not name.startswith("_")]
      raise unknown(f"name in {os.path.basename(self.path)}", self.name, public)
    return getattr(module, self.name)

  def _called(self, activation: Activation, seeds: Sequence[int]) -> Report:
    values = []
    for seed in seeds:
      try:
        value = float(self._defined(activation, seed))
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
      scores_by_seed={self.name: tuple(values)},
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
    return f"{os.path.basename(self.path)}:{self.name}"


def _seeds(seed: int, count: int) -> list[int]:
  """Seeds below 2^31, of which two numbers `seed` have none in common."""
  return [
    int(np.random.SeedSequence([seed, index]).generate_state(1)[0] >> 1)
    for index in range(count)
  ]


def _installed_imports(text: bytes) -> Iterator[str]:
  """Modules that a text imports, but for a user's own."""
  for node in ast.walk(ast.parse(text)):
    if isinstance(node, ast.ImportFrom) and node.module:
      names = [node.module]
    elif isinstance(node, ast.Import):
      names = [alias.name for alias in node.names]
    else:
      continue
    for name in names:
      with contextlib.suppress(ImportError, ValueError):
        spec = importlib.util.find_spec(name.partition(".")[0])
        if spec and "-packages" in (spec.origin or ""):
          yield name
