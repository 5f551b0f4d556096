"""Training neither needs TensorFlow nor imports it."""

import subprocess
import sys

import pytest

from tests import ROOT

# Code for an interpreter without TensorFlow.
NONE = """
import sys
from tests import ROOT

class Finder:
  def find_spec(self, name, path=None, target=None):
    if name.split(".")[0] in ("tensorflow", "tensorflow_datasets"):
      raise ModuleNotFoundError(f"there is no {name}")

sys.meta_path.insert(0, Finder())
"""


def _run(code: str) -> list[str]:
  """The lines that a fresh interpreter prints."""
  done = subprocess.run(
    [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True
  )
  assert done.returncode == 0, done.stderr
  return done.stdout.splitlines()


def test_training_code_can_be_imported_without_tensorflow() -> None:
  lines = _run(
    NONE + "try:\n"
    "  import clrs\n"
    "except ModuleNotFoundError as error:\n"
    "  print(error)\n"
    "import tasks.clrs30.run\n"
    "from tasks.clrs30.data import batch_files, sampler_process\n"
    "import clrs\n"
    "sampler, _ = clrs.build_sampler('bfs', seed=0, num_samples=3, length=4)\n"
    "print(sampler.next().features.lengths.shape)\n"
    "try:\n"
    "  from clrs._src import dataset\n"
    "except ModuleNotFoundError as error:\n"
    "  print(error)\n"
  )
  assert lines == [
    "there is no tensorflow", "(3,)", "there is no tensorflow"
  ]  # fmt: skip


def test_training_code_does_not_import_an_installed_tensorflow() -> None:
  lines = _run(
    "import sys, tasks.clrs30.run\n"
    "print(*(m for m in sys.modules if m.startswith('tensorflow')))"
  )
  assert lines == [""]


# Imports TensorFlow, which takes seconds.
@pytest.mark.slow
@pytest.mark.parametrize("first", ["", "import tensorflow; "])
def test_modules_left_out_can_be_imported_by_name(first: str) -> None:
  lines = _run(
    f"{first}import tasks.clrs30, clrs\n"
    "from clrs._src import clrs_text, dataset\n"
    "import tensorflow_datasets as tfds\n"
    "builder = tfds.core.GeneratorBasedBuilder\n"
    "print(issubclass(dataset.CLRSDataset, builder))\n"
    "print(clrs_text.__file__.endswith('.py'))\n"
    "print(issubclass(clrs.CLRSDataset, builder))\n"
  )
  assert lines == ["True", "True", str(bool(first))]
