"""Rules that every algorithm keeps, and the flaws of one that does not.

A rule looks at a few runs and yields its flaws in words, so that tests and
users read the same ones. What each run must keep by itself, a Trace checks.
"""

import copy
import dataclasses
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import clrs
import numpy as np
from clrs._src import probing

from harness.core.check_lines import CheckLines
from harness.core.errors import UserError
from tasks.clrs30 import registry
from tasks.clrs30.algorithm import Algorithm
from tasks.clrs30.specification import STAGES

# Further nodes than the fewest, for instances of three lengths.
_MORE_NODES = (0, 1, 7)
_FEW, _MANY = 4, 32  # Instances of all lengths but the last, and of the last.

Arrays = dict[str, np.ndarray]
Flaws = Iterator[str]


class Run(NamedTuple):
  """An instance, and what was recorded when it was solved.

  Attributes:
    instance: the arguments of the run.
    inputs: by name, without a batch axis, as all of these.
    hints: [T, ...] each.
    outputs: by name.
  """

  instance: list[Any]
  inputs: Arrays
  hints: Arrays
  outputs: Arrays


@dataclasses.dataclass(frozen=True)
class Runs:
  """Runs of an algorithm to look at.

  Attributes:
    algorithm: that was run.
    by_length: a few of each number of nodes, and many of the last, of tests.
    of_training: a few of each number of nodes, where training differs.
  """

  algorithm: Algorithm
  by_length: Mapping[int, list[Run]]
  of_training: Mapping[int, list[Run]]

  @classmethod
  def of(cls, algorithm: Algorithm) -> "Runs":
    """Runs of an algorithm; a UserError if one fails."""
    lengths = [algorithm.min_nodes + more for more in _MORE_NODES]
    counts = dict.fromkeys(lengths, _FEW) | {lengths[-1]: _MANY}
    return cls(
      algorithm,
      {n: runs_of(algorithm, n, k) for n, k in counts.items()},
      {
        n: runs_of(algorithm, n, _FEW, for_training=True)
        for n in lengths
        if algorithm.training_arguments(n)
      },
    )

  @property
  def many(self) -> list[Run]:
    """The runs of the length that has many."""
    return self.by_length[max(self.by_length)]

  @property
  def everything(self) -> list[Run]:
    """All runs of all lengths, those of training included."""
    groups = (*self.by_length.values(), *self.of_training.values())
    return list(itertools.chain(*groups))


def draws_keyed_by_the_generator(runs: Runs) -> Flaws:
  """The same key gives the same instance, another key another."""
  kinds = {"draw": runs.by_length, "draw_training": runs.of_training}
  for what, before in kinds.items():
    if not before:
      continue
    length, for_training = max(before), what == "draw_training"
    (again,), (other,) = (
      runs_of(runs.algorithm, length, 1, for_training=for_training, seed=seed)
      for seed in (0, 1)
    )
    first = before[length][0]
    if not _same(first.inputs, again.inputs):
      yield f"{what} returns two instances for the same rng; draw all from it"
    if _same(first.inputs, other.inputs):
      yield f"{what} returns the same instance for any rng; draw from it"


def runs_that_repeat(runs: Runs) -> Flaws:
  """Two runs on an instance give the same record."""
  for run in runs.many[:_FEW]:
    if not _same_runs(run, _solved(runs.algorithm, run.instance)):
      yield "two runs on an instance differ; draw whatever is random in draw"
      return


def steps_to_predict(runs: Runs) -> Flaws:
  """Some run has more than the first hints, which the network is given."""
  if all(len(next(iter(run.hints.values()))) < 2 for run in runs.everything):
    yield "runs give hints once; give them before the first step and after each"


def the_same_categories_always(runs: Runs) -> Flaws:
  """A categorical has as many categories in one instance as in another."""
  for name, (stage, _, type_) in runs.algorithm.spec.items():
    if type_ == clrs.Type.CATEGORICAL:
      counts = {_arrays(run, stage)[name].shape[-1] for run in runs.everything}
      if len(counts) > 1:
        yield (
          f"{stage} {name!r} has {min(counts)} to {max(counts)} categories; "
          "give it the same number in all instances"
        )


