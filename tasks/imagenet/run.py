"""A run on a data set of images: one record for each activation and seed."""

import functools
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from harness.core import console
from harness.core.intervals import means
from harness.core.trainings.run import begin, train_all
from harness.core.trainings.scores import Scores
from harness.core.trainings.seed_groups import SeedGroup, seed_groups
from harness.core.trainings.status_line import StatusLine, TrainingProgress
from harness.core.workdir import Workdir
from tasks.imagenet import results
from tasks.imagenet.config import Config
from tasks.imagenet.data import pipeline
from tasks.imagenet.recipes import Recipe
from tasks.imagenet.trainer import ImageTrainer

# Settings that a run may have more of when it is resumed.
_MAY_GROW = ("activations", "seeds")


def run(config: Config, workdir: Workdir) -> None:
  """Trains and tests what has no record yet, and prints the table of all.

  Args:
    config: of the run.
    workdir: gets scores.jsonl, and curves for TensorBoard; its checkpoints go
      once they have a record.

  Raises:
    UserError: see Workdir, ImageTrainer, `pipeline.prepare` and `train_all`.
  """
  start = time.monotonic()
  settings = config.settings()
  workdir.check(settings, may_grow=_MAY_GROW)
  scores = Scores(workdir.path, "dataset")
  groups = seed_groups(
    [config.dataset.name],
    config.activations,
    config.seeds,
    config.seeds_per_program,
  )
  if workdir.finished and not scores.left(groups):
    workdir.say_finished("more --activations or --seeds extend it")
  else:
    _train_left(config, settings, groups, scores, workdir)
    seconds = time.monotonic() - start
    workdir.finish({**summary(scores.of(groups)), "seconds": seconds})
  results.print_results(
    scores.of(groups), config.dataset, config.recipe, config.image_size
  )


def _train_left(
  config: Config,
  settings: Mapping[str, Any],
  groups: Sequence[SeedGroup],
  scores: Scores,
  workdir: Workdir,
) -> None:
  """Trains and tests the groups of which a seed lacks its record."""
  left = scores.left(groups)
  sizes = pipeline.prepare(config.dataset, config.data_dir, console.say)
  steps_per_epoch = sizes.steps_per_epoch(config.recipe.batch_size)
  trainer = ImageTrainer(config, steps_per_epoch, workdir.path)
  trainer.check()
  begin(workdir, settings)
  with console.Progress() as progress:
    status_line = StatusLine(
      groups,
      len(left),
      config.recipe.epochs * steps_per_epoch,
      functools.partial(_describe, config.recipe, steps_per_epoch),
      functools.partial(_describe_pace, config.recipe),
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
  recipe: Recipe, steps_per_epoch: int, progress: TrainingProgress
) -> str:
  top1 = "" if progress.score is None else f", top-1 {progress.score:.3f}"
  return (
    f"epoch {progress.step / steps_per_epoch:.1f} of {recipe.epochs}, "
    f"loss {np.mean(progress.losses):.4g}{top1}"
  )


def _describe_pace(
  recipe: Recipe, steps_per_second: float, num_seeds: int
) -> str:
  return f"{steps_per_second * recipe.batch_size * num_seeds:,.0f} images/s"


def summary(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
  """The numbers of records and of those that diverged, and mean accuracies."""
  return {
    "trainings": len(found),
    "diverged": sum(record["top1"] is None for record in found),
    "top1": {name: mean.value for name, mean in means(found, "top1").items()},
  }
