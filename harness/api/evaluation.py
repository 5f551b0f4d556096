"""Evaluation of activations from Python: functions, names and files."""

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from evolve import candidates
from evolve.program import Program
from evolve.runs.evaluation_line import EvaluationLine
from evolve.runs.score import record_of
from harness.api import running
from harness.api.arguments import listed
from harness.api.scores import Scores
from harness.core import evidence
from harness.core.console import Progress
from harness.core.errors import UserError, unknown
from harness.core.fitness import Activation, Fidelity, Fitness
from harness.core.parameters import Share
from tasks import selection
from tasks.lab.fitness import LabFitness
from tasks.lab.suites import NUM_TASKS, Suite
from tasks.objective import Objective

Given = Activation | str | os.PathLike[str]


def evaluate(
  activations: Given | Iterable[Given],
  suite: str = "lab",
  *,
  fitness: str | Callable[[Activation, int], Any] | Fitness | None = None,
  num_tasks: int = NUM_TASKS,
  draw: int = 0,
  tasks: str | Iterable[str] = (),
  task_modules: str | Iterable[str] = (),
  steps: int | None = None,
  num_seeds: int | None = None,
  seed: int = 0,
  parameters: str = Share.FROZEN,
  workers: int = 2,
  progress: bool = True,
) -> Scores:
  """Scores activations by how well small networks with them generalise.

  Functions are the caller's own and run in this process. Text is a name or a
  file, which goes through the language of candidates and confined processes.
  The same seed gives all of them the same data, weights and batches.

  An objective of one's own, in place of a suite, is "file.py:name" or an object
  of this process: a function evaluate(activation, seed) -> float in [0, 1], or
  an object of the Fitness protocol (harness/core/fitness.py). Other processes
  can't have the latter, so that text, once a confined process has admitted it,
  runs in this one, too.

  Args:
    activations: functions from an array to one of the same shape and dtype,
      named activations, paths to .py files; or one of these.
    suite: "lab", "fresh", "heldout", one that a task module defines, or a whole
      label such as "lab@2/64/0".
    fitness: an objective of one's own.
    num_tasks: to draw.
    draw: its number; another one has other tasks.
    tasks: names, generators, families or tags to choose from the suite; all if
      empty.
    task_modules: importable modules, or paths to .py files, with tasks of one's
      own.
    steps: of training; full fidelity if None.
    num_seeds: networks per task; full fidelity if None.
    seed: keys every random draw.
    parameters: whether keyword arguments of named activations and files are
      "frozen" at their default values, or trained by "layer" or "channel";
      "prelu:layer" says so for one of them.
    workers: processes at a time, for text.
    progress: whether to show what is being evaluated.

  Returns:
    A record for each activation, in their order.

  Raises:
    UserError: a name, file or task is unknown, or arguments exclude each other;
      says which.
  """
  lab = LabFitness(
    Suite.of(suite, num_tasks, draw),
    listed(tasks),
    listed(task_modules),
  )
  chosen = selection.select(fitness, lab)
  fidelity = selection.fidelity(chosen, steps, num_seeds)
  if parameters not in set(Share):
    raise unknown("parameters", parameters, list(Share))
  given = _resolved(activations, Share(parameters))
  found: dict[int, dict[str, Any]] = {}
  line = EvaluationLine("evaluating", [name for name, _ in given], workers)
  with Progress() as shown:
    if progress:
      shown.show(line.text)
    ended = _evaluated(
      [what for _, what in given], chosen, seed, fidelity, workers
    )
    for index, described, report in ended:
      name = given[index][0]
      found[index] = record_of(name, chosen.suite, described, report)
      line.end(index, report)
  drawn = any(record["families"] for record in found.values())
  title = (
    f"{'OOD score' if chosen is lab else 'Values'} on {chosen.suite}, "
    f"{fidelity}; 95% CI {evidence.over(drawn=drawn)}"
  )
  return Scores([found[index] for index in range(len(given))], title)


def _resolved(
  activations: Given | Iterable[Given], share: Share
) -> list[tuple[str, Activation | Program]]:
  """Functions and programs, each with a name that no other has."""
  if isinstance(activations, str | os.PathLike) or callable(activations):
    activations = [activations]
  found: list[tuple[str, Activation | Program]] = []
  for given in activations:
    if isinstance(given, str | os.PathLike):
      found += candidates.by_name([os.fspath(given)], share=share).items()
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
  fitness: LabFitness | Objective,
  seed: int,
  fidelity: Fidelity,
  num_workers: int,
) -> Iterator[running.Result]:
  """The index, probe and report of each, as they end."""
  programs = {i: p for i, p in enumerate(given) if isinstance(p, Program)}
  functions = {i: f for i, f in enumerate(given) if not isinstance(f, Program)}
  if programs and isinstance(fitness, Objective) and not fitness.is_in_file:
    yield from running.admitted_here(programs, fitness, seed, fidelity)
  elif programs:
    yield from running.in_workers(
      programs, fitness, seed, fidelity, num_workers
    )
  yield from running.here(functions, fitness, seed, fidelity)
