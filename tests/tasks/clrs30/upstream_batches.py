"""Batches as upstream's example draws them, in a process of its own.

  python -m tests.tasks.clrs30.upstream_batches OUTPUT ALGORITHM SEED

The example defines absl flags, which would clash with ours.
"""

import pickle
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from absl import flags
from clrs.examples import run

from tests.tasks.clrs30.batches import LENGTHS, NUM_TRAINING, arrays


def main() -> None:
  path, algorithm, seed = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
  flags.FLAGS(["run"])
  rng = np.random.RandomState(seed)
  key_seed = rng.randint(2**32)
  # The benchmark's test split is not what is compared, and needs a data set.
  real = run.make_sampler

  def without_test(length: int, *args: Any, **kwargs: Any) -> Any:
    return (iter(()), 0, {}) if length < 0 else real(length, *args, **kwargs)

  with mock.patch.object(run, "make_sampler", without_test):
    train, validation, counts, *_ = run.create_samplers(
      rng, list(LENGTHS), algorithms=[algorithm]
    )
  found = [arrays(next(validation[0]))]
  for step in range(NUM_TRAINING):
    found.append(arrays(next(train[0])))
    if step in (0, 2):
      found += [arrays(next(validation[0])) for _ in range(0, counts[0], 32)]
  path.write_bytes(pickle.dumps((key_seed, found)))


if __name__ == "__main__":
  main()
