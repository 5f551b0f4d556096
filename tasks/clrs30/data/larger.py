"""Test splits at other numbers of nodes than the benchmark's.

Of hints a test takes the first ones and the number of steps; all of them would
fill the memory. So a split has hints [1, N, ...], until a part of it is given
to the network.
"""

import copy
import itertools
import math
from collections.abc import Callable, Iterable

import clrs
import jax
import numpy as np
from clrs._src import probing

from harness.core import memory
from harness.core.errors import UserError
from tasks.clrs30.algorithm import Algorithm

# Trajectories at each number of nodes: one at 256 takes as long as 64 at 64.
# At most so many times as many are drawn, of algorithms for which the benchmark
# has more because each holds little to predict.
_SIZE, _MOST_TIMES = 32, 4
# Instances of these numbers of nodes, drawn in no time, tell how they grow.
_SMALL, _NUM_MEASURED = 16, 3
_COPIES = 2  # Of hints, while upstream's functions stack them.


def size(algorithm: Algorithm) -> int:
  """The number of trajectories at each number of nodes."""
  return _SIZE * min(algorithm.num_samples_multiplier, _MOST_TIMES)


def check_memory(algorithm: Algorithm, length: int) -> None:
  """Foretells the memory that one trajectory takes while it is drawn.

  Raises:
    UserError: it is more than there is.
  """
  small = max(_SMALL, algorithm.min_nodes)
  large = 2 * small
  if length <= large:
    return
  first, second = (_num_bytes(algorithm, nodes) for nodes in (small, large))
  power = math.log(second / first) / math.log(large / small)
  needed = _COPIES * second * (length / large) ** power
  if needed > (free := memory.host_free()):
    raise UserError(
      f"a trajectory of {algorithm.name} at {length:,} nodes takes about "
      f"{needed / memory.GIGA:,.0f} GB to draw, of which "
      f"{free / memory.GIGA:.0f} GB are to be had; leave {length} out of "
      "--test_lengths"
    )


def _num_bytes(algorithm: Algorithm, length: int) -> int:
  """Of all inputs, hints and outputs, the most that a few trajectories take."""
  seed: int = clrs.CLRS30["test"]["seed"]
  instances = algorithm.instances(length, seed, for_training=False)
  found = []
  for instance in itertools.islice(instances, _NUM_MEASURED):
    _, record = algorithm.run(*copy.deepcopy(instance))
    stages = probing.split_stages(record, algorithm.spec)
    found.append(sum(p.data.nbytes for stage in stages for p in stage))
  return max(found)


def draw(
  algorithm: Algorithm, length: int, show: Callable[[str], None]
) -> clrs.Feedback:
  """Trajectories from the benchmark's seed, as many as `size` says.

  Args:
    algorithm: that is tested.
    length: number of nodes.
    show: receives a line before each trajectory.

  Returns:
    Inputs and outputs [N, ...], first hints [1, N, ...], and the lengths [N]
    that trajectories have in all.

  Raises:
    UserError: see `check_memory`.
  """
  check_memory(algorithm, length)
  count = size(algorithm)
  seed: int = clrs.CLRS30["test"]["seed"]
  instances = algorithm.instances(length, seed, for_training=False)
  drawn, lengths = [], []
  for number, instance in enumerate(itertools.islice(instances, count), 1):
    show(
      f"drawing trajectory {number} of {count} of {algorithm.name} at {length} "
      "nodes"
    )
    # Copied, as upstream's samplers do: a run may change what it is given.
    _, record = algorithm.run(*copy.deepcopy(instance))
    inputs, outputs, hints = probing.split_stages(record, algorithm.spec)
    lengths.append(len(hints[0].data))
    drawn.append((inputs, outputs, _first(hints)))
  all_inputs, all_outputs, all_hints = zip(*drawn, strict=True)
  return clrs.Feedback(
    clrs.Features(
      _joined(all_inputs, 0), _joined(all_hints, 1), np.array(lengths, float)
    ),
    _joined(all_outputs, 0),
  )


def with_steps(part: clrs.Feedback, num_hints: int) -> clrs.Feedback:
  """A part with its hints repeated, [num_hints, B, ...], without copies."""
  features = part.features
  hints = jax.tree.map(
    lambda x: np.broadcast_to(x[:1], (num_hints, *x.shape[1:])), features.hints
  )
  return part._replace(features=features._replace(hints=hints))


def _first(hints: Iterable[clrs.DataPoint]) -> list[clrs.DataPoint]:
  cut: list[clrs.DataPoint] = jax.tree.map(lambda x: x[:1].copy(), [*hints])
  return cut


def _joined(
  points: Iterable[list[clrs.DataPoint]], axis: int
) -> tuple[clrs.DataPoint, ...]:
  joined: tuple[clrs.DataPoint, ...] = tuple(
    jax.tree.map(lambda *x: np.concatenate(x, axis), *points)
  )
  return joined
