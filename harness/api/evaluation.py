"""Evaluation of activations from Python: functions, names and files."""

import math
import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import jax

from evolve import candidates
from evolve.admission.admission import Admission, RejectedError
from evolve.admission.probe import Probe, probe
from evolve.cost import Budget
from evolve.program import Program
from evolve.runs.evaluate import evaluate_all
from evolve.runs.evaluation_line import EvaluationLine
from evolve.runs.score import record_of
from evolve.workers.cascade import Cascade
from evolve.workers.pool import WorkerPool
from harness.api.arguments import listed
from harness.api.scores import Scores
from harness.core import evidence
from harness.core.console import Progress
from harness.core.errors import UserError
from harness.core.fitness import (
  Activation,
  Fidelity,
  Fitness,
  Report,
  Status,
  failure,
)
from tasks.lab.fitness import FULL, LabFitness
from tasks.lab.suites import NUM_TASKS, Suite

# A function runs at the caller's cost: it is measured, and never refused.
_UNLIMITED = Admission(Budget(math.inf, math.inf))
_FITNESS = "evaluate"

Given = Activation | str | os.PathLike[str]
_Result = tuple[int, Probe | None, Report]


def evaluate(
  activations: Given | Iterable[Given],
  suite: str = "lab",
  *,
  num_tasks: int = NUM_TASKS,
  draw: int = 0,
  tasks: str | Iterable[str] = (),
  task_modules: str | Iterable[str] = (),
  steps: int | None = None,
  num_seeds: int | None = None,
  seed: int = 0,
  workers: int = 2,
  progress: bool = True,
) -> Scores:
  """Scores activations by how well small networks with them generalise.

  Functions are the caller's own and run in this process. Text is a name or a
  file, which goes through the language of candidates and confined processes.
  The same seed gives all of them the same data, weights and batches.

  Args:
    activations: functions from an array to one of the same shape and dtype,
      named activations, paths to .py files; or one of these.
    suite: "lab", "fresh", "heldout", one that a task module defines, or a whole
      label such as "lab@2/64/0".
    num_tasks: to draw.
    draw: its number; another one has other tasks.
    tasks: names, generators, families or tags to choose from the suite; all if
      empty.
    task_modules: importable modules, or paths to .py files, with tasks of one's
      own.
    steps: of training; full fidelity if None.
    num_seeds: networks per task; full fidelity if None.
    seed: keys every random draw.
    workers: processes at a time, for text.
    progress: whether to show what is being evaluated.

  Returns:
    A record for each activation, in their order.

  Raises:
    UserError: a name, file or task is unknown; says which.
  """
  fidelity = Fidelity(steps or FULL.steps, num_seeds or FULL.num_seeds)
  lab = LabFitness(
    Suite.of(suite, num_tasks, draw),
    listed(tasks),
    listed(task_modules),
  )
  lab.load()
  given = _resolved(activations)
  found: dict[int, dict[str, Any]] = {}
  line = EvaluationLine("evaluating", [name for name, _ in given], workers)
  with Progress() as shown:
    if progress:
      shown.show(line.text)
    ended = _evaluated(
      [what for _, what in given], lab, seed, fidelity, workers
    )
    for index, described, report in ended:
      name = given[index][0]
      found[index] = record_of(name, lab.suite, described, report)
      line.end(index, report)
  drawn = any(record["families"] for record in found.values())
  title = (
    f"OOD score on {lab.suite}, {fidelity}; 95% CI {evidence.over(drawn=drawn)}"
  )
  return Scores([found[index] for index in range(len(given))], title)


def _resolved(
  activations: Given | Iterable[Given],
) -> list[tuple[str, Activation | Program]]:
  """Functions and programs, each with a name that no other has."""
  if isinstance(activations, str | os.PathLike) or callable(activations):
    activations = [activations]
  found: list[tuple[str, Activation | Program]] = []
  for given in activations:
    if isinstance(given, str | os.PathLike):
      found += candidates.by_name([os.fspath(given)]).items()
    elif callable(given):
      found.append((_name_of(given), given))
    else:
      raise UserError(
        f"{given!r} is no activation; give a function, a name such as "
        "'gelusine', or a path to a .py file"
      )
  if not found:
    raise UserError(
      "no activation given; e.g. evaluate([jax.nn.gelu, 'gelusine'])"
    )
  names = [name for name, _ in found]
  return [
    (_numbered(name, names[:index]), what)
    for index, (name, what) in enumerate(found)
  ]


def _name_of(function: Callable[..., Any]) -> str:
  function = getattr(function, "func", function)  # A functools.partial's.
  return str(getattr(function, "__name__", type(function).__name__))


def _numbered(name: str, before: list[str]) -> str:
  count = before.count(name)
  return f"{name} ({count + 1})" if count else name


def _evaluated(
  given: list[Activation | Program],
  fitness: Fitness,
  seed: int,
  fidelity: Fidelity,
  num_workers: int,
) -> Iterator[_Result]:
  """The index, probe and report of each, as they end."""
  programs = {i: p for i, p in enumerate(given) if isinstance(p, Program)}
  if programs:
    yield from _in_workers(programs, fitness, seed, fidelity, num_workers)
  for index, activation in enumerate(given):
    if not isinstance(activation, Program):
      yield index, *_in_process(activation, fitness, seed, fidelity)


def _in_workers(
  programs: dict[int, Program],
  fitness: Fitness,
  seed: int,
  fidelity: Fidelity,
  num_workers: int,
) -> Iterator[_Result]:
  cascade = Cascade.single(_FITNESS, seed, fidelity)
  prepare = [(_FITNESS, seed, fidelity)]
  with WorkerPool({_FITNESS: fitness}, num_workers, prepare=prepare) as pool:
    indices, texts = list(programs), list(programs.values())
    ended = evaluate_all(pool, texts, cascade, Admission())
    for place, found, (report,) in ended:
      yield indices[place], found, report


def _in_process(
  activation: Activation, fitness: Fitness, seed: int, fidelity: Fidelity
) -> tuple[Probe | None, Report]:
  found = None
  try:
    found = probe(activation, _UNLIMITED)
  except RejectedError as error:
    if error.status is not Status.OVER_BUDGET:
      return None, Report(error.status, str(error))
  except Exception as error:  # A function may raise anything.
    return None, failure(error)
  with jax.enable_x64(False):  # As in the workers, whatever the caller chose.
    (report,) = fitness.evaluate([activation], seed, fidelity)
  return found, report
