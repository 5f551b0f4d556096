"""Act-Bench: scores of thousands of activations, trained once.

  python -m harness.actbench --workdir=runs/act-bench --action=build
  python -m harness.actbench --benchmark=runs/act-bench/act-bench.csv.gz \\
    --action=compare --output=surrogates.html

Builds our own benchmark, all functions of a published space that differ, which
takes minutes for a task and a seed; looks functions up in it or in records of
the published one; compares strategies by searches that are replayed on it.
"""

from pathlib import Path
from typing import Any

from absl import flags

from harness.core import entry
from harness.core.errors import UserError, unknown

_ACTION = flags.DEFINE_enum(
  "action",
  "compare",
  ["build", "look_up", "compare"],
  "build the benchmark, print scores of functions, or compare strategies on it",
)
_WORKDIR = flags.DEFINE_string(
  "workdir", None, "directory of a build; it gets act-bench.csv.gz"
)
_RESUME = flags.DEFINE_bool("resume", False, "go on with the build in workdir")
_BENCHMARK = flags.DEFINE_string(
  "benchmark",
  None,
  "file of a benchmark: our own (.csv.gz), or records of the published kind "
  "(CSV or JSON)",
)
_TASKS = flags.DEFINE_list(
  "tasks",
  ["digits", "spirals"],
  "digits, spirals, lab; with --resume, further ones join a build",
)
_SEEDS = flags.DEFINE_list(
  "seeds",
  ["0"],
  "of each task; with --resume, further ones join a build",
  short_name="seed",
)
_FUNCTION = flags.DEFINE_multi_string(
  "function", [], "a formula to look up, e.g. 'mul(sigmoid(x), identity(x))'"
)
_TOP = flags.DEFINE_integer(
  "top", 10, "without --function, so many of the best", lower_bound=1
)
_SEARCHES = flags.DEFINE_integer(
  "searches", 20, "replayed for each strategy", lower_bound=2
)
_EVALUATIONS = flags.DEFINE_integer(
  "evaluations", 92, "of a search, after eight drawn at random", lower_bound=10
)
_OUTPUT = flags.DEFINE_string(
  "output", "actbench.html", "page of a comparison; figures go beside it"
)

_LAB = "lab"


def _trainers(formulas: Any) -> dict[str, Any]:
  """Trainers of formulas, by task."""
  import jax

  from evolve.surrogate.mapping import FormulaMap
  from harness.core.fitness import Fidelity
  from tasks.actbench import problems, training
  from tasks.lab.fitness import LabFitness
  from tasks.lab.mapped import MappedLab
  from tasks.lab.suites import Suite

  def of_problem(name: str) -> Any:
    program = FormulaMap(
      lambda activation, key: training.train(name, activation, key)[0], formulas
    )
    return lambda chunk, seed: program(chunk, jax.random.PRNGKey(seed))

  lab = MappedLab(
    LabFitness(Suite.of(_LAB, 32, 0), (), ()),
    Fidelity(100, 1),
    lambda compute: FormulaMap(compute, formulas, chunk=16),
  )
  found = {name: of_problem(name) for name in problems.PROBLEMS}
  return {**found, _LAB: lab.values}


def _build() -> None:
  from evolve.proposers.spaces.enumeration import SMALL
  from evolve.surrogate import building
  from harness.core.console import say
  from tasks.actbench.problems import PROBLEMS

  for task in _TASKS.value:
    if task not in (*PROBLEMS, _LAB):
      raise unknown("task", task, [*PROBLEMS, _LAB])
  seeds = entry.parse_seeds(_SEEDS.value)
  workdir = entry.open_workdir(_WORKDIR.value, resume=_RESUME.value)
  formulas = [SMALL.formula(int(i)) for i in SMALL.first_of_each()]
  trainers = _trainers(formulas)
  building.build(
    formulas,
    {task: trainers[task] for task in _TASKS.value},
    seeds,
    {"functions": len(formulas)},
    workdir,
  )
  say(f"the benchmark is {workdir.path / building.FILE}")


def _read() -> Any:
  from evolve.surrogate import actbench

  if not _BENCHMARK.value:
    raise UserError(
      "--benchmark is required, e.g. runs/act-bench/act-bench.csv.gz"
    )
  return actbench.read(Path(_BENCHMARK.value))


def _look_up() -> None:
  import numpy as np

  from harness.core.printed_table import print_table

  bench = _read()
  tasks = list(bench.scores)
  means = {task: bench.of_task(task) for task in tasks}
  names = _FUNCTION.value
  for name in names:
    if name not in bench.functions:
      raise unknown("function", name, bench.functions)
  if not names:
    order = np.argsort(-np.nan_to_num(means[tasks[0]]), kind="stable")
    names = [bench.functions[i] for i in order[: _TOP.value]]
  rows = [
    [name, *(f"{means[t][bench.functions.index(name)]:.4f}" for t in tasks)]
    for name in names
  ]
  print_table("Mean scores over seeds", ["function", *tasks], rows)


def main() -> None:
  entry.resume(may_change=(), may_grow=("tasks", "seeds"), paths=("benchmark",))
  if _ACTION.value == "build":
    _build()
  elif _ACTION.value == "look_up":
    _look_up()
  else:
    _compare()


def _compare() -> None:
  from harness.reporting import surrogates

  surrogates.compare(
    _read(),
    _networks(),
    num_searches=_SEARCHES.value,
    num_evaluations=_EVALUATIONS.value,
    page_path=Path(_OUTPUT.value),
  )


def _networks() -> dict[str, Any]:
  """Networks at initialisation, with a batch, for Fisher features by task."""
  from evolve.surrogate.fisher import Network
  from tasks.actbench import training
  from tasks.lab import probing

  found = {
    name: Network(*training.probe(name)) for name in ("digits", "spirals")
  }
  return {**found, _LAB: Network(*probing.mlp())}


def cli() -> None:
  """The console script."""
  entry.run(main, __doc__)


if __name__ == "__main__":
  cli()
