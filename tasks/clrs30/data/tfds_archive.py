"""Test splits that TFDS has stored: upstream's archive, or TFDS' own builds.

Nothing else of CLRS-30 needs TensorFlow, which is imported to read one of them.
"""

import gzip
import tarfile
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import clrs
import numpy as np

from harness.core.errors import UserError
from tasks.clrs30.algorithm import Algorithm
from tasks.clrs30.data.feedback_files import feedback
from tasks.quiet import stderr_discarded

# The archive's name, and that of the folder it is unpacked to.
OFFICIAL = "CLRS30_v1.0.0"
_DAMAGED = (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError)


def stored_split(
  algorithm: Algorithm, data_dir: Path, show: Callable[[str], None]
) -> clrs.Feedback | None:
  """The test split as TFDS has stored it; None if it has not.

  Args:
    algorithm: of CLRS-30.
    data_dir: may hold `clrs_dataset`, or CLRS30_v1.0.0 with it, or the archive
      CLRS30_v1.0.0.tar.gz, from which the split is then unpacked.
    show: receives a line before each step that takes long.

  Returns:
    Inputs and outputs [N, ...], hints [T, N, ...], in the order of TFDS.

  Raises:
    OSError: `data_dir` cannot be read, or not written for unpacking.
    UserError: the archive or the split is damaged, or TensorFlow is missing.
  """
  inside = Path("clrs_dataset", f"{algorithm.name}_test", "1.0.0")
  folders = [data_dir / inside, data_dir / OFFICIAL / inside]
  archive = data_dir / f"{OFFICIAL}.tar.gz"
  if not any(folder.exists() for folder in folders) and archive.exists():
    show(f"unpacking the test split of {algorithm.name} from {archive}")
    _unpack(archive, inside.parts, folders[0])
  for folder in folders:
    if folder.exists():
      show(f"reading the test split of {algorithm.name} from {folder}")
      return _read(folder, algorithm)
  return None


def _unpack(archive: Path, inside: tuple[str, ...], target: Path) -> None:
  """Unpacks one folder of the archive, whatever lies above it in there."""
  remedy = "download it again, or move it away and the split is drawn"
  target.parent.mkdir(parents=True, exist_ok=True)
  with tempfile.TemporaryDirectory(
    dir=target.parent, prefix=".new-"
  ) as scratch:
    folder = Path(scratch, target.name)
    folder.mkdir()
    try:
      with tarfile.open(archive, "r:gz") as members:
        for member in members:
          *above, name = PurePosixPath(member.name).parts or ("",)
          if member.isfile() and tuple(above[-len(inside) :]) == inside:
            members.extract(member.replace(name=name), folder, filter="data")
    except _DAMAGED as error:
      raise UserError(f"{archive} is damaged ({error}); {remedy}") from error
    if not any(folder.iterdir()):
      raise UserError(f"{archive} has no {'/'.join(inside)}; {remedy}")
    if not target.exists():  # Another process may have unpacked it meanwhile.
      folder.rename(target)


def _read(folder: Path, algorithm: Algorithm) -> clrs.Feedback:
  for file in folder.iterdir():  # TFDS would hide that one is unreadable.
    file.open("rb").close()
  try:
    return _from_examples(algorithm, _examples(folder))
  except ImportError as error:
    raise UserError(
      f"reading {folder} needs TensorFlow and tensorflow-datasets "
      f"({_one_line(error)}): pip install 'actmine[clrs]', or move the folder "
      "away and the split is drawn"
    ) from error
  except Exception as error:
    raise UserError(
      f"cannot read {folder} ({_one_line(error)}); unpack the archive again, "
      "or move the folder away and the split is drawn"
    ) from error


def _examples(folder: Path) -> list[dict[str, np.ndarray]]:
  """The arrays of each trajectory, by stage and name."""
  with stderr_discarded():  # TensorFlow's messages; errors are raised.
    import tensorflow as tf
    import tensorflow_datasets as tfds

    tf.config.set_visible_devices([], "GPU")  # It is for the training.
    builder = tfds.builder_from_directory(folder)
    return list(tfds.as_numpy(builder.as_dataset(split="test")))


def _from_examples(
  algorithm: Algorithm, examples: list[dict[str, np.ndarray]]
) -> clrs.Feedback:
  """One batch of all examples, which are used up to save memory."""
  expected = algorithm.benchmark_size("test")
  if len(examples) != expected:
    raise ValueError(f"{len(examples)} trajectories instead of {expected}")
  arrays: dict[str, Any] = {}
  for key in list(examples[0]):
    stage, _, name = key.partition("_")
    axis = 1 if stage == clrs.Stage.HINT else 0
    arrays[name or key] = np.stack([e.pop(key) for e in examples], axis)
  return feedback(algorithm.spec, arrays)


def _one_line(error: BaseException) -> str:
  """The type of an error and the beginning of its message."""
  return f"{type(error).__name__}: {' '.join(str(error).split())}"[:200]
