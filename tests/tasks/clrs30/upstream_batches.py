"""Batches as upstream's example draws them, in a process of its own.

  python -m tests.tasks.clrs30.upstream_batches OUTPUT SEED

Writes those of all ALGORITHMS. The example defines absl flags, which would
clash with ours.
"""

import pickle
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from absl import flags
from clrs.examples import run

from tests.tasks.clrs30 import batches


def main() -> None:
  path, seed = Path(sys.argv[1]), int(sys.argv[2])
  flags.FLAGS(["run"])
  batches.validate_on_few()
  found = {a: _draw(a, seed) for a in batches.ALGORITHMS}
  path.write_bytes(pickle.dumps(found))


def _draw(algorithm: str, seed: int) -> tuple[int, list[dict[str, np.ndarray]]]:
  """The seed of the keys, and the arrays of each batch."""
  rng = np.random.RandomState(seed)
  key_seed = rng.randint(2**32)
  # The benchmark's test split is not what is compared, and needs a data set.
  real = run.make_sampler

  def without_test(length: int, *args: Any, **kwargs: Any) -> Any:
    return (iter(()), 0, {}) if length < 0 else real(length, *args, **kwargs)

  with mock.patch.object(run, "make_sampler", without_test):
    train, validation, counts, *_ = run.create_samplers(
      rng, list(batches.LENGTHS), algorithms=[algorithm]
    )
  drawn = [next(validation[0])]
  for step in range(batches.NUM_TRAINING):
    drawn.append(next(train[0]))
    if step in batches.VALIDATED_STEPS:
      drawn += [next(validation[0]) for _ in range(0, counts[0], 32)]
  return key_seed, [batches.arrays(batch) for batch in drawn]


if __name__ == "__main__":
  main()
