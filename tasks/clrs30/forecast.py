"""Times and memory of a training, measured with its programs and batches."""

import contextlib
import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import jax

from tasks.clrs30.compiled import CompiledModel, TrainState
from tasks.clrs30.data.batch_source import StepBatches
from tasks.clrs30.protocol import Protocol

# Seconds of a training that is worth looking for faster ways, and measuring
# well: a short one would take a tenth longer.
_LONG = 600.0
_REPEATS = 3  # Of its measurements, of which the fastest counts.


class Forecast(NamedTuple):
  """Times and memory of a training.

  Attributes:
    steps: seconds of a step, by number of nodes.
    validation: seconds of one; None if none is near.
    num_bytes: of memory, at the largest number of nodes.
    on_half: times as long that a step takes on half of the cores, at the
      largest number of nodes; None if it was not measured.
    of_two: times as long that it takes for two seeds side by side; likewise.
    num_seeds: side by side in the training.
  """

  steps: dict[int, float]
  validation: float | None
  num_bytes: int
  on_half: float | None = None
  of_two: float | None = None
  num_seeds: int = 1

  def seconds(self, protocol: Protocol) -> float:
    """Of a whole training without its test, and validations not measured."""
    validations = -(-protocol.train_steps // protocol.eval_every)
    step = statistics.fmean(self.steps.values())
    return protocol.train_steps * step + validations * (self.validation or 0.0)

  def sentences(
    self,
    algorithm: str,
    protocol: Protocol,
    num_left: int,
    num_other: int,
    jobs: int | None,
  ) -> str:
    """The forecast in words.

    Args:
      algorithm: that was measured.
      protocol: of the training.
      num_left: trainings of the algorithm to come, this one included.
      num_other: those of other algorithms.
      jobs: trainings at a time on this machine; None on a cluster.
    """
    seconds, sizes = self.seconds(protocol), sorted(self.steps)
    each = ", ".join(f"{self.steps[size]:.2g}" for size in sizes)
    together = seconds * -(-num_left // (jobs or 1))
    side_by_side = ""
    if self.num_seeds > 1:
      side_by_side = f"{self.num_seeds} seeds side by side for "
    validation, without = "", "its validations and its test"
    if self.validation is not None:
      validation = f", a validation {self.validation:.2g} s"
      without = "its test"
    words = (
      f"{algorithm}: a step takes {each} s at {_joined(sizes)} nodes"
      f"{validation}. A training of {side_by_side}{protocol.train_steps:,} "
      f"steps takes {_hours(seconds)}, without {without}, and "
      f"{self.num_bytes / 1e9:.1f} GB of memory."
    )
    if num_left > 1:
      how = f"with --jobs={jobs}" if jobs else "one after the other"
      words += (
        f" The {num_left} of this algorithm take {_hours(together)} {how}."
      )
    if num_other:
      words += " Other algorithms are measured when they begin."
    if self.on_half and jobs:
      words += (
        f" On half of the cores a step takes {self.on_half:.1f} times as long, "
        f"so --jobs={2 * jobs} does {2 / self.on_half:.1f} times as many an "
        "hour."
      )
    if self.of_two:
      words += (
        f" Two seeds side by side take {self.of_two:.1f} times as long, so "
        f"--seeds_per_program=2 does {2 / self.of_two:.1f} times as many."
      )
    return words


def forecast(
  compiled: CompiledModel,
  state: TrainState,
  ahead: Sequence[Sequence[StepBatches]],
  protocol: Protocol,
) -> Forecast:
  """Measures steps at all lengths, and a validation.

  Args:
    compiled: of the training, prepared for the batches; is waited for.
    state: before the first step; stays as it is.
    ahead: batches by seed, of a step at each length.
    protocol: of the training.
  """
  by_size = {_size(drawn): drawn for drawn in ahead}
  compiled.wait("measuring")
  found = _measured(compiled, state, by_size, 1)
  if found.seconds(protocol) < _LONG:
    return found
  found = _measured(compiled, state, by_size, _REPEATS)
  if found.num_seeds > 1:
    return found
  largest = max(by_size)
  two = compiled.for_seeds(2)
  states = two.init((0, 1), (0, 1))
  of_two = partial(_step, two, states, [*by_size[largest]] * 2)
  of_two()  # Compiles.
  return found._replace(
    on_half=_on_half(partial(_step, compiled, state, by_size[largest])),
    of_two=_seconds(of_two, _REPEATS) / found.steps[largest],
  )


def _measured(
  compiled: CompiledModel,
  state: TrainState,
  by_size: Mapping[int, Sequence[StepBatches]],
  repeats: int,
) -> Forecast:
  steps = {
    size: _seconds(partial(_step, compiled, state, drawn), repeats)
    for size, drawn in by_size.items()
  }
  validated = [drawn for drawn in by_size.values() if drawn[0].validation]
  validation = None
  if validated:
    work = partial(_validate, compiled, state, validated[0])
    validation = _seconds(work, repeats)
  batches = [seed.training for seed in by_size[max(by_size)]]
  return Forecast(
    steps,
    validation,
    compiled.bytes_of_step(state, batches) + _resident_bytes(),
    num_seeds=len(batches),
  )


def _size(drawn: Sequence[StepBatches]) -> int:
  nodes: int = drawn[0].training.features.inputs[0].data.shape[1]
  return nodes


def _step(
  compiled: CompiledModel, state: TrainState, drawn: Sequence[StepBatches]
) -> None:
  # Of a copy: the program takes the memory of what it is given.
  copy = jax.tree.map(jax.numpy.copy, state)
  jax.block_until_ready(compiled.step(copy, [seed.training for seed in drawn]))


def _validate(
  compiled: CompiledModel, state: TrainState, drawn: Sequence[StepBatches]
) -> None:
  for batch in zip(*(seed.validation for seed in drawn), strict=True):
    compiled.validate(state, [feedback.features for feedback in batch])


def _seconds(work: Callable[[], Any], repeats: int) -> float:
  """Of the fastest of some repetitions."""
  found = []
  for _ in range(repeats):
    start = time.perf_counter()
    work()
    found.append(time.perf_counter() - start)
  return min(found)


def _on_half(work: Callable[[], Any]) -> float | None:
  """Times as long that work takes on half of the cores; None on an only one."""
  cores = sorted(os.sched_getaffinity(0))
  if len(cores) < 2 or jax.default_backend() != "cpu":
    return None
  whole = _seconds(work, _REPEATS)
  with _cores(cores[: len(cores) // 2], back_to=cores):
    return _seconds(work, _REPEATS) / whole


@contextlib.contextmanager
def _cores(cores: Sequence[int], back_to: Sequence[int]) -> Iterator[None]:
  """Keeps all threads of this process, those of XLA, too, on some cores."""
  try:
    _place_threads(cores)
    yield
  finally:
    _place_threads(back_to)


def _place_threads(cores: Sequence[int]) -> None:
  for task in Path("/proc/self/task").iterdir():
    with contextlib.suppress(ProcessLookupError):  # It has just ended.
      os.sched_setaffinity(int(task.name), cores)


def _resident_bytes() -> int:
  pages = int(Path("/proc/self/statm").read_text().split()[1])
  return pages * os.sysconf("SC_PAGE_SIZE")


def _hours(seconds: float) -> str:
  if seconds >= 3600:
    return f"{seconds / 3600:.1f} hours"
  if seconds >= 60:
    return f"{seconds / 60:.1f} minutes"
  return f"{seconds:.2g} seconds"


def _joined(sizes: Sequence[int]) -> str:
  return ", ".join(map(str, sizes))
