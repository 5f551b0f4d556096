"""Trains and tests activations on algorithms, for whoever schedules it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import clrs

from harness.core import memory, parameters, trainable
from harness.core.errors import UserError
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
from tasks.clrs30.protocol import BENCHMARK_LENGTH
from tasks.clrs30.training import AlgorithmTraining, SeedScore, saved_streams

_USABLE = 0.8  # Share of the free memory.


class AlgorithmTrainer:
  """A Trainer; seeds share what is compiled, and activations the test split."""

  def __init__(self, config: Config, path: Path, left: Sequence[SeedGroup]):
    """A trainer of a run.

    Args:
      config: of the run.
      path: of the workdir, which gets curves.
      left: the groups that will be trained, by this trainer or its copies.
    """
    self._config, self._path = config, path.resolve()
    self._num_left = Counter(group.task for group in left)
    self._foretold: set[str] = set()
    # Of the last algorithm, and of the last algorithm and activation.
    self._splits: dict[str, dict[int, clrs.Feedback]] = {}
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
    self._read_splits(algorithm, watcher)
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
      tests = self._tests(algorithm, training)
      shared = trainable.sharing(self._config.activations[group.activation])
      return [
        self._result(score, tests) | shared for score in training.run(tests)
      ]

  def _foretell(
    self, algorithm: str, training: AlgorithmTraining, watcher: Watcher
  ) -> None:
    """Says what lies ahead, once for each algorithm."""
    if algorithm in self._foretold:
      return
    self._foretold.add(algorithm)
    if found := training.forecast():
      num_left = self._num_left[algorithm]
      num_other = sum(
        count
        for other, count in self._num_left.items()
        if other not in self._foretold
      )
      config = self._config
      jobs = None if config.remote else config.jobs
      words = found.sentences(
        algorithm, config.protocol, num_left, num_other, jobs
      )
      watcher.say(algorithm, words)

  def _read_splits(self, algorithm: Algorithm, watcher: Watcher) -> None:
    """Reads, or draws, the test splits of an algorithm."""
    config = self._config
    if algorithm.name in self._splits:
      return
    splits = {}
    for length in config.protocol.lengths_of_tests(algorithm):
      if config.samples_dir:
        split = batch_files.read_test(config.samples_dir, algorithm, length)
      else:
        split = test_split(algorithm, length, config.data_dir, watcher.stage)
      splits[length] = split
    self._splits = {algorithm.name: splits}

  def _tests(
    self, algorithm: Algorithm, training: AlgorithmTraining
  ) -> dict[int, list[clrs.Feedback]]:
    """The batches of all tests, of as many trajectories as fit the memory.

    Raises:
      UserError: at some number of nodes not one of them fits.
    """
    protocol, tests = self._config.protocol, {}
    for length, split in self._splits[algorithm.name].items():
      size = protocol.batch_size
      if length != BENCHMARK_LENGTH:
        (one,) = in_batches(split, algorithm, 1, 1)
        size = min(size, self._num_fitting(training.bytes_of_test(one), length))
      batches = in_batches(split, algorithm, size, protocol.test_size)
      tests[length] = list(batches)
    return tests

  def _num_fitting(self, num_bytes: int, length: int) -> int:
    """The number of trajectories that fit the memory together."""
    free = memory.free()
    if free is None:
      return 1
    free *= _USABLE / self._config.num_on_machine
    if free < num_bytes:
      raise UserError(
        f"a test at {length} nodes takes {num_bytes / memory.GIGA:.1f} GB for "
        f"one trajectory, of which {free / memory.GIGA:.1f} GB are to be had; "
        f"leave {length} out of --test_lengths, or train fewer at a time"
      )
    return int(free // num_bytes)

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

  def _result(
    self, score: SeedScore, tests: Mapping[int, Sequence[clrs.Feedback]]
  ) -> dict[str, Any]:
    validations = score.validations
    return {
      "test_score": score.by_length[BENCHMARK_LENGTH],
      "scores_by_length": {
        str(n): found for n, found in score.by_length.items()
      },
      "examples_by_length": {
        str(n): sum(len(batch.features.lengths) for batch in batches)
        for n, batches in tests.items()
      },
      "val_score": validations.best,
      "best_step": validations.best_step,
      "diverged_step": validations.diverged_step,
      "train_steps": self._config.protocol.train_steps,
      "processor": self._config.processor,
      "sites": self._config.sites.value,
      "parameters": parameters.to_json(score.parameters),
    }
