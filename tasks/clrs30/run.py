"""A run on CLRS-30: one record for each algorithm, activation and seed."""

import functools
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from harness.core import user_module
from harness.core.console import Progress, say
from harness.core.trainings.run import begin, train_all
from harness.core.trainings.scores import Scores
from harness.core.trainings.seed_groups import SeedGroup, seed_groups
from harness.core.trainings.status_line import StatusLine, TrainingProgress
from harness.core.workdir import Workdir
from tasks.clrs30 import printing
from tasks.clrs30.config import Config
from tasks.clrs30.data import batch_files
from tasks.clrs30.data.benchmark import test_split
from tasks.clrs30.data.sampler_process import SamplerProcess
from tasks.clrs30.protocol import Protocol
from tasks.clrs30.trainer import AlgorithmTrainer

# Settings that a run may have more of when it is resumed.
_MAY_GROW = ("algorithms", "algorithm_files", "activations", "seeds")


def run(config: Config, workdir: Workdir) -> None:
  """Trains and tests what has no record yet, and prints the table of all.

  Args:
    config: of the run.
    workdir: gets scores.jsonl, and curves for TensorBoard; its checkpoints go
      once they have a record.

  Raises:
    UserError: see Workdir, AlgorithmTrainer and `train_all`.
  """
  start = time.monotonic()
  settings = config.settings()
  _check_texts(workdir, settings["algorithm_files"])
  workdir.check(settings, may_grow=_MAY_GROW)
  scores = Scores(workdir.path, "algorithm")
  groups = seed_groups(
    config.by_name,
    config.activations,
    config.seeds,
    config.seeds_per_program,
  )
  if workdir.finished and not scores.left(groups):
    workdir.say_finished(
      "more --algorithms, --activations or --seeds extend it"
    )
  else:
    compilations = _train_left(config, settings, groups, scores, workdir)
    seconds = time.monotonic() - start
    workdir.finish(
      {
        **summary(scores.of(groups)),
        "compilations": compilations,
        "seconds": seconds,
      }
    )
  printing.print_results(
    scores.of(groups), config.protocol, config.processor, config.sites
  )


def _check_texts(workdir: Workdir, labels: Mapping[str, str]) -> None:
  """Raises a UserError if the file of an algorithm has changed."""
  if workdir.resumed:
    before = workdir.settings().get("algorithm_files", {})
    for name, label in labels.items():
      user_module.check_unchanged(before.get(name, label), label)


def _train_left(
  config: Config,
  settings: Mapping[str, Any],
  groups: Sequence[SeedGroup],
  scores: Scores,
  workdir: Workdir,
) -> int:
  """Trains and tests the groups of which a seed lacks its record.

  Returns:
    The number of programs that were compiled.
  """
  left = scores.left(groups)
  begin(workdir, settings)
  with Progress() as progress:
    status_line = StatusLine(
      groups,
      len(left),
      config.protocol.train_steps,
      functools.partial(_describe, config.protocol),
      lambda rate, num_seeds: f"{rate:.2f} steps/s",
      progress.show,
    )
    return train_all(
      left,
      AlgorithmTrainer(config, workdir.path, left),
      scores,
      workdir,
      config.program_ids,
      {n: v for n, v in settings.items() if n not in _MAY_GROW},
      status_line,
      config.jobs,
      config.remote,
    )


def _describe(protocol: Protocol, progress: TrainingProgress) -> str:
  return (
    f"step {progress.step:,} of {protocol.train_steps:,}, "
    f"loss {np.mean(progress.losses):.4g}, validation {progress.score:.3f}"
  )


def write_samples(config: Config) -> None:
  """Keeps in samples_dir what the trainings of a run draw and read.

  Raises:
    UserError: see `test_split`.
  """
  folder = config.samples_dir
  if folder is None:
    raise ValueError("no samples_dir to write to")
  with Progress() as progress:
    for algorithm in config.algorithms:
      for length in config.protocol.lengths_of_tests(algorithm):
        split = test_split(algorithm, length, config.data_dir, progress.show)
        batch_files.write_test(folder, algorithm, length, split)
      for seed in config.seeds:
        with SamplerProcess(config.protocol, algorithm, seed) as source:
          batch_files.write(
            folder, config.protocol, algorithm, seed, source, progress.show
          )
  count = len(config.algorithms) * len(config.seeds)
  say(f"samples for {count} trainings and their tests are in {folder}")


def summary(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
  """The number of records and the mean test score of each activation."""
  by_activation: dict[str, list[float]] = {}
  for record in found:
    by_activation.setdefault(record["activation"], []).append(
      record["test_score"]
    )
  return {
    "trainings": len(found),
    "test_score": {n: sum(s) / len(s) for n, s in by_activation.items()},
  }
