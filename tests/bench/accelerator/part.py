"""One part of a visit, in a process of its own.

python -m tests.bench.accelerator.part NAME --seconds=60 --out=DIR --kit=DIR
"""

import argparse
import importlib
from pathlib import Path

import absl.logging

import tasks.clrs30  # noqa: F401  (imports clrs without TensorFlow)
from tests.bench.accelerator.visit import Visit


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("name")
  parser.add_argument("--seconds", type=float, required=True)
  parser.add_argument("--out", type=Path, required=True)
  parser.add_argument("--kit", type=Path, required=True)
  parser.add_argument("--trial", action="store_true")
  given = parser.parse_args()
  absl.logging.set_verbosity(absl.logging.ERROR)  # Upstream's samplers warn.
  part = importlib.import_module(f"tests.bench.accelerator.{given.name}")
  part.measure(
    Visit(given.name, given.out, given.kit, given.seconds, given.trial)
  )


if __name__ == "__main__":
  main()
