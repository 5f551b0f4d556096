"""Our CLRS-30 training against the example that dm-clrs ships.

python -m tests.bench.clrs_speed bfs insertion_sort

Both train ReLU with the same seed, processor, lengths, width and batches. First
whole commands: 200 steps over all lengths, four validations and the test, from
the start of the process to its end. Then single steps by turns, length by
length, when all is compiled, where no length may be slower.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import jax
import numpy as np

from harness.core import console
from harness.core.printed_table import print_table
from tasks.clrs30.data.sampler import BatchSampler
from tasks.clrs30.data.tfds_archive import OFFICIAL
from tasks.clrs30.protocol import PAPER
from tasks.clrs30.registry import get
from tests.bench import clrs_steps
from tests.bench.clrs_steps import SEED, TimedStep
from tests.tasks.clrs30.data.tfds_builds import build

_TRAIN_STEPS = 200
_BAR = 1.8  # Times as fast as upstream's command.
_ROUNDS, _STEPS_PER_ROUND = 5, 3


def whole_commands(algorithm: str, folder: Path) -> None:
  """Prints the seconds of both commands, and what they compiled."""
  build(algorithm, folder / OFFICIAL)  # As upstream unpacks it.
  seconds = {}
  for name, arguments in {
    "upstream": [
      "clrs.examples.run",
      f"--algorithms={algorithm}",
      f"--dataset_path={folder}",
      f"--checkpoint_path={folder / 'best'}",
      f"--seed={SEED}",
      f"--train_steps={_TRAIN_STEPS}",
    ],
    "ours": [
      "harness.clrs30",
      f"--algorithms={algorithm}",
      f"--data_dir={folder / 'data'}",
      f"--workdir={folder / 'run'}",
      f"--seeds={SEED}",
      f"--train_steps={_TRAIN_STEPS}",
    ],
  }.items():
    start = time.monotonic()
    subprocess.run(
      [sys.executable, "-m", *arguments], check=True, capture_output=True
    )
    seconds[name] = time.monotonic() - start
  summary = json.loads((folder / "run" / "summary.json").read_text())
  ratio = seconds["upstream"] / seconds["ours"]
  console.say(
    f"{algorithm}, {_TRAIN_STEPS} steps, validations and test: upstream "
    f"{seconds['upstream']:.1f} s, ours {seconds['ours']:.1f} s "
    f"({summary['compilations']} programs compiled): {ratio:.2f} times as fast "
    f"(bar {_BAR})"
  )


def steady_state(algorithm: str) -> None:
  """Prints a table of seconds to compile and per step, by length."""
  stream = BatchSampler(PAPER, get(algorithm), SEED)
  example = stream.example()
  lengths = PAPER.lengths_for(get(algorithm))
  drawn = [stream.next_training() for _ in lengths * _STEPS_PER_ROUND]
  rows, totals = [], np.zeros(2)
  for place, length in enumerate(lengths):
    batches = drawn[place :: len(lengths)]
    timed = (
      clrs_steps.upstream(stream.spec, example, batches),
      clrs_steps.ours(stream.spec, example, batches),
    )
    seconds = np.min(
      [[_round(step) for step in timed] for _ in range(_ROUNDS)],
      axis=0,
    )
    totals += seconds
    theirs, ours = timed
    rows.append(
      (
        f"{algorithm}, n={length}",
        f"{theirs.compile_seconds:.1f}",
        f"{ours.compile_seconds:.1f}",
        *(f"{s:.4f}" for s in seconds),
        f"{seconds[0] / seconds[1]:.2f}",
      )
    )
  rows.append(("all lengths", "", "", "", "", f"{totals[0] / totals[1]:.2f}"))
  print_table(
    "Seconds, the best round",
    ("step", "upstream: compile", "ours", "upstream: step", "ours", "ratio"),
    rows,
  )


def _round(step: TimedStep) -> float:
  start = time.monotonic()
  for number in range(_STEPS_PER_ROUND):
    jax.block_until_ready(step.run(number))
  return (time.monotonic() - start) / _STEPS_PER_ROUND


def main() -> None:
  for algorithm in sys.argv[1:] or ["bfs"]:
    with tempfile.TemporaryDirectory() as folder:
      whole_commands(algorithm, Path(folder))
    steady_state(algorithm)


if __name__ == "__main__":
  main()
