"""CLRS-30: training steps a second, of seeds side by side and of upstream."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import clrs
import jax

from tasks.clrs30.compiled import CompiledModel, TrainState
from tasks.clrs30.data import feedback_files
from tasks.clrs30.data.batch_source import SamplerState, StepBatches
from tasks.clrs30.data.sampler import BatchSampler, spec_of
from tasks.clrs30.model import Model
from tasks.clrs30.protocol import PAPER, SMOKE, Protocol
from tasks.clrs30.registry import get
from tests.bench import clrs_steps
from tests.bench.accelerator.visit import Visit, is_out_of_memory, peak_memory

# Short trajectories, and those of the longest of the benchmark's sorting.
ALGORITHMS = ("bfs", "heapsort")
SAMPLES = "samples"  # The folder of a kit.
_SEEDS_PER_PROGRAM = (1, 3, 8, 16)  # The memory is the peak so far.
_SECONDS, _MOST_STEPS = 2.0, 100  # Of a measurement.


class Samples(NamedTuple):
  """The input of a step.

  Attributes:
    example: the batch that upstream takes to learn sizes from.
    batch: of the largest training length.
  """

  example: clrs.Feedback
  batch: clrs.Feedback


def write(folder: Path, algorithm: str) -> None:
  """Draws samples for a kit, which takes up to half a minute."""
  folder.mkdir(parents=True, exist_ok=True)
  learned = get(algorithm)
  sampler = BatchSampler(PAPER, learned, clrs_steps.SEED)
  # Lengths take turns, the largest is the last.
  batches = [sampler.next_training() for _ in PAPER.lengths_for(learned)]
  samples = Samples(sampler.example(), batches[-1])
  feedback_files.write(folder / f"{algorithm}.npz", samples._asdict())


def _read(folder: Path, algorithm: str) -> Samples:
  path = folder / f"{algorithm}.npz"
  remedy = "make the kit anew"
  return Samples(**feedback_files.read(path, spec_of(get(algorithm)), remedy))


def measure(visit: Visit) -> None:
  protocol = SMOKE if visit.is_trial else PAPER
  sizes = (2, 1) if visit.is_trial else _SEEDS_PER_PROGRAM
  for algorithm in ALGORITHMS[:1] if visit.is_trial else ALGORITHMS:
    samples = _read(visit.kit / SAMPLES, algorithm)
    started = {
      size: _Training(protocol, algorithm, samples, size) for size in sizes
    }
    theirs = _time_upstream(visit, protocol, algorithm, samples)
    for size, training in started.items():
      _time(visit, algorithm, size, training, theirs)


def _time_upstream(
  visit: Visit, protocol: Protocol, algorithm: str, samples: Samples
) -> float:
  """Steps a second of dm-clrs' model."""
  step = clrs_steps.upstream(
    spec_of(get(algorithm)), samples.example, [samples.batch], protocol
  )
  rate = _rate(lambda: step.run(0))
  visit.add(
    "upstream's steps",
    rate,
    "a second",
    algorithm=algorithm,
    trajectory=_trajectory(samples),
    compile_seconds=round(step.compile_seconds, 1),
  )
  return rate


class _Training:
  """Seeds side by side, whose step is compiled in the background."""

  def __init__(
    self, protocol: Protocol, algorithm: str, samples: Samples, size: int
  ):
    model = Model(
      spec_of(get(algorithm)), samples.example, jax.nn.relu, protocol
    )
    self._compiled = CompiledModel(model, size)
    self._batches = [samples.batch] * size
    self._state: TrainState = self._compiled.init(range(size), range(size))
    drawn = StepBatches(samples.batch, [], SamplerState(0, [], []))
    self._compiled.prepare(self._state, [drawn] * size)
    self.trajectory = _trajectory(samples)

  def step(self) -> jax.Array:
    self._state, losses = self._compiled.step(self._state, self._batches)
    return losses


def _time(
  visit: Visit, algorithm: str, size: int, training: _Training, theirs: float
) -> None:
  settings = {
    "algorithm": algorithm,
    "trajectory": training.trajectory,
    "seeds_per_program": size,
  }
  try:
    rate = _rate(training.step)
  except jax.errors.JaxRuntimeError as error:
    if not is_out_of_memory(error):
      raise
    visit.add("seeds x steps", "out of memory", "", **settings)
    return
  visit.add(
    "seeds x steps",
    rate * size,
    "a second",
    **settings,
    times_upstream=round(rate * size / theirs, 2),
    peak_bytes=peak_memory(),
  )


def _trajectory(samples: Samples) -> int:
  """Steps of the algorithm in the batch's longest trajectory."""
  return len(samples.batch.features.hints[0].data)


def _rate(step: Callable[[], Any]) -> float:
  """Calls a second, after a first one that compiles."""
  jax.block_until_ready(step())
  start, count = time.perf_counter(), 0
  while count < _MOST_STEPS and time.perf_counter() - start < _SECONDS:
    last = step()
    count += 1
    if count % 10 == 0:
      jax.block_until_ready(last)
  jax.block_until_ready(last)
  return count / (time.perf_counter() - start)
