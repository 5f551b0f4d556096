"""A run on CLRS-30: one record for each algorithm, activation and seed."""

import dataclasses
import functools
import itertools
import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import clrs
import numpy as np

from harness.core import parameters, user_module
from harness.core.console import Progress, say
from harness.core.fitness import Activation
from harness.core.scalars import FOLDER, Scalars
from harness.core.trainings.checkpoint import Checkpoint
from harness.core.trainings.run import begin, train_all
from harness.core.trainings.scores import Scores
from harness.core.trainings.seed_groups import SeedGroup, seed_groups
from harness.core.trainings.status_line import StatusLine, TrainingProgress
from harness.core.workdir import Workdir
from tasks.clrs30 import results
from tasks.clrs30.algorithm import Algorithm
from tasks.clrs30.compiled import CompiledModel
from tasks.clrs30.data import batch_files
from tasks.clrs30.data.batch_source import BatchSource, Header, SamplerState
from tasks.clrs30.data.benchmark import test_split
from tasks.clrs30.data.sampler_process import SamplerProcess
from tasks.clrs30.evaluation import in_batches
from tasks.clrs30.model import Model
from tasks.clrs30.processors import Sites
from tasks.clrs30.protocol import Protocol
from tasks.clrs30.training import AlgorithmTraining, SeedScore, saved_streams

# Settings that a run may have more of when it is resumed.
_MAY_GROW = ("algorithms", "algorithm_files", "activations", "seeds")


@dataclasses.dataclass(frozen=True)
class Config:
  """Settings of a run.

  Attributes:
    algorithms: that are learned.
    activations: by the name or path that was given.
    program_ids: of the activations.
    seeds: each is a training of its own.
    protocol: of every training and its test.
    processor: a name in DESIGNS.
    sites: of the activation; see Sites.
    seeds_per_program: trainings that share a compiled program and a device.
    data_dir: of the test splits; see `test_split`.
    samples_dir: batches and test splits to use in place of drawing them; see
      batch_files.
  """

  algorithms: Sequence[Algorithm]
  activations: Mapping[str, Activation]
  program_ids: Mapping[str, str]
  seeds: Sequence[int]
  protocol: Protocol
  processor: str
  sites: Sites
  seeds_per_program: int
  data_dir: Path
  samples_dir: Path | None = None

  @property
  def by_name(self) -> dict[str, Algorithm]:
    return {algorithm.name: algorithm for algorithm in self.algorithms}

  def settings(self) -> dict[str, Any]:
    """Everything that decides the results, as JSON values."""
    protocol = json.loads(json.dumps(dataclasses.asdict(self.protocol)))
    return {
      "algorithms": list(self.by_name),
      "algorithm_files": {
        name: algorithm.label
        for name, algorithm in self.by_name.items()
        if algorithm.label
      },
      "activations": dict(self.program_ids),
      "seeds": list(self.seeds),
      "processor": self.processor,
      "sites": self.sites.value,
      "seeds_per_program": self.seeds_per_program,
      **protocol,
    }


def run(config: Config, workdir: Workdir) -> None:
  """Trains and tests what has no record yet, and prints the table of all.

  Args:
    config: of the run.
    workdir: gets scores.jsonl, and curves for TensorBoard; its checkpoints go
      once they have a record.

  Raises:
    UserError: see Workdir, Checkpoint, `test_split` and BatchFiles.
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
  results.print_results(
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
  compilations = 0
  with Progress() as progress:
    status_line = StatusLine(
      groups,
      len(left),
      config.protocol.train_steps,
      functools.partial(_describe, config.protocol),
      lambda rate, num_seeds: f"{rate:.2f} steps/s",
      progress.show,
    )
    test_batches = functools.lru_cache(maxsize=1)(
      lambda name: _test_batches(config, config.by_name[name], progress.show)
    )
    for (name, _), same in itertools.groupby(left, lambda g: g[:2]):
      compiled: dict[int, CompiledModel] = {}
      train_all(
        same,
        functools.partial(
          _train,
          config,
          test_batches(name),
          compiled,
          workdir.path,
          status_line,
        ),
        scores,
        workdir,
        config.program_ids,
        {n: v for n, v in settings.items() if n not in _MAY_GROW},
        status_line,
      )
      compilations += sum(c.compilations for c in compiled.values())
  return compilations


def _train(
  config: Config,
  test: Sequence[clrs.Feedback],
  compiled: dict[int, CompiledModel],
  path: Path,
  status_line: StatusLine,
  group: SeedGroup,
  checkpoint: Checkpoint,
) -> list[dict[str, Any]]:
  """Trains and tests a group; returns the results of its seeds.

  Args:
    config: of the run.
    test: batches of the test split.
    compiled: models of this algorithm and activation, by their number of
      seeds; gets this group's.
    path: of the workdir, which gets curves.
    status_line: is told the progress.
    group: the seeds to train.
    checkpoint: of the group.
  """
  num_seeds, algorithm = len(group.seeds), config.by_name[group.task]
  streams = saved_streams(checkpoint, num_seeds)
  status_line.stage("drawing the first batches")
  with ExitStack() as stack:
    sources = [
      stack.enter_context(_source(config, algorithm, seed, stream))
      for seed, stream in zip(group.seeds, streams, strict=True)
    ]
    status_line.stage("compiling")
    if num_seeds not in compiled:
      model = _model(config, group.activation, sources[0].header)
      tell = status_line.stage
      compiled[num_seeds] = CompiledModel(model, num_seeds, tell)
    scalars = stack.enter_context(
      Scalars(path / FOLDER / group.curves_name(config.activations))
    )
    training = AlgorithmTraining(
      config.protocol,
      group.seeds,
      sources,
      compiled[num_seeds],
      checkpoint,
      scalars,
      status_line.show,
    )
    return [_result(config, score) for score in training.run(test)]


def _test_batches(
  config: Config, algorithm: Algorithm, show: Callable[[str], None]
) -> list[clrs.Feedback]:
  """The test split, as the network takes it."""
  if config.samples_dir:
    split = batch_files.read_test(config.samples_dir, algorithm)
  else:
    split = test_split(algorithm, config.data_dir, show)
  return list(in_batches(split, algorithm, config.protocol))


def _source(
  config: Config, algorithm: Algorithm, seed: int, state: SamplerState | None
) -> BatchSource:
  """The batches of a seed, from a state of its stream on."""
  if config.samples_dir:
    taken = state.taken if state else 0
    return batch_files.BatchFiles(
      config.samples_dir, config.protocol, algorithm, seed, taken
    )
  return SamplerProcess(config.protocol, algorithm, seed, state)


def _model(config: Config, activation: str, header: Header) -> Model:
  return Model(
    header.spec,
    header.example,
    config.activations[activation],
    config.protocol,
    processor=config.processor,
    sites=config.sites,
  )


def _describe(protocol: Protocol, progress: TrainingProgress) -> str:
  return (
    f"step {progress.step:,} of {protocol.train_steps:,}, "
    f"loss {np.mean(progress.losses):.4g}, validation {progress.score:.3f}"
  )


def _result(config: Config, score: SeedScore) -> dict[str, Any]:
  validations = score.validations
  return {
    "test_score": score.test_score,
    "val_score": validations.best,
    "best_step": validations.best_step,
    "diverged_step": validations.diverged_step,
    "train_steps": config.protocol.train_steps,
    "processor": config.processor,
    "sites": config.sites.value,
    "parameters": parameters.to_json(score.parameters),
  }


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
      batch_files.write_test(
        folder, algorithm, test_split(algorithm, config.data_dir, progress.show)
      )
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
