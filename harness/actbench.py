"""Act-Bench: scores of thousands of activations, trained once.

  python -m harness.actbench --workdir=runs/act-bench --action=build
  python -m harness.actbench --benchmark=runs/act-bench/act-bench.csv.gz \\
    --action=compare --output=surrogates.html

Builds our own benchmark, all functions of a published space that differ, which
takes minutes for a task and a seed, and three hours on the lab; looks functions
up in it or in records of the published one; compares strategies by searches
that are replayed on it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from absl import flags

from harness.core import console, entry
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

_LAB = "lab"  # On the command line; in a file, its suite's label.
_LAB_TASKS, _LAB_STEPS = 32, 100


def _trainers(formulas: Any) -> dict[str, Any]:
  """Trainers of formulas, by task."""
  import jax

  from evolve.surrogate.mapping import FormulaMap
  from harness.core.fitness import Fidelity
  from tasks.actbench import problems, training
  from tasks.lab.fitness import LabFitness
  from tasks.lab.mapped import MappedLab

  def of_problem(name: str) -> Any:
    program = FormulaMap(
      lambda activation, key: training.train(name, activation, key)[0], formulas
    )
    return lambda chunk, seed: program(chunk, jax.random.PRNGKey(seed))

  lab = MappedLab(
    LabFitness(_suite(), (), ()),
    Fidelity(_LAB_STEPS, 1),
    lambda compute: FormulaMap(compute, formulas, chunk=16),
  )
  found = {name: of_problem(name) for name in problems.PROBLEMS}
  return {**found, _suite().label: lab.values}


def _suite() -> Any:
  from tasks.lab.suites import Suite

  return Suite.of(_LAB, _LAB_TASKS, 0)


def _fidelities() -> dict[str, str]:
  """Words for how long and on what each task trains, for run.json."""
  from tasks.actbench import training

  words = {name: training.fidelity(name) for name in ("digits", "spirals")}
  return {**words, _suite().label: f"{_LAB_STEPS} steps x 1 seed"}


def _build() -> None:
  from evolve.proposers.spaces.enumeration import SMALL
  from evolve.surrogate import building
  from tasks.actbench.problems import PROBLEMS

  for task in _TASKS.value:
    if task not in (*PROBLEMS, _LAB):
      raise unknown("task", task, [*PROBLEMS, _LAB])
  tasks = [_suite().label if t == _LAB else t for t in _TASKS.value]
  seeds = entry.parse_seeds(_SEEDS.value)
  workdir = entry.open_workdir(_WORKDIR.value, resume=_RESUME.value)
  formulas = [SMALL.formula(int(i)) for i in SMALL.first_of_each()]
  trainers = _trainers(formulas)
  bench = building.build(
    formulas,
    {task: trainers[task] for task in tasks},
    seeds,
    {"functions": len(formulas), "fidelity": _fidelities()},
    workdir,
  )
  _print_top(bench)
  console.say(f"the benchmark is {workdir.path / building.FILE}")


def _read() -> Any:
  from evolve.surrogate import actbench

  if not _BENCHMARK.value:
    raise UserError(
      "--benchmark is required, e.g. runs/act-bench/act-bench.csv.gz"
    )
  bench = actbench.read(Path(_BENCHMARK.value))
  if bench.absent:
    console.say(
      f"{_BENCHMARK.value} has no {', '.join(bench.absent)}, which nothing "
      "here needs"
    )
  return bench


def _look_up() -> None:
  bench = _read()
  if _FUNCTION.value:
    _print_scores(bench, {n: _listed(bench, n) for n in _FUNCTION.value})
  else:
    _print_top(bench)


def _listed(bench: Any, name: str) -> str:
  """The function of a benchmark that is meant: of equal ones it has one.

  Raises:
    UserError: it has none.
  """
  from evolve.proposers.spaces.enumeration import SMALL
  from evolve.proposers.spaces.formula import parse

  if name in bench.functions:
    return name
  try:
    formula = parse(name)
  except ValueError:
    raise unknown("function", name, bench.functions) from None
  equal = {str(formula), str(SMALL.first_equal(formula))} & {*bench.functions}
  if not equal:
    raise unknown("function", name, bench.functions)
  return equal.pop()


def _print_top(bench: Any) -> None:
  import numpy as np

  first = next(iter(bench.scores))
  means = np.nan_to_num(bench.of_task(first), nan=-np.inf)
  order = np.argsort(-means, kind="stable")[: _TOP.value]
  _print_scores(
    bench, {name: name for name in map(bench.functions.__getitem__, order)}
  )


def _print_scores(bench: Any, names: Mapping[str, str]) -> None:
  """Prints scores of functions.

  Args:
    bench: has them.
    names: of its functions, by what was asked for.
  """
  from harness.core.printed_table import print_table

  means = {task: bench.of_task(task) for task in bench.scores}
  rows = []
  for asked, name in names.items():
    place = bench.functions.index(name)
    shown = asked if asked == name else f"{asked} = {name}"
    rows.append([shown, *(f"{m[place]:.4f}" for m in means.values())])
  print_table("Mean scores over seeds", ["function", *means], rows)


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
    _networks,
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
  return {**found, _suite().label: Network(*probing.mlp())}


def cli() -> None:
  """The console script."""
  entry.run(main, __doc__)


if __name__ == "__main__":
  cli()
