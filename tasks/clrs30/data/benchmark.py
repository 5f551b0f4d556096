"""The test splits of the benchmark, drawn from its seed when first needed.

arXiv 2205.15659: 32 trajectories at 64 nodes, or a multiple of 32 where each
holds little to predict. Drawing them takes seconds to two minutes, so they are
kept; TFDS is needed for the splits that it has stored only.
"""

import itertools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import clrs
import numpy as np

from harness.core.errors import UserError
from tasks.clrs30.algorithm import Algorithm
from tasks.clrs30.algorithms import ALGORITHMS
from tasks.clrs30.data import batch_files, larger
from tasks.clrs30.data.tfds_archive import stored_split
from tasks.clrs30.protocol import BENCHMARK_LENGTH


def test_split(
  algorithm: Algorithm,
  length: int,
  data_dir: Path,
  show: Callable[[str], None],
) -> clrs.Feedback:
  """All trajectories of a test split, each once.

  Splits that TFDS has stored are preferred to drawing.

  Args:
    algorithm: that is tested; TFDS has splits of CLRS-30 only.
    length: number of nodes; TFDS has the benchmark's only.
    data_dir: may hold upstream's archive, unpacked or not, or splits that TFDS
      has prepared; a split that is drawn is kept here.
    show: receives lines about the progress.

  Returns:
    Inputs and outputs [N, ...], hints [T, N, ...]; at other numbers of nodes
    than the benchmark's, see `larger.draw`.

  Raises:
    UserError: `data_dir` cannot be read or written, or what it holds is
      damaged; TensorFlow is missing for what it holds.
  """
  data_dir = data_dir.expanduser()
  try:
    stored = None
    if algorithm.name in ALGORITHMS and length == BENCHMARK_LENGTH:
      stored = stored_split(algorithm, data_dir, show)
    return stored or _kept_split(algorithm, length, data_dir, show)
  except OSError as error:
    raise UserError(
      f"can't read or keep the test split of {algorithm.name} in {data_dir}: "
      f"{error}; free space there, or choose another --data_dir"
    ) from error


def _kept_split(
  algorithm: Algorithm,
  length: int,
  data_dir: Path,
  show: Callable[[str], None],
) -> clrs.Feedback:
  """The split that was drawn here before, or else now."""
  folder = data_dir / "clrs30"
  path = batch_files.split_file(folder, algorithm, length)
  if path.exists():
    show(f"reading the test split of {algorithm.name} from {path}")
    remedy = "remove it and the split is drawn anew"
    split = batch_files.read_test(folder, algorithm, length, remedy)
    if length == BENCHMARK_LENGTH or _count(split) == larger.size(algorithm):
      return split
    show(f"{path} has another number of trajectories: it is drawn anew")
  path.parent.mkdir(parents=True, exist_ok=True)
  if length == BENCHMARK_LENGTH:
    split = draw(algorithm, algorithm.benchmark_size("test"), show)
  else:
    split = larger.draw(algorithm, length, show)
  show(f"writing the test split of {algorithm.name} to {path}")
  batch_files.write_test(folder, algorithm, length, split)
  return split


def _count(split: clrs.Feedback) -> int:
  return len(split.features.lengths)


def draw(
  algorithm: Algorithm, size: int, show: Callable[[str], None]
) -> clrs.Feedback:
  """The benchmark's test split, from the algorithm's sampler.

  Of CLRS-30, the trajectories are those that upstream's TFDS builder generates,
  as TFDS gives them back, but in the order in which they are drawn.

  Args:
    algorithm: that is tested.
    size: number of trajectories.
    show: receives a line before each trajectory.
  """
  number = itertools.count(1)

  def counted(*instance: Any) -> Any:
    show(
      f"drawing the test split of {algorithm.name}: trajectory {next(number)} "
      f"of {size}"
    )
    return algorithm.run(*instance)

  seed: int = clrs.CLRS30["test"]["seed"]
  sampler = algorithm.sampler(
    counted, algorithm.spec, size, seed=seed, length=BENCHMARK_LENGTH
  )
  (inputs, hints, lengths), outputs = sampler.next()
  return clrs.Feedback(
    clrs.Features(_as_stored(inputs), _as_stored(hints), lengths),
    _as_stored(outputs),
  )


def _as_stored(points: Iterable[clrs.DataPoint]) -> tuple[clrs.DataPoint, ...]:
  """Sorted by name, with floats rounded to 32 bits, as TFDS stores them."""
  ordered = tuple(sorted(points, key=lambda point: point.name))
  for point in ordered:
    if point.data.dtype.kind == "f":
      point.data[...] = point.data.astype(np.float32)
  return ordered
