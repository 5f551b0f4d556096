"""A run on ogbg-molhiv: one record for each activation and seed."""

import functools
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.core import console
from harness.core.intervals import means
from harness.core.trainings.run import begin, train_all
from harness.core.trainings.scores import Scores
from harness.core.trainings.seed_groups import SeedGroup, seed_groups
from harness.core.trainings.status_line import StatusLine, TrainingProgress
from harness.core.workdir import Workdir
from tasks.molhiv import results
from tasks.molhiv.config import DATASET, Config
from tasks.molhiv.data import batches, building, layout
from tasks.molhiv.protocol import Protocol
from tasks.molhiv.trainer import MoleculeTrainer

# Settings that a run may have more of when it is resumed.
_MAY_GROW = ("activations", "seeds")


def run(config: Config, workdir: Workdir) -> None:
  """Trains and tests what has no record yet, and prints the table of all.

  Args:
    config: of the run.
    workdir: gets scores.jsonl, and curves for TensorBoard; its checkpoints go
      once they have a record.

  Raises:
    UserError: see Workdir, MoleculeTrainer, `layout.read` and `train_all`.
  """
  start = time.monotonic()
  workdir.check(config.settings(), may_grow=_MAY_GROW)
  scores = Scores(workdir.path, "dataset")
  groups = seed_groups([DATASET], config.activations, config.seeds, size=1)
  if workdir.finished and not scores.left(groups):
    workdir.say_finished("more --activations or --seeds extend it")
  else:
    _train_left(config, groups, scores, workdir)
    seconds = time.monotonic() - start
    workdir.finish({**summary(scores.of(groups)), "seconds": seconds})
  results.print_results(scores.of(groups), config.protocol)


def _train_left(
  config: Config,
  groups: Sequence[SeedGroup],
  scores: Scores,
  workdir: Workdir,
) -> None:
  """Trains and tests the groups that lack their record."""
  left = scores.left(groups)
  molecules = layout.read(config.data_dir)
  # Molecules decide, too: features may be of another version of RDKit.
  settings = {**config.settings(), "molecules": molecules.digest}
  workdir.check(settings, may_grow=_MAY_GROW)
  trainer = MoleculeTrainer(config, workdir.path, molecules.digest)
  trainer.check()
  begin(workdir, settings)
  steps_per_epoch = batches.num_batches(
    len(molecules.splits["train"]), config.protocol.batch_size
  )
  with console.Progress() as progress:
    status_line = StatusLine(
      groups,
      len(left),
      config.protocol.epochs * steps_per_epoch,
      functools.partial(_describe, config.protocol, steps_per_epoch),
      functools.partial(_describe_pace, config.protocol),
      progress.show,
    )
    train_all(
      left,
      trainer,
      scores,
      workdir,
      config.program_ids,
      {n: v for n, v in settings.items() if n not in _MAY_GROW},
      status_line,
      config.jobs,
      config.remote,
    )


def _describe(
  protocol: Protocol, steps_per_epoch: int, progress: TrainingProgress
) -> str:
  score = progress.score
  validation = "" if score is None else f", validation {score:.3f}"
  return (
    f"epoch {progress.step / steps_per_epoch:.1f} of {protocol.epochs}, "
    f"loss {progress.losses:.4g}{validation}"
  )


def _describe_pace(
  protocol: Protocol, steps_per_second: float, num_seeds: int
) -> str:
  rate = steps_per_second * protocol.batch_size * num_seeds
  return f"{rate:,.0f} molecules/s"


def summary(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
  """The numbers of records and of those that diverged, and mean scores."""
  return {
    "trainings": len(found),
    "diverged": sum(record["test_auc"] is None for record in found),
    "test_auc": {
      name: mean.value for name, mean in means(found, "test_auc").items()
    },
  }


def build(path: Path, data_dir: Path) -> None:
  """Builds the data set from a CSV, and says what it holds.

  Raises:
    UserError: see `building.build`.
  """
  with console.Progress() as progress:
    lines = building.build(path, data_dir, progress.show)
  for line in lines:
    console.say_prose(line)
