"""Trains and tests graph networks on molecules with given activations.

  python -m harness.molhiv --data_dir=DIR --preset=fast --workdir=runs/molhiv

The data set is ogbg-molhiv of the Open Graph Benchmark: --data_dir holds its
archive hiv.zip, or what was unpacked from it, ogbg_molhiv/, or what
--build_from has built there from a CSV of SMILES. Networks are the baselines
of its leaderboard, with the activation in place of every ReLU. Writes one
record for each activation and seed to scores.jsonl in the workdir as soon as it
is known, curves for TensorBoard, and prints a table beside the leaderboard.
"""

import dataclasses
from pathlib import Path

from absl import flags

from harness.core import cluster, entry, parameters
from harness.core.parameters import Share

_DATASET = flags.DEFINE_enum(
  "dataset", "ogbg-molhiv", ["ogbg-molhiv"], "there is one"
)
_ACTIVATIONS = flags.DEFINE_list(
  "activations",
  ["relu"],
  "named activations, 'all' of them, 'panel' (20 fixed ones, and those that "
  "searches found), or paths to a .py file holding one, each perhaps with "
  ":layer or :channel, see --parameters; with --resume, they are added to the "
  "run's",
)
_SEEDS = flags.DEFINE_list(
  "seeds",
  ["0"],
  "one training for each, e.g. 0,1,2; with --resume, they are added to the "
  "run's",
  short_name="seed",
)
_PARAMETERS = flags.DEFINE_enum(
  "parameters", Share.FROZEN, list(Share), parameters.HELP
)
_WORKDIR = flags.DEFINE_string("workdir", None, "directory for the results")
_RESUME = flags.DEFINE_bool("resume", False, "go on with the run in workdir")
_DATA_DIR = flags.DEFINE_string(
  "data_dir", None, "holds hiv.zip or ogbg_molhiv/, or gets the latter"
)
_BUILD_FROM = flags.DEFINE_string(
  "build_from",
  None,
  "a CSV, perhaps .gz, with columns smiles, HIV_active and split (without the "
  "last the scaffold split is rebuilt): write ogbg_molhiv/ into --data_dir by "
  "RDKit, and stop; a build that was stopped goes on",
)
_PRESET = flags.DEFINE_enum(
  "preset",
  "paper",
  ["paper", "fast"],
  "paper: as the leaderboard's baselines; fast: a small network for a few "
  "epochs, minutes on two cores",
)
# Each replaces the preset's field of its name.
_PROTOCOL = (
  flags.DEFINE_string(
    "model", None, "gin, gin_virtual, gcn or gcn_virtual (default: gin)"
  ),
  flags.DEFINE_integer(
    "layers",
    None,
    "rounds of messages (default: the preset's)",
    lower_bound=1,
  ),
  flags.DEFINE_integer(
    "hidden_size",
    None,
    "width of the network (default: the preset's)",
    lower_bound=1,
  ),
  flags.DEFINE_float(
    "dropout",
    None,
    "share of hidden numbers that a step leaves out (default: the preset's)",
    lower_bound=0.0,
    upper_bound=0.99,
  ),
  flags.DEFINE_integer(
    "epochs",
    None,
    "passes over the training molecules (default: the preset's)",
    lower_bound=1,
  ),
  flags.DEFINE_integer(
    "batch_size",
    None,
    "molecules of a step (default: the preset's)",
    lower_bound=2,
  ),
  flags.DEFINE_float(
    "learning_rate", None, "of Adam (default: the preset's)", lower_bound=0.0
  ),
)
_JOBS = flags.DEFINE_integer(
  "jobs",
  1,
  "trainings at a time, each in a process of its own with its share of the "
  "cores, or a GPU; with --resume, another number may be typed",
  lower_bound=1,
)
_RAY = flags.DEFINE_string(
  "ray", None, f"{cluster.HELP}; all nodes must see --workdir and --data_dir"
)
_CPUS_PER_JOB = flags.DEFINE_integer(
  "cpus_per_job",
  1,
  "processors of a node for each training, with --ray",
  lower_bound=1,
)
_GPUS_PER_JOB = flags.DEFINE_float(
  "gpus_per_job",
  0.0,
  "GPUs of a node for each training, with --ray; 0.5 if two share one",
  lower_bound=0.0,
)
_MERGE = flags.DEFINE_list(
  "merge",
  [],
  "run directories of one protocol, from any machines, which become one run in "
  "--workdir; nothing is trained",
)
_LIST_ACTIVATIONS = flags.DEFINE_bool(
  "list_activations", False, "print the named activations and stop"
)

# Flags on what trains, which a resumed run may have other values of.
_PLACES = ("jobs", "ray", "cpus_per_job", "gpus_per_job")


def main() -> None:
  begun = entry.resume(
    may_change=("data_dir", *_PLACES),
    may_grow=("activations", "seeds"),
    paths=("data_dir", "merge"),
    alone="merge",
  )
  # Imported here: --help must not wait for JAX.
  from evolve import candidates, panel
  from evolve.admission.admission import Admission
  from evolve.runs import score
  from evolve.runs.admit import admit
  from harness.core import console
  from harness.core.errors import UserError
  from harness.core.trainings.on_cluster import Remote
  from harness.core.trainings.processes import share_memory_of_gpus
  from harness.reporting import merging
  from tasks.molhiv import networks, results, run
  from tasks.molhiv.config import Config
  from tasks.molhiv.protocol import PRESETS

  if _LIST_ACTIVATIONS.value:
    score.print_activations()
    panel.print_members()
    return
  if _MERGE.value:
    merging.run(
      "molhiv",
      _MERGE.value,
      entry.open_workdir(_WORKDIR.value, resume=_RESUME.value),
      run.summary,
      results.print_run,
    )
    return
  if not _DATA_DIR.value:
    raise UserError("--data_dir is required; e.g. --data_dir=runs/data")
  data_dir = entry.data_dir(_DATA_DIR.value)
  if _BUILD_FROM.value:
    run.build(Path(_BUILD_FROM.value).expanduser(), data_dir)
    return
  protocol = dataclasses.replace(
    PRESETS[_PRESET.value], **entry.given(_PROTOCOL)
  )
  networks.design(protocol.model)
  remote = Remote.of(
    _RAY.value, _JOBS.value, _CPUS_PER_JOB.value, _GPUS_PER_JOB.value
  )
  seeds = entry.parse_seeds(_SEEDS.value)
  share = Share(_PARAMETERS.value)
  programs = candidates.by_name(_ACTIVATIONS.value, begun, share)
  admitted = admit(programs, Admission())
  for name, found in admitted.items():
    if not found.pointwise:
      console.say(
        f"warning: {name} mixes elements: its outputs for a molecule depend on "
        "the others in the batch, and on its padding"
      )
  if _JOBS.value > 1 or remote:
    share_memory_of_gpus()
  config = Config(
    protocol=protocol,
    activations={n: found.activation for n, found in admitted.items()},
    program_ids={n: found.program_id for n, found in admitted.items()},
    seeds=seeds,
    data_dir=data_dir,
    jobs=_JOBS.value,
    remote=remote,
  )
  workdir = entry.open_workdir(
    _WORKDIR.value,
    resume=_RESUME.value,
    sources=candidates.sources(programs.items()),
  )
  run.run(config, workdir)


def cli() -> None:
  """The console script."""
  entry.run(main, __doc__)


if __name__ == "__main__":
  cli()
