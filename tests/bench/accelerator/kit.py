"""Builds the kit of a visit.

  python -m tests.bench.accelerator.kit [--to=accelerator-kit] [--back=DIR]

The folder holds the project's sources, wheels of what JAX does not bring, test
splits and samples of CLRS-30, and the trainings that came back in DIR.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from harness.core import console, entry
from harness.core.console import Progress
from harness.core.errors import UserError
from tasks.clrs30 import registry
from tasks.clrs30.data import batch_files
from tasks.clrs30.data.benchmark import test_split
from tasks.clrs30.protocol import BENCHMARK_LENGTH
from tests.bench.accelerator import archive, clrs_steps, clrs_training

_SOURCES = ("harness", "tasks", "evolve", "tests/bench")
_LOCK = Path("requirements.lock")
# Pure Python, and not among what JAX needs; the last two write curves.
_WHEELS = (
  "absl-py",
  "attrs",
  "chex",
  "dm-clrs",
  "dm-haiku",
  "jmp",
  "markdown-it-py",
  "mdurl",
  "optax",
  "Pygments",
  "rich",
  "six",
  "tabulate",
  "toolz",
  "typing_extensions",
  "protobuf",
  "tensorboard",
)
_MOST_BYTES = 35 << 20


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("--to", type=Path, default=Path("accelerator-kit"))
  parser.add_argument("--back", type=Path)
  parser.add_argument("--data_dir")
  given = parser.parse_args()
  build(given.to, entry.data_dir(given.data_dir), given.back)


def build(kit: Path, data_dir: Path, back: Path | None = None) -> None:
  """Writes the kit in place of an earlier one.

  Args:
    kit: its folder.
    data_dir: of the test splits, which are drawn there when first needed.
    back: a folder that came back from a visit.

  Raises:
    UserError: a wheel can't be had, or the kit is too large.
  """
  shutil.rmtree(kit, ignore_errors=True)
  for name in _SOURCES:
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(name, kit / name, ignore=ignored)
  shutil.copyfile("tests/__init__.py", kit / "tests" / "__init__.py")
  _fetch_wheels(kit / "wheels")
  with Progress() as progress:
    for algorithm in map(registry.get, clrs_training.ALGORITHMS):
      split = test_split(algorithm, BENCHMARK_LENGTH, data_dir, progress.show)
      folder = kit / clrs_training.DATA / "clrs30"
      batch_files.write_test(folder, algorithm, BENCHMARK_LENGTH, split)
    for name in clrs_steps.ALGORITHMS:
      progress.show(f"drawing samples of {name}")
      clrs_steps.write(kit / clrs_steps.SAMPLES, name)
  if back:
    archive.unpack(back, kit / clrs_training.RUN)
  size = sum(path.stat().st_size for path in kit.rglob("*") if path.is_file())
  console.say(f"{kit}: {size / (1 << 20):.1f} MiB")
  if size > _MOST_BYTES:
    raise UserError(f"the kit is over {_MOST_BYTES >> 20} MiB; carry less")


def _fetch_wheels(folder: Path) -> None:
  """Wheels for any machine, of the versions in the lock file."""
  pinned = dict(line.split("==") for line in _LOCK.read_text().split())
  command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
  command += ["--disable-pip-version-check", f"--dest={folder}"]
  command += ["--only-binary=:all:", "--platform=any", "--abi=none"]
  command += ["--implementation=py", "--python-version=3.11"]
  command += [f"{name}=={pinned[name]}" for name in _WHEELS]
  if subprocess.run(command, check=False).returncode:
    raise UserError("pip can't fetch the wheels, see above; check the network")


if __name__ == "__main__":
  try:
    main()
  except UserError as error:
    sys.exit(f"error: {error}")
