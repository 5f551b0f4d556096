"""Trains and tests activations on algorithms, for whoever schedules it."""

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import clrs

from harness.core import parameters
from harness.core.scalars import FOLDER, Scalars
from harness.core.trainings.checkpoint import Checkpoint
from harness.core.trainings.seed_groups import SeedGroup
from harness.core.trainings.trainer import Watcher
from tasks.clrs30.algorithm import Algorithm
from tasks.clrs30.compiled import CompiledModel
from tasks.clrs30.config import Config
from tasks.clrs30.data import batch_files
from tasks.clrs30.data.batch_source import BatchSource, Header, SamplerState
from tasks.clrs30.data.benchmark import test_split
from tasks.clrs30.data.sampler_process import SamplerProcess
from tasks.clrs30.evaluation import in_batches
from tasks.clrs30.model import Model
from tasks.clrs30.training import AlgorithmTraining, SeedScore, saved_streams


class AlgorithmTrainer:
  """A Trainer; seeds share what is compiled, and activations the test split."""

  def __init__(self, config: Config, path: Path, left: Sequence[SeedGroup]):
    """A trainer of a run.

    Args:
      config: of the run.
      path: of the workdir, which gets curves.
      left: the groups that will be trained, by this trainer or its copies.
    """
    self._config, self._path = config, path
    self._num_left = Counter(group.task for group in left)
    self._foretold: set[str] = set()
    # Of the last algorithm, and of the last algorithm and activation.
    self._test: dict[str, list[clrs.Feedback]] = {}
    self._models: dict[tuple[str, str, int], CompiledModel] = {}
    self._ended_compilations = 0

  @property
  def compilations(self) -> int:
    """See Trainer."""
    return self._ended_compilations + sum(
      model.compilations for model in self._models.values()
    )

  def train(
    self, group: SeedGroup, checkpoint: Checkpoint, watcher: Watcher
  ) -> list[dict[str, Any]]:
    """Trains and tests a group; returns the results of its seeds.

    Raises:
      UserError: see Checkpoint, `test_split`, BatchFiles and SamplerProcess.
    """
    algorithm = self._config.by_name[group.task]
    test = self._test_batches(algorithm, watcher)
    streams = saved_streams(checkpoint, len(group.seeds))
    watcher.stage("drawing the first batches")
    with ExitStack() as stack:
      sources = [
        stack.enter_context(self._source(algorithm, seed, stream))
        for seed, stream in zip(group.seeds, streams, strict=True)
      ]
      watcher.stage("compiling")
      curves = group.curves_name(self._config.activations)
      training = AlgorithmTraining(
        self._config.protocol,
        group.seeds,
        sources,
        self._compiled(group, sources[0].header, watcher),
        checkpoint,
        stack.enter_context(Scalars(self._path / FOLDER / curves)),
        watcher.show,
      )
      self._foretell(group.task, training, watcher)
      return [self._result(score) for score in training.run(test)]

  def _foretell(
    self, algorithm: str, training: AlgorithmTraining, watcher: Watcher
  ) -> None:
    """Says what lies ahead, once for each algorithm."""
    if algorithm in self._foretold:
      return
    self._foretold.add(algorithm)
    watcher.stage("measuring")
    if found := training.forecast():
      num_left = self._num_left[algorithm]
      num_other = self._num_left.total() - num_left
      config = self._config
      words = found.sentences(
        algorithm, config.protocol, num_left, num_other, config.jobs
      )
      watcher.say(algorithm, words)

  def _test_batches(
    self, algorithm: Algorithm, watcher: Watcher
  ) -> list[clrs.Feedback]:
    """The test split, as the network takes it."""
    config = self._config
    if algorithm.name not in self._test:
      if config.samples_dir:
        split = batch_files.read_test(config.samples_dir, algorithm)
      else:
        split = test_split(algorithm, config.data_dir, watcher.stage)
      batches = list(in_batches(split, algorithm, config.protocol))
      self._test = {algorithm.name: batches}
    return self._test[algorithm.name]

  def _source(
    self, algorithm: Algorithm, seed: int, state: SamplerState | None
  ) -> BatchSource:
    """The batches of a seed, from a state of its stream on."""
    config = self._config
    if config.samples_dir:
      taken = state.taken if state else 0
      return batch_files.BatchFiles(
        config.samples_dir, config.protocol, algorithm, seed, taken
      )
    return SamplerProcess(config.protocol, algorithm, seed, state)

  def _compiled(
    self, group: SeedGroup, header: Header, watcher: Watcher
  ) -> CompiledModel:
    """The model of an algorithm, an activation and a number of seeds."""
    key = group.task, group.activation, len(group.seeds)
    if any(other[:2] != key[:2] for other in self._models):
      self._ended_compilations = self.compilations
      self._models = {}
    if key not in self._models:
      model = Model(
        header.spec,
        header.example,
        self._config.activations[group.activation],
        self._config.protocol,
        processor=self._config.processor,
        sites=self._config.sites,
      )
      self._models[key] = CompiledModel(model, len(group.seeds))
    self._models[key].tell = watcher.stage
    return self._models[key]

  def _result(self, score: SeedScore) -> dict[str, Any]:
    validations = score.validations
    return {
      "test_score": score.test_score,
      "val_score": validations.best,
      "best_step": validations.best_step,
      "diverged_step": validations.diverged_step,
      "train_steps": self._config.protocol.train_steps,
      "processor": self._config.processor,
      "sites": self._config.sites.value,
      "parameters": parameters.to_json(score.parameters),
    }