def outputs_that_vary(runs: Runs) -> Flaws:
  """No output is the same in all instances."""
  first, *others = runs.many
  for name, value in first.outputs.items():
    if all(np.array_equal(value, run.outputs[name]) for run in others):
      yield (
        f"output {name!r} is the same in {len(runs.many)} instances of "
        f"{max(runs.by_length)} nodes; let it depend on the inputs"
      )


def targets_that_inputs_decide(runs: Runs) -> Flaws:
  """No part of an instance changes the targets alone."""
  hidden = set()
  for run, other in itertools.pairwise(runs.many[: 1 + _FEW]):
    for part in range(len(run.instance)):
      mixed = [*run.instance]
      mixed[part] = other.instance[part]
      try:
        found = _solved(runs.algorithm, mixed)
      except Exception:  # The parts do not fit together.
        continue
      if _same(_given(run), _given(found)) and not _same_runs(run, found):
        hidden.add(part)
  for part in sorted(hidden):
    yield (
      f"part {part} of what draw returns changes targets, but no input and no "
      "first hint; make it an input"
    )


RULES: Mapping[str, Callable[[Runs], Flaws]] = {
  rule.__name__.replace("_", " "): rule
  for rule in (
    draws_keyed_by_the_generator,
    runs_that_repeat,
    steps_to_predict,
    the_same_categories_always,
    outputs_that_vary,
    targets_that_inputs_decide,
  )
}
_RUNS = "runs that follow the specification"


def examine(algorithm: Algorithm) -> Iterator[tuple[str, list[str]]]:
  """Each rule with the flaws of an algorithm; one that fails to run has one."""
  try:
    runs = Runs.of(algorithm)
  except UserError as error:
    yield _RUNS, [str(error).removeprefix(f"{_prefix(algorithm)}")]
    return
  yield _RUNS, []
  for name, rule in RULES.items():
    yield name, list(rule(runs))


def check_own(algorithms: Iterable[Algorithm]) -> None:
  """Raises a UserError with the first flaw of an algorithm of a user's own."""
  for algorithm in filter(registry.is_own, algorithms):
    for _, flaws in examine(algorithm):
      if flaws:
        raise UserError(f"{_prefix(algorithm)}{flaws[0]}")


def check_algorithms(algorithms: Iterable[Algorithm]) -> None:
  """Prints a line for each algorithm and rule.

  Raises:
    UserError: an algorithm breaks a rule.
  """
  lines = CheckLines()
  for algorithm in algorithms:
    for rule, flaws in examine(algorithm):
      lines.say(algorithm.name, rule, flaws)
  lines.end()


def _prefix(algorithm: Algorithm) -> str:
  return f"algorithm {algorithm.name!r}: "


def runs_of(
  algorithm: Algorithm,
  length: int,
  count: int,
  *,
  for_training: bool = False,
  seed: int = 0,
) -> list[Run]:
  """Runs on the first instances that are drawn with a seed."""
  instances = algorithm.instances(length, seed, for_training=for_training)
  return [_solved(algorithm, i) for i in itertools.islice(instances, count)]


def _solved(algorithm: Algorithm, instance: list[Any]) -> Run:
  _, record = algorithm.run(*copy.deepcopy(instance))
  inputs, outputs, hints = probing.split_stages(record, algorithm.spec)
  return Run(
    instance,
    {point.name: np.asarray(point.data[0]) for point in inputs},
    {point.name: np.asarray(point.data[:, 0]) for point in hints},
    {point.name: np.asarray(point.data[0]) for point in outputs},
  )


def _arrays(run: Run, stage: str) -> Arrays:
  return {
    clrs.Stage.INPUT: run.inputs,
    clrs.Stage.HINT: run.hints,
    clrs.Stage.OUTPUT: run.outputs,
  }[stage]


def _given(run: Run) -> Arrays:
  """Everything that the network is given."""
  return run.inputs | {name: hint[0] for name, hint in run.hints.items()}


def _same(a: Arrays, b: Arrays) -> bool:
  return all(np.array_equal(a[name], b[name]) for name in a)


def _same_runs(a: Run, b: Run) -> bool:
  return all(_same(_arrays(a, stage), _arrays(b, stage)) for stage in STAGES)
