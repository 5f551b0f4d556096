"""Trains and tests image classifiers with given activations.

  python -m harness.imagenet --dataset=digits --workdir=runs/digits

Data sets are imagenet2012, cifar10, cifar100 and fashion_mnist, through
TensorFlow Datasets (the last from idx files in --data_dir, too), and digits,
which needs no download. Writes one record for each activation and seed to
scores.jsonl in the workdir as soon as it is known, curves for TensorBoard, and
prints a table.
"""

import dataclasses

from absl import flags

from harness.core import cluster, entry, parameters
from harness.core.parameters import Share

_DATASET = flags.DEFINE_string(
  "dataset", None, "imagenet2012, cifar10, cifar100, fashion_mnist or digits"
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
  "data_dir",
  None,
  "of TensorFlow Datasets (default: TFDS_DATA_DIR, or ~/tensorflow_datasets); "
  "or of the idx files of fashion_mnist",
)
# Each replaces the field of its name in the data set's recipe.
_RECIPE = (
  flags.DEFINE_string(
    "model",
    None,
    "resnet50, resnet18_cifar, resnet8_small, vgg_small or vit_tiny (default: "
    "the data set's)",
  ),
  flags.DEFINE_integer(
    "epochs",
    None,
    "passes over the images (default: the recipe's, 90 of imagenet2012)",
    lower_bound=1,
  ),
  flags.DEFINE_integer(
    "batch_size",
    None,
    "images of a step (default: 256, 128 or 64)",
    lower_bound=1,
  ),
  flags.DEFINE_float(
    "rate_per_256",
    None,
    "highest learning rate, for each 256 images of a step (default: 0.1 on "
    "ImageNet, else 0.2)",
    lower_bound=0.0,
  ),
  flags.DEFINE_float(
    "warmup_epochs",
    None,
    "in which the learning rate rises from 0 (default: 5; fashion_mnist "
    "1)",
    lower_bound=0.0,
  ),
  flags.DEFINE_float(
    "momentum", None, "of Nesterov (default: 0.9)",
    lower_bound=0.0, upper_bound=1.0,
  ),
  flags.DEFINE_float(
    "weight_decay",
    None,
    "of weights, not of norms and biases (default: 1e-4, 5e-4 or 1e-4)",
    lower_bound=0.0,
  ),
  flags.DEFINE_float(
    "label_smoothing",
    None,
    "share of a label spread over all classes (default: 0.1 on ImageNet, else "
    "0)",
    lower_bound=0.0,
    upper_bound=1.0,
  ),
  flags.DEFINE_bool(
    "bfloat16",
    None,
    "hidden states in bfloat16 instead of float32 (default: no)",
  ),
  flags.DEFINE_integer(
    "accumulate",
    None,
    "parts of a batch computed one after the other, for small memories "
    "(default: 1)",
    lower_bound=1,
  ),
)  # fmt: skip
_IMAGE_SIZE = flags.DEFINE_integer(
  "image_size", None, "height and width of ImageNet's images (default: 224)",
  lower_bound=8,
)  # fmt: skip
_SEEDS_PER_PROGRAM = flags.DEFINE_integer(
  "seeds_per_program",
  1,
  "seeds that are trained side by side in one program",
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
  from tasks.imagenet import models, recipes, results, run
  from tasks.imagenet.config import Config
  from tasks.imagenet.data import datasets

  if _LIST_ACTIVATIONS.value:
    score.print_activations()
    panel.print_members()
    return
  if _MERGE.value:
    merging.run(
      "imagenet",
      _MERGE.value,
      entry.open_workdir(_WORKDIR.value, resume=_RESUME.value),
      run.summary,
      results.print_run,
    )
    return
  if not _DATASET.value:
    raise UserError("--dataset is required; e.g. --dataset=digits")
  dataset = datasets.by_name(_DATASET.value)
  recipe = dataclasses.replace(
    recipes.RECIPES[dataset.name], **entry.given(_RECIPE)
  )
  models.model(recipe.model)
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
        f"warning: {name} mixes elements: its outputs for an image depend on "
        "the others in the batch"
      )
  if _JOBS.value > 1 or remote:
    share_memory_of_gpus()
  config = Config(
    dataset=dataset,
    recipe=recipe,
    activations={n: found.activation for n, found in admitted.items()},
    program_ids={n: found.program_id for n, found in admitted.items()},
    seeds=seeds,
    image_size=_IMAGE_SIZE.value or dataset.image_shape[0],
    seeds_per_program=_SEEDS_PER_PROGRAM.value,
    data_dir=entry.data_dir(_DATA_DIR.value),
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
