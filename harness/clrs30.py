"""Trains and tests activations on the algorithms of CLRS-30.

  python -m harness.clrs30 --algorithms=bfs,sorting --workdir=runs/clrs30

By default as dm-clrs' own example does, with the activation in place of every
ReLU of the processor. --algorithm_module adds algorithms of your own;
tasks/clrs30/own_algorithm.py says what its file holds. Writes one record for
each algorithm, activation and seed to scores.jsonl in the workdir as soon as it
is known, and prints a table beside the published scores.
"""

import dataclasses
from pathlib import Path

from absl import flags

from harness.core import cluster, entry, parameters
from harness.core.parameters import Share

_ALGORITHMS = flags.DEFINE_list(
  "algorithms",
  [],
  "algorithms, categories such as sorting or graphs, or all, the 30 (default: "
  "those of --algorithm_module); with --resume, they are added to the run's",
)
_ALGORITHM_MODULE = flags.DEFINE_list(
  "algorithm_module",
  [],
  "importable modules, or paths to .py files, that register algorithms of your "
  "own; with --resume, they are added to the run's",
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
_PROCESSOR = flags.DEFINE_string(
  "processor",
  "triplet_gmpnn",
  "deepsets, gmpnn, mpnn, pgn, triplet_gmpnn, triplet_mpnn or triplet_pgn",
)
_SITES = flags.DEFINE_enum(
  "sites",
  "all",
  ["all", "upstream"],
  "where the activation stands: at every ReLU of the processor, or only where "
  "dm-clrs' own activation argument reaches",
)
_PRESET = flags.DEFINE_enum(
  "preset",
  "paper",
  ["paper", "fast", "smoke"],
  "paper: as published; fast: a small network for 300 steps at two "
  "lengths; smoke: a tiny one for a few steps, to see it work",
)
# Each replaces the preset's field of its name; --train_lengths does, too.
_PROTOCOL = (
  flags.DEFINE_integer(
    "train_steps", None, "training steps (default: the preset's)", lower_bound=1
  ),
  flags.DEFINE_integer(
    "batch_size",
    None,
    "trajectories of a step (default: the preset's)",
    lower_bound=1,
  ),
  flags.DEFINE_integer(
    "eval_every",
    None,
    "steps between two validations (default: the preset's)",
    lower_bound=1,
  ),
  flags.DEFINE_integer(
    "sample_multiplier",
    None,
    "trajectories of a validation, as a multiple of the benchmark's (default: "
    "the preset's)",
    lower_bound=1,
  ),
  flags.DEFINE_integer(
    "test_size",
    None,
    "trajectories of the test of an algorithm (default: the preset's; as "
    "published, all of the benchmark's)",
    lower_bound=1,
  ),
  flags.DEFINE_integer(
    "hidden_size",
    None,
    "width of the network (default: the preset's)",
    lower_bound=1,
  ),
  flags.DEFINE_float(
    "learning_rate", None, "of Adam (default: the preset's)", lower_bound=0.0
  ),
  flags.DEFINE_float(
    "max_gradient_norm",
    None,
    "gradients are clipped to it (default: the preset's)",
    lower_bound=0.0,
  ),
)
_TRAIN_LENGTHS = flags.DEFINE_list(
  "train_lengths",
  None,
  "numbers of nodes to train on, in turns, e.g. 4,7,16 (default: the preset's)",
)
_TEST_LENGTHS = flags.DEFINE_list(
  "test_lengths",
  [],
  "numbers of nodes to test at beside the benchmark's 64, e.g. 128,256; on 32 "
  "trajectories (128 where each holds one answer), or the first --test_size of "
  "them, in parts that fit the memory",
)
_SEEDS_PER_PROGRAM = flags.DEFINE_integer(
  "seeds_per_program",
  1,
  "seeds that are trained side by side in one program, for a GPU",
  lower_bound=1,
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
_DATA_DIR = flags.DEFINE_string(
  "data_dir",
  None,
  "directory of the test splits, which are drawn there when first needed; an "
  "official archive or a split prepared by TensorFlow Datasets is preferred "
  "(default: TFDS_DATA_DIR, or ~/tensorflow_datasets)",
)
_SAMPLES_DIR = flags.DEFINE_string(
  "samples_dir",
  None,
  "batches and test splits from --write_samples, in place of drawing them",
)
_WRITE_SAMPLES = flags.DEFINE_bool(
  "write_samples",
  False,
  "write what the run would draw and read to --samples_dir, and stop",
)
_MERGE = flags.DEFINE_list(
  "merge",
  [],
  "run directories of one protocol, from any machines, which become one run in "
  "--workdir; nothing is trained",
)
_LIST_ALGORITHMS = flags.DEFINE_bool(
  "list_algorithms", False, "print the algorithms by category and stop"
)
_CHECK_ALGORITHMS = flags.DEFINE_bool(
  "check_algorithms",
  False,
  "check the algorithms against the rules for algorithms, print a line for "
  "each check, and stop",
)
_LIST_ACTIVATIONS = flags.DEFINE_bool(
  "list_activations", False, "print the named activations and stop"
)

# Flags on what trains, which a resumed run may have other values of.
_PLACES = ("jobs", "ray", "cpus_per_job", "gpus_per_job")


def main() -> None:
  begun = entry.resume(
    may_change=("data_dir", "samples_dir", *_PLACES),
    may_grow=("algorithms", "algorithm_module", "activations", "seeds"),
    paths=("data_dir", "samples_dir", "merge"),
    modules=("algorithm_module",),
    alone="merge",
  )
  # Imported here: --help must not wait for JAX.
  from evolve import candidates, panel
  from evolve.admission.admission import Admission
  from evolve.runs import score
  from evolve.runs.admit import admit
  from harness.core.errors import UserError
  from harness.core.trainings.on_cluster import Remote
  from harness.core.trainings.processes import share_memory_of_gpus
  from harness.reporting import merging
  from tasks.clrs30 import conformance, printing, registry, run
  from tasks.clrs30.config import Config
  from tasks.clrs30.processors import Sites, design_of
  from tasks.clrs30.protocol import PRESETS, parse_lengths

  if _LIST_ACTIVATIONS.value:
    score.print_activations()
    panel.print_members()
    return
  if _LIST_ALGORITHMS.value:
    registry.print_algorithms(_ALGORITHM_MODULE.value)
    return
  if _MERGE.value:
    merging.run(
      "clrs30",
      _MERGE.value,
      entry.open_workdir(_WORKDIR.value, resume=_RESUME.value),
      run.summary,
      printing.print_run,
    )
    return
  chosen = registry.select(_ALGORITHMS.value, _ALGORITHM_MODULE.value)
  if _CHECK_ALGORITHMS.value:
    conformance.check_algorithms(chosen)
    return
  remote = Remote.of(
    _RAY.value, _JOBS.value, _CPUS_PER_JOB.value, _GPUS_PER_JOB.value
  )
  design_of(_PROCESSOR.value)
  seeds = entry.parse_seeds(_SEEDS.value)
  share = Share(_PARAMETERS.value)
  programs = candidates.by_name(_ACTIVATIONS.value, begun, share)
  protocol = dataclasses.replace(
    PRESETS[_PRESET.value], **entry.given(_PROTOCOL)
  )
  if _TRAIN_LENGTHS.value is not None:
    lengths = parse_lengths(_TRAIN_LENGTHS.value, "train_lengths")
    protocol = dataclasses.replace(protocol, train_lengths=lengths)
  if _TEST_LENGTHS.value:
    lengths = parse_lengths(_TEST_LENGTHS.value, "test_lengths")
    tested = tuple(sorted({*protocol.test_lengths, *lengths}))
    protocol = dataclasses.replace(protocol, test_lengths=tested)
  protocol.check_lengths(chosen)
  conformance.check_own(chosen)
  samples_dir = None
  if _SAMPLES_DIR.value:
    samples_dir = Path(_SAMPLES_DIR.value).absolute()
  workdir = None
  if not _WRITE_SAMPLES.value:
    workdir = entry.open_workdir(
      _WORKDIR.value,
      resume=_RESUME.value,
      sources=candidates.sources(programs.items()),
    )
  elif not samples_dir:
    raise UserError("--write_samples needs --samples_dir=DIR to write to")
  admitted = admit(programs, Admission())
  if _JOBS.value > 1 or remote:
    share_memory_of_gpus()
  config = Config(
    algorithms=chosen,
    activations={n: found.activation for n, found in admitted.items()},
    program_ids={n: found.program_id for n, found in admitted.items()},
    seeds=seeds,
    protocol=protocol,
    processor=_PROCESSOR.value,
    sites=Sites(_SITES.value),
    seeds_per_program=_SEEDS_PER_PROGRAM.value,
    data_dir=entry.data_dir(_DATA_DIR.value),
    samples_dir=samples_dir,
    jobs=_JOBS.value,
    remote=remote,
  )
  if workdir:
    run.run(config, workdir)
  else:
    run.write_samples(config)


def cli() -> None:
  """The console script."""
  entry.run(main, __doc__)


if __name__ == "__main__":
  cli()
