"""Trainings on CLRS-30 per hour, by the number of processes that train.

python -m tests.bench.clrs_jobs

The same four trainings of bfs by whole commands, one after the other and then
two at a time (--jobs=2), from the start of the command to its end. All cores
are used either way: one training has all threads, two have half of them each.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness.core import console
from tasks.clrs30.data.benchmark import test_split
from tasks.clrs30.protocol import BENCHMARK_LENGTH
from tasks.clrs30.registry import get
from tests.bench.clrs_steps import SEED

_ACTIVATIONS = ("relu", "gelu", "swish", "elu")  # Each compiles its own.
_TRAIN_STEPS = 200
_BAR = 1.5  # Of two jobs over one.


def per_hour(jobs: int, data_dir: Path) -> float:
  """Trainings per hour of a command with --jobs."""
  with tempfile.TemporaryDirectory() as workdir:
    start = time.monotonic()
    subprocess.run(
      [
        sys.executable,
        "-m",
        "harness.clrs30",
        "--algorithms=bfs",
        f"--activations={','.join(_ACTIVATIONS)}",
        f"--seeds={SEED}",
        f"--train_steps={_TRAIN_STEPS}",
        f"--jobs={jobs}",
        f"--data_dir={data_dir}",
        f"--workdir={workdir}",
      ],
      check=True,
      capture_output=True,
    )
    return 3600 * len(_ACTIVATIONS) / (time.monotonic() - start)


def main() -> None:
  with tempfile.TemporaryDirectory() as folder:
    data_dir = Path(folder)
    # Drawn once, for both.
    test_split(get("bfs"), BENCHMARK_LENGTH, data_dir, console.say)
    one, two = (per_hour(jobs, data_dir) for jobs in (1, 2))
  console.say(
    f"bfs, {_TRAIN_STEPS} steps and the test, trainings per hour: {one:.0f} "
    f"with --jobs=1, {two:.0f} with --jobs=2, {two / one:.2f} times as many "
    f"(bar {_BAR})"
  )


if __name__ == "__main__":
  main()
