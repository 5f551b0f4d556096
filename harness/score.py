"""Scores activations on a suite of the lab.

  python -m harness.score --activations=relu,gelu,my.py --workdir=runs/score

Writes one record per activation to scores.jsonl in the workdir as soon as it is
known, and prints tables, in which files go by their stems:

  value     mean score of the networks beyond their training range: 0 is no
            better than predicting a constant, 1 is perfect; the logarithm of
            what is missing to perfect skill
  95% CI    of the value, over tasks and seeds (Student's t, stratified by
            family); for fewer than eight tasks and for an objective of your
            own over seeds, for three or more
  skill     mean OOD skill, 1 - loss / loss of predicting a constant
  ID        the same in the training range
  ID loss, OOD loss
            mean over tasks; of raw losses one task may outweigh all others
  memory    that a call takes, as a multiple of its input
  flops     weighted operations of a call, for each element

An objective of your own gives the value, and no skills or losses.
Where the terminal is too narrow, losses are left out first, then memory and
flops; scores.jsonl has all of them.
"""

from absl import flags

from harness.core import entry, parameters, user_module
from harness.core.parameters import Share
from tasks.lab.suites import NUM_TASKS

_ACTIVATIONS = flags.DEFINE_list(
  "activations",
  ["relu", "gelu", "gelusine", "gelu_sinc_perturbation"],
  "named activations, 'all' of them, 'panel' (20 fixed ones, and those that "
  "searches found), or paths to a .py file holding one, each perhaps with "
  ":layer or :channel, see --parameters; with --resume, they are added to the "
  "run's",
)
_PARAMETERS = flags.DEFINE_enum(
  "parameters", Share.FROZEN, list(Share), parameters.HELP
)
_WORKDIR = flags.DEFINE_string("workdir", None, "directory for the results")
_RESUME = flags.DEFINE_bool("resume", False, "go on with the run in workdir")
_SUITE = flags.DEFINE_string(
  "suite",
  "lab",
  "lab, fresh (other draws of the lab's generators), heldout (other "
  "generators), or a whole label such as lab@2/64/0",
)
_NUM_TASKS = flags.DEFINE_integer(
  "num_tasks", NUM_TASKS, "tasks to draw", lower_bound=1
)
_DRAW = flags.DEFINE_integer(
  "draw", 0, "number of the draw; another one has other tasks", lower_bound=0
)
_TASKS = flags.DEFINE_list(
  "tasks",
  [],
  "tasks, generators, families or tags to choose from the suite; empty for all",
)
_TASK_MODULE = flags.DEFINE_list(
  "task_module",
  [],
  "importable modules, or paths to .py files, whose tasks join the suite, or "
  "that define a suite of their own",
)
_FITNESS = flags.DEFINE_string(
  "fitness",
  None,
  "FILE.py:NAME, an objective of your own in place of a suite: a function "
  "evaluate(activation, seed) -> float in [0, 1], or an object of the Fitness "
  "protocol (harness/core/fitness.py)",
)
_SEED = flags.DEFINE_integer("seed", 0, "keys every random draw", lower_bound=0)
_NUM_SEEDS = flags.DEFINE_integer(
  "num_seeds",
  None,
  "networks per task (default: full fidelity); a larger number with --resume "
  "trains all of them anew",
  lower_bound=1,
)
_STEPS = flags.DEFINE_integer(
  "steps", None, "training steps (default: full fidelity)", lower_bound=1
)
_MAX_FLOPS = flags.DEFINE_float(
  "max_flops",
  None,
  "weighted operations per element that an activation may take (default: "
  "four times the dearest named activation)",
  lower_bound=1.0,
)
_MAX_MEMORY = flags.DEFINE_float(
  "max_memory",
  None,
  "memory that an activation may take, as a multiple of its input's",
  lower_bound=1.0,
)
_POINTWISE_ONLY = flags.DEFINE_bool(
  "pointwise_only", False, "refuse functions that mix elements"
)
_BY_TASK = flags.DEFINE_bool(
  "by_task", False, "print the score on every task, too"
)
_WORKERS = flags.DEFINE_integer(
  "workers", 2, "processes that train at the same time", lower_bound=1
)
_LIST_ACTIVATIONS = flags.DEFINE_bool(
  "list_activations", False, "print the named activations and stop"
)
_LIST_TASKS = flags.DEFINE_bool(
  "list_tasks", False, "print the tasks of the suite and stop"
)
_CHECK_TASKS = flags.DEFINE_bool(
  "check_tasks",
  False,
  "check the tasks of --task_module (without it, of the suite) against the "
  "rules for tasks, print a line for each check, and stop; takes minutes",
)


def main() -> None:
  begun = entry.resume(
    may_change=("workers", "by_task"),
    may_grow=("activations", "num_seeds"),
    paths=("fitness",),
    modules=("task_module",),
  )
  # Imported here: --help must not wait for JAX.
  from evolve import activations, candidates, panel
  from evolve.admission.admission import Admission
  from evolve.cost import Budget
  from evolve.runs import score
  from tasks import selection
  from tasks.lab import checking, fitness, listing
  from tasks.lab.suites import Suite

  if _LIST_ACTIVATIONS.value:
    score.print_activations()
    panel.print_members()
    return
  lab = fitness.LabFitness(
    Suite.of(_SUITE.value, _NUM_TASKS.value, _DRAW.value),
    tuple(_TASKS.value),
    tuple(_TASK_MODULE.value),
  )
  if _LIST_TASKS.value:
    listing.print_tasks(lab)
    return
  if _CHECK_TASKS.value:
    lab.load()
    checking.check_tasks(lab, activations.WELL_KNOWN)
    return
  chosen = selection.select(_FITNESS.value, lab)
  share = Share(_PARAMETERS.value)
  programs = candidates.by_name(_ACTIVATIONS.value, begun, share)
  config = score.ScoreConfig(
    programs=programs,
    seed=_SEED.value,
    fidelity=selection.fidelity(chosen, _STEPS.value, _NUM_SEEDS.value),
    num_workers=_WORKERS.value,
    admission=Admission(
      Budget.of(_MAX_FLOPS.value, _MAX_MEMORY.value), _POINTWISE_ONLY.value
    ),
    by_task=_BY_TASK.value,
  )
  workdir = entry.open_workdir(
    _WORKDIR.value,
    resume=_RESUME.value,
    sources=candidates.sources(programs.items()),
  )
  if workdir.resumed:
    user_module.check_unchanged(workdir.settings()["suite"], chosen.suite)
  score.score(config, chosen, workdir)


def cli() -> None:
  """The console script."""
  entry.run(main, __doc__)


if __name__ == "__main__":
  cli()
