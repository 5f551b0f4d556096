"""Compiled models: seeds side by side, and a training that is interrupted."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import clrs
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from clrs._src import decoders

from harness.core.scalars import Scalars
from harness.core.trainings import checkpoint
from harness.core.trainings.checkpoint import Checkpoint
from harness.core.trainings.status_line import TrainingProgress
from tasks.clrs30.compiled import CompiledModel, TrainState
from tasks.clrs30.data.batch_source import (
  BatchSource,
  SamplerState,
  StepBatches,
)
from tasks.clrs30.evaluation import in_batches
from tasks.clrs30.model import Model
from tasks.clrs30.registry import get
from tasks.clrs30.training import AlgorithmTraining, SeedScore, saved_streams
from tests.tasks.clrs30.data.live_sampler import LiveSampler, SmallProtocol
from tests.tasks.clrs30.given import Given

# Permutations, with noise on them in training.
ALGORITHM, SEEDS = "insertion_sort", (0, 1)
SMALL = SmallProtocol(
  train_lengths=(4,),
  batch_size=4,
  train_steps=5,
  eval_every=2,
  hidden_size=4,
  num_validation=8,
)
NODE = 1 / 32  # Of a score: one node more or less.


class Interrupted(Exception):  # noqa: N818 (as KeyboardInterrupt)
  """An end of the process, whatever its reason."""


class Trained(NamedTuple):
  """A training that went through."""

  results: list[SeedScore]
  losses: list[np.ndarray]
  final: TrainState


class Watched(CompiledModel):
  """Remembers the last state that was tested."""

  final: TrainState

  def test(self, state: TrainState, index: int, features: clrs.Features) -> Any:
    self.final = state
    return super().test(state, index, features)


class Lab:
  """Trains small networks, with programs that are compiled once."""

  def __init__(self) -> None:
    self._compiled: dict[int, Watched] = {}
    sampler, _ = clrs.build_sampler(ALGORITHM, seed=9, num_samples=8, length=4)
    self._test = list(
      in_batches(sampler.next(), get(ALGORITHM), SMALL.batch_size)
    )

  def train(
    self,
    path: Path,
    seeds: Sequence[int],
    interrupt_at: int | None = None,
    open_source: Callable[[int, SamplerState | None], BatchSource]
    | None = None,
  ) -> Trained:
    losses: list[np.ndarray] = []

    def show(progress: TrainingProgress) -> None:
      losses.append(np.asarray(progress.losses))
      if progress.step == interrupt_at:
        raise Interrupted

    kept = Checkpoint(path / "kept.npz", {})
    with Scalars(path) as scalars:
      sources = [
        (open_source or _live)(seed, stream)
        for seed, stream in zip(
          seeds, saved_streams(kept, len(seeds)), strict=True
        )
      ]
      compiled = self._model(sources[0], len(seeds))
      results = AlgorithmTraining(
        SMALL, seeds, sources, compiled, kept, scalars, show
      ).run({64: self._test})
    return Trained(results, losses, compiled.final)

  def _model(self, source: BatchSource, num_seeds: int) -> Watched:
    if num_seeds not in self._compiled:
      spec, example, _ = source.header
      model = Model(spec, example, jnp.tanh, SMALL, processor="deepsets")
      self._compiled[num_seeds] = Watched(model, num_seeds)
    return self._compiled[num_seeds]


def _live(seed: int, state: SamplerState | None) -> LiveSampler:
  return LiveSampler(SMALL, get(ALGORITHM), seed, state)


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
  """A lab without fast programs or sharp permutations, which nothing needs."""
  sharpen = decoders.log_sinkhorn

  def in_two_steps(*args: Any, steps: int, **options: Any) -> Any:
    return sharpen(*args, steps=min(steps, 2), **options)

  jax.config.update("jax_disable_most_optimizations", True)
  with mock.patch.object(decoders, "log_sinkhorn", in_two_steps):
    yield Lab()
  jax.config.update("jax_disable_most_optimizations", False)


@pytest.fixture(scope="module")
def alone(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Trained:
  """The first seed, uninterrupted."""
  return lab.train(tmp_path_factory.mktemp("alone"), SEEDS[:1])


@pytest.mark.slow
def test_an_interrupted_training_goes_on_to_the_same_end(
  lab: Lab, alone: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  monkeypatch.setattr(checkpoint, "_INTERVAL", -1.0)
  with pytest.raises(Interrupted):
    lab.train(tmp_path, SEEDS[:1], interrupt_at=3)
  progress = Checkpoint(tmp_path / "kept.npz", {}).progress()
  assert progress and progress["step"] == 3
  resumed = lab.train(tmp_path, SEEDS[:1])
  assert resumed.results == alone.results
  assert resumed.losses == alone.losses[3:]
  for mine, theirs in zip(
    jax.tree.leaves(resumed.final), jax.tree.leaves(alone.final), strict=True
  ):
    np.testing.assert_array_equal(mine, theirs)


@pytest.mark.slow
def test_there_is_noise_on_permutations(
  lab: Lab, alone: Trained, tmp_path: Path
) -> None:
  """A training that goes on with other keys would show it."""

  def other_keys(seed: int, state: SamplerState | None) -> BatchSource:
    live = _live(seed, state)
    live.header = live.header._replace(key_seed=0)
    return live

  other = lab.train(tmp_path, SEEDS[:1], open_source=other_keys)
  assert other.losses[0] != alone.losses[0]


def _longer(drawn: StepBatches) -> StepBatches:
  """Two steps longer, padded as upstream pads trajectories."""

  def padded(feedback: clrs.Feedback) -> clrs.Feedback:
    features = feedback.features
    hints = tuple(
      clrs.DataPoint(
        hint.name,
        hint.location,
        hint.type_,
        np.pad(hint.data, [(0, 2), *[(0, 0)] * (hint.data.ndim - 1)]),
      )
      for hint in features.hints
    )
    return feedback._replace(features=features._replace(hints=hints))

  training, validation, state = drawn
  return StepBatches(padded(training), [padded(b) for b in validation], state)


@pytest.mark.slow  # Compiles another three programs.
def test_seeds_side_by_side_are_each_alone(
  lab: Lab,
  alone: Trained,
  tmp_path: Path,
  caplog: pytest.LogCaptureFixture,
) -> None:
  """The second seed alone takes the programs of the first."""
  with jax.log_compiles(), caplog.at_level("WARNING"):
    second = lab.train(tmp_path / "second", SEEDS[1:])
    assert not _compilations(caplog)

  def open_source(seed: int, state: SamplerState | None) -> BatchSource:
    live = _live(seed, state)
    return Given(
      live.header, [_longer(d) if seed == SEEDS[1] else d for d in live]
    )

  with jax.log_compiles(), caplog.at_level("WARNING"):
    both = lab.train(tmp_path / "both", SEEDS, open_source=open_source)
    assert _compilations(caplog)
  for index, each in enumerate((alone, second)):
    losses = [found[index] for found in both.losses]
    np.testing.assert_allclose(losses, each.losses, rtol=1e-5)
    # Adam takes the sign even of a gradient that is nothing but rounding.
    differences = np.abs(both.final.weights[index] - each.final.weights)
    assert np.quantile(differences, 0.95) < 1e-6
    found, expected = both.results[index], each.results[0]
    assert found.by_length == pytest.approx(expected.by_length, abs=NODE)


def _compilations(caplog: pytest.LogCaptureFixture) -> list[str]:
  messages = [record.getMessage() for record in caplog.records]
  return [m for m in messages if m.startswith("Finished XLA compilation")]
