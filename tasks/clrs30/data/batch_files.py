"""Batches and test splits in files, for machines that do not draw them.

A directory of samples has a folder for each algorithm, which holds the test
split and, for each seed, a folder with one file for each validation: the
batches of the steps up to it, and its own.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import clrs

from harness.core import records
from harness.core.errors import UserError
from tasks.clrs30.algorithm import Algorithm
from tasks.clrs30.data import feedback_files
from tasks.clrs30.data.batch_source import (
  BatchSource,
  Header,
  SamplerState,
  StepBatches,
)
from tasks.clrs30.data.sampler import spec_of
from tasks.clrs30.protocol import BENCHMARK_LENGTH, Protocol

_EXAMPLE, _MANIFEST = "example.npz", "manifest.json"
_TEST = "test"  # The name of the split in its file.
_WRITE_ANEW = "write it anew with --write_samples"
# The settings of a protocol that decide the batches.
_DECIDING = ("train_lengths", "batch_size", "eval_every", "sample_multiplier")
_MANIFEST_NAMES = ("key_seed", "train_steps", *_DECIDING)


class BatchFiles:
  """The batches of one training, as `write` kept them.

  Attributes:
    header: see BatchSource.
  """

  def __init__(
    self,
    folder: Path,
    protocol: Protocol,
    algorithm: Algorithm,
    seed: int,
    taken: int = 0,
  ):
    """Begins after `taken` steps.

    Raises:
      UserError: the files are missing, damaged, or of another protocol.
    """
    self._folder = _training_folder(folder, algorithm, seed)
    self._algorithm, self._taken = algorithm, taken
    self._protocol = protocol
    manifest = self._manifest()
    for name, value in _identity(protocol).items():
      if manifest[name] != value:
        raise UserError(
          f"{self._folder} holds samples for --{name}={manifest[name]}, not "
          f"{value}; write them anew with --write_samples"
        )
    if manifest["train_steps"] < protocol.train_steps:
      raise UserError(
        f"{self._folder} holds samples for {manifest['train_steps']} steps, "
        f"not {protocol.train_steps}; write more of them with --write_samples"
      )
    (example,) = self._read(_EXAMPLE).values()
    self.header = Header(spec_of(algorithm), example, manifest["key_seed"])

  def __iter__(self) -> Iterator[StepBatches]:
    """The batches of each step, to the last."""
    steps = range(self._taken, self._protocol.train_steps)
    loaded, batches = None, {}
    for step in steps:
      name = _file_of(step, self._protocol)
      if name != loaded:
        loaded, batches = name, self._read(name)
      validation = []
      if self._protocol.validates_after(step):
        validation = [b for name, b in batches.items() if name[0] == "v"]
      state = SamplerState(step + 1, [], [])
      yield StepBatches(batches[f"train{step}"], validation, state)

  def __enter__(self) -> "BatchFiles":
    return self

  def __exit__(
    self,
    kind: type[BaseException] | None,
    error: BaseException | None,
    trace: TracebackType | None,
  ) -> None:
    """Nothing is open."""

  def _read(self, name: str) -> dict[str, clrs.Feedback]:
    return feedback_files.read(
      self._folder / name, spec_of(self._algorithm), _WRITE_ANEW
    )

  def _manifest(self) -> dict[str, Any]:
    path = self._folder / _MANIFEST
    try:
      manifest = json.loads(path.read_text())
      return {name: manifest[name] for name in _MANIFEST_NAMES}
    except FileNotFoundError:
      raise UserError(
        f"no samples in {self._folder}; write them with --write_samples, or "
        "leave out --samples_dir"
      ) from None
    except (ValueError, KeyError, TypeError) as error:
      raise feedback_files.damaged(path, error, _WRITE_ANEW) from error


def write(
  folder: Path,
  protocol: Protocol,
  algorithm: Algorithm,
  seed: int,
  source: BatchSource,
  show: Callable[[str], None],
) -> None:
  """Keeps the batches of a training, in place of those kept before.

  Args:
    folder: the directory of samples.
    protocol: gives the number of steps.
    algorithm: that is learned.
    seed: of the training.
    source: all batches of the training.
    show: receives a line about the progress with each file.
  """
  target = _training_folder(folder, algorithm, seed)
  target.mkdir(parents=True, exist_ok=True)
  # Written last: files without it are incomplete.
  (target / _MANIFEST).unlink(missing_ok=True)
  feedback_files.write(target / _EXAMPLE, {"example": source.header.example})
  batches: dict[str, clrs.Feedback] = {}
  for step, (training, validation, _) in enumerate(source):
    batches[f"train{step}"] = training
    for i, batch in enumerate(validation):
      batches[f"val{i:03d}"] = batch
    last = step + 1 == protocol.train_steps
    if last or validation:
      feedback_files.write(target / _file_of(step, protocol), batches)
      batches = {}
      show(f"samples of {algorithm.name}, seed {seed}: {step + 1} steps")
    if last:
      break
  manifest = {
    "schema_version": records.SCHEMA_VERSION,
    "algorithm": algorithm.name,
    "seed": seed,
    "key_seed": source.header.key_seed,
    "train_steps": protocol.train_steps,
    **_identity(protocol),
  }
  records.write_json(target / _MANIFEST, manifest)


def split_file(folder: Path, algorithm: Algorithm, length: int) -> Path:
  """The file of a test split in a directory of samples."""
  nodes = "" if length == BENCHMARK_LENGTH else str(length)
  return folder / algorithm.folder / f"test{nodes}.npz"


def write_test(
  folder: Path, algorithm: Algorithm, length: int, split: clrs.Feedback
) -> None:
  """Keeps a test split."""
  path = split_file(folder, algorithm, length)
  path.parent.mkdir(parents=True, exist_ok=True)
  feedback_files.write(path, {_TEST: split})


def read_test(
  folder: Path, algorithm: Algorithm, length: int, remedy: str = _WRITE_ANEW
) -> clrs.Feedback:
  """The test split that `write_test` kept.

  Args:
    folder: the directory of samples.
    algorithm: that is tested.
    length: number of nodes.
    remedy: tells the user what to do if the file is damaged.

  Raises:
    UserError: the file is missing or damaged.
  """
  path = split_file(folder, algorithm, length)
  if not path.exists():
    raise UserError(
      f"no {path.name} in {path.parent}; write it with --write_samples, or "
      "leave out --samples_dir"
    )
  return feedback_files.read(path, algorithm.spec, remedy)[_TEST]


def _training_folder(folder: Path, algorithm: Algorithm, seed: int) -> Path:
  return folder / algorithm.folder / f"seed{seed}"


def _file_of(step: int, protocol: Protocol) -> str:
  """The file of a step, which is that of the next validation."""
  return f"{-(-step // protocol.eval_every):06d}.npz"


def _identity(protocol: Protocol) -> dict[str, Any]:
  settings = protocol.settings()
  return {name: settings[name] for name in _DECIDING}
