"""A whole validation: every activation and seed, one record each."""

import dataclasses
import functools
import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jax

from harness.core import console, records
from harness.core.checkpoint import Checkpoint
from harness.core.fitness import Activation
from harness.core.scores import Scores, seed_groups
from harness.core.workdir import Workdir
from tasks.imagenet import memory, results
from tasks.imagenet.compiled import Program
from tasks.imagenet.data import pipeline
from tasks.imagenet.data.batches import Batch
from tasks.imagenet.data.datasets import Dataset
from tasks.imagenet.recipes import Recipe
from tasks.imagenet.scalars import Scalars
from tasks.imagenet.status_line import Display
from tasks.imagenet.training import Outcome, Training


@dataclasses.dataclass(frozen=True)
class Config:
  """What to train and test.

  Attributes:
    dataset: what to learn.
    recipe: how.
    activations: by the name or path that was given.
    program_ids: of the activations.
    seeds: each is a training of its own.
    image_size: H and W.
    seeds_per_program: how many trainings share a compiled program.
    data_dir: of TFDS; its default if None.
  """

  dataset: Dataset
  recipe: Recipe
  activations: Mapping[str, Activation]
  program_ids: Mapping[str, str]
  seeds: Sequence[int]
  image_size: int
  seeds_per_program: int
  data_dir: Path | None

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


class Job(NamedTuple):
  """Trainings that share a program."""

  activation: str
  seeds: tuple[int, ...]

  def trainings(self) -> list[tuple[str, int]]:
    """What tells its records apart."""
    return [(self.activation, seed) for seed in self.seeds]


def jobs_of(config: Config) -> list[Job]:
  """All jobs, activation by activation."""
  groups = seed_groups(config.seeds, config.seeds_per_program)
  return list(
    itertools.starmap(Job, itertools.product(config.activations, groups))
  )


def run(config: Config, workdir: Workdir) -> None:
  """Trains and tests what has no record yet, and prints the table.

  Args:
    config: what to do.
    workdir: gets scores.jsonl, and curves for TensorBoard; its checkpoints go
      once they have a record.

  Raises:
    UserError: see Workdir, Checkpoint, Program, `pipeline.prepare`,
      `pipeline.training_batches` and `memory.check`.
  """
  start = time.monotonic()
  if workdir.finished:
    workdir.check_same(config.settings(), ())
    workdir.say_finished()
    return
  sizes = pipeline.prepare(config.dataset, config.data_dir, console.say)
  steps_per_epoch = sizes.steps_per_epoch(config.recipe.batch_size)
  _check(config, steps_per_epoch)
  workdir.begin(
    config.settings(), [f"{d.platform}: {d.device_kind}" for d in jax.devices()]
  )
  scores = Scores(workdir.path, ("activation", "seed"))
  jobs = jobs_of(config)
  left = scores.left(jobs)
  with console.Progress() as progress:
    display = Display(
      len(jobs), len(left), config.recipe, steps_per_epoch, progress.show
    )
    for job in left:
      display.begin(*job)
      _do(config, job, steps_per_epoch, workdir.path, scores, display)
  found = scores.of(jobs)
  workdir.finish(_summary(found, time.monotonic() - start))
  results.print_results(found, config.dataset, config.recipe)


def _check(config: Config, steps_per_epoch: int) -> None:
  """Raises a UserError for what no training could be made of."""
  _training_batches(config, 0, 0)
  for name in config.activations:
    _program(config, name, 1, steps_per_epoch).check(name)


def _program(
  config: Config, activation: str, num_seeds: int, steps_per_epoch: int
) -> Program:
  return Program(
    config.dataset,
    config.recipe,
    config.activations[activation],
    steps_per_epoch=steps_per_epoch,
    image_size=config.image_size,
    num_seeds=num_seeds,
  )


def _do(
  config: Config,
  job: Job,
  steps_per_epoch: int,
  path: Path,
  scores: Scores,
  display: Display,
) -> None:
  """Trains and tests, and adds the records."""
  program_id = config.program_ids[job.activation]
  name = f"{program_id}-seed{job.seeds[0]}"
  program = _program(config, job.activation, len(job.seeds), steps_per_epoch)
  state = program.init(job.seeds)
  memory.check(
    program.compile(state), f"{config.recipe.model} with {job.activation}"
  )
  settings = config.settings() | {
    "activation": program_id,
    "seeds": list(job.seeds),
  }
  del settings["activations"]  # Of other trainings.
  with (
    Checkpoint(path / "checkpoints" / name, settings) as checkpoint,
    Scalars(path / "tensorboard" / name) as scalars,
  ):
    training = Training(
      config.recipe,
      job.seeds,
      steps_per_epoch,
      program,
      checkpoint,
      lambda seed, step: _training_batches(config, seed, step),
      lambda: _test_batches(config),
      scalars,
      display.show,
    )
    outcomes = training.run(state)
    scores.add(
      itertools.starmap(
        functools.partial(_record, config),
        zip(job.trainings(), outcomes, strict=True),
      )
    )
    checkpoint.discard()


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


def _record(
  config: Config, key: tuple[str, int], outcome: Outcome
) -> dict[str, Any]:
  activation, seed = key
  return {
    "schema_version": records.SCHEMA_VERSION,
    "dataset": config.dataset.name,
    "activation": activation,
    "seed": seed,
    "status": outcome.status.value,
    "top1": outcome.top1,
    "top5": outcome.top5,
    "diverged_step": outcome.diverged_step,
    "model": config.recipe.model,
    "epochs": config.recipe.epochs,
    "seconds": outcome.seconds,
  }


def _summary(
  found: Sequence[Mapping[str, Any]], seconds: float
) -> dict[str, Any]:
  return {
    "trainings": len(found),
    "diverged": sum(record["top1"] is None for record in found),
    "top1": {name: mean for name, (mean, _, _) in results.means(found).items()},
    "seconds": seconds,
  }
