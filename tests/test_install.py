"""The environment that `make install` makes."""

import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).parent.parent / "requirements.lock"
PIN = re.compile(r"([A-Za-z0-9_.-]+)==([A-Za-z0-9_.+!-]+)")


def test_every_version_is_pinned_and_installed() -> None:
  for line in LOCK.read_text().splitlines():
    pin = PIN.fullmatch(line)
    assert pin, f"{line!r} pins no version"
    # A pin admits any local label, as in torch's 2.13.0+cpu.
    public, _, _ = importlib.metadata.version(pin[1]).partition("+")
    assert public == pin[2]


def test_tensorflow_datasets_is_the_release_and_no_nightly_build() -> None:
  # tfds-nightly, which dm-clrs asks for, writes the same one.
  code = "import tensorflow_datasets as tfds; print(tfds.__version__)"
  run = subprocess.run(
    [sys.executable, "-c", code], capture_output=True, text=True, check=True
  )
  assert run.stdout.strip() == "4.9.10"
