"""A run on a data set of images: one record for each activation and seed."""

import dataclasses
import functools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from harness.core import console, parameters
from harness.core.fitness import Activation
from harness.core.scalars import FOLDER, Scalars
from harness.core.trainings.checkpoint import Checkpoint
from harness.core.trainings.run import begin, train_all
from harness.core.trainings.scores import Scores
from harness.core.trainings.seed_groups import SeedGroup, seed_groups
from harness.core.trainings.status_line import StatusLine, TrainingProgress
from harness.core.workdir import Workdir
from tasks.imagenet import memory, results
from tasks.imagenet.compiled import CompiledClassifier
from tasks.imagenet.data import pipeline
from tasks.imagenet.data.batches import Batch
from tasks.imagenet.data.datasets import Dataset
from tasks.imagenet.recipes import Recipe
from tasks.imagenet.training import ClassifierTraining, SeedAccuracy

# Settings that a run may have more of when it is resumed.
_MAY_GROW = ("activations", "seeds")


@dataclasses.dataclass(frozen=True)
class Config:
  """Settings of a run.

  Attributes:
    dataset: to train and to test on.
    recipe: of every training.
    activations: by the name or path that was given.
    program_ids: of the activations.
    seeds: each is a training of its own.
    image_size: H and W.
    seeds_per_program: trainings that share a compiled program.
    data_dir: of TFDS.
  """

  dataset: Dataset
  recipe: Recipe
  activations: Mapping[str, Activation]
  program_ids: Mapping[str, str]
  seeds: Sequence[int]
  image_size: int
  seeds_per_program: int
  data_dir: Path

  def settings(self) -> dict[str, Any]:
    """Everything that decides the results, as JSON values."""
    return {
      "dataset": self.dataset.name,
      "activations": dict(self.program_ids),
      "seeds": list(self.seeds),
      "image_size": self.image_size,
      "seeds_per_program": self.seeds_per_program,
      **dataclasses.asdict(self.recipe),
    }


def run(config: Config, workdir: Workdir) -> None:
  """Trains and tests what has no record yet, and prints the table of all.

  Args:
    config: of the run.
    workdir: gets scores.jsonl, and curves for TensorBoard; its checkpoints go
      once they have a record.

  Raises:
    UserError: see Workdir, Checkpoint, CompiledClassifier, `pipeline.prepare`,
      `pipeline.training_batches` and `memory.check`.
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
  results.print_results(scores.of(groups), config.dataset, config.recipe)


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
  _check(config, steps_per_epoch)
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
      functools.partial(
        _train, config, steps_per_epoch, workdir.path, status_line.show
      ),
      scores,
      workdir,
      config.program_ids,
      {n: v for n, v in settings.items() if n not in _MAY_GROW},
      status_line,
    )


def _check(config: Config, steps_per_epoch: int) -> None:
  """Raises a UserError if no training is possible with the settings."""
  _training_batches(config, 0, 0)
  for name in config.activations:
    _classifier(config, name, 1, steps_per_epoch).check(name)


def _train(
  config: Config,
  steps_per_epoch: int,
  path: Path,
  show: Callable[[TrainingProgress], None],
  group: SeedGroup,
  checkpoint: Checkpoint,
) -> list[dict[str, Any]]:
  """Trains and tests a group; returns the results of its seeds."""
  name = group.activation
  classifier = _classifier(config, name, len(group.seeds), steps_per_epoch)
  with Scalars(
    path / FOLDER / group.curves_name(config.activations)
  ) as scalars:
    training = ClassifierTraining(
      config.recipe,
      group.seeds,
      steps_per_epoch,
      classifier,
      checkpoint,
      scalars,
      show,
    )
    memory.check(
      classifier.compile(training.state), f"{config.recipe.model} with {name}"
    )
    streams = [
      _training_batches(config, seed, training.step) for seed in group.seeds
    ]
    found = training.run(streams, lambda: _test_batches(config))
    return [_result(config, accuracy) for accuracy in found]


def _classifier(
  config: Config, activation: str, num_seeds: int, steps_per_epoch: int
) -> CompiledClassifier:
  return CompiledClassifier(
    config.dataset,
    config.recipe,
    config.activations[activation],
    steps_per_epoch=steps_per_epoch,
    image_size=config.image_size,
    num_seeds=num_seeds,
  )


def _training_batches(config: Config, seed: int, step: int) -> Iterator[Batch]:
  return pipeline.training_batches(
    config.dataset,
    config.data_dir,
    config.recipe.batch_size,
    seed,
    start_step=step,
    image_size=config.image_size,
  )


def _test_batches(config: Config) -> Iterator[Batch]:
  return pipeline.test_batches(
    config.dataset,
    config.data_dir,
    config.recipe.batch_size,
    image_size=config.image_size,
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


def _result(config: Config, accuracy: SeedAccuracy) -> dict[str, Any]:
  return {
    "status": accuracy.status.value,
    "top1": accuracy.top1,
    "top5": accuracy.top5,
    "diverged_step": accuracy.diverged_step,
    "model": config.recipe.model,
    "epochs": config.recipe.epochs,
    "parameters": parameters.to_json(accuracy.parameters),
  }


def summary(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
  """The numbers of records and of those that diverged, and mean accuracies."""
  return {
    "trainings": len(found),
    "diverged": sum(record["top1"] is None for record in found),
    "top1": {name: mean for name, (mean, _, _) in results.means(found).items()},
  }
