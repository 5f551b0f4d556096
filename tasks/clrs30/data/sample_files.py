"""Batches kept as files, for machines that are not to draw them.

A folder for each algorithm holds the test split and, for each seed, a folder
with a file for each validation: the batches of the steps up to it, and its own.
"""

import dataclasses
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any
from zipfile import BadZipFile

import clrs
import numpy as np

from harness.core import records
from harness.core.errors import UserError
from tasks.clrs30.data.source import Header, Source
from tasks.clrs30.data.stream import Drawn, StreamState, spec_of
from tasks.clrs30.protocol import Protocol

_TEST, _EXAMPLE, _MANIFEST = "test.npz", "example.npz", "manifest.json"
_STAGES = (clrs.Stage.INPUT, clrs.Stage.HINT, clrs.Stage.OUTPUT)
# What of a protocol decides the batches.
_DECIDING = ("train_lengths", "batch_size", "eval_every", "sample_multiplier")
_MANIFEST_NAMES = ("key_seed", "train_steps", *_DECIDING)
# What NumPy raises on an archive that is not whole, and what names do.
_DAMAGED = (OSError, EOFError, ValueError, KeyError, BadZipFile, zlib.error)
Arrays = Mapping[str, np.ndarray]


class SampledFiles:
  """A stream that was written by `write`.

  Attributes:
    header: see Source.
  """

  def __init__(
    self,
    folder: Path,
    protocol: Protocol,
    algorithm: str,
    seed: int,
    taken: int = 0,
  ):
    """Goes on after `taken` steps.

    Raises:
      UserError: it is not there, damaged, or of another protocol.
    """
    self._folder = _stream_folder(folder, algorithm, seed)
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
    (example,) = _read(self._folder / _EXAMPLE, algorithm).values()
    self.header = Header(spec_of(algorithm), example, manifest["key_seed"])

  def __iter__(self) -> Iterator[Drawn]:
    """What each step takes, to the last."""
    steps = range(self._taken, self._protocol.train_steps)
    loaded, batches = None, {}
    for step in steps:
      name = _file_of(step, self._protocol)
      if name != loaded:
        loaded, batches = name, _read(self._folder / name, self._algorithm)
      validation = []
      if self._protocol.validates_after(step):
        validation = [b for name, b in batches.items() if name[0] == "v"]
      state = StreamState(step + 1, [], [])
      yield Drawn(batches[f"train{step}"], validation, state)

  def __enter__(self) -> "SampledFiles":
    return self

  def __exit__(
    self,
    kind: type[BaseException] | None,
    error: BaseException | None,
    trace: TracebackType | None,
  ) -> None:
    """Nothing is open."""

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
      raise _damaged(path, error) from error


def write(
  folder: Path,
  protocol: Protocol,
  algorithm: str,
  seed: int,
  source: Source,
  show: Callable[[str], None],
) -> None:
  """Keeps a stream, in place of one that is there.

  Args:
    folder: of all samples.
    protocol: says how many steps.
    algorithm: of CLRS-30.
    seed: of the stream.
    source: the stream, from its beginning.
    show: is told how far it is.
  """
  target = _stream_folder(folder, algorithm, seed)
  target.mkdir(parents=True, exist_ok=True)
  # Written last: without it what is there is not whole.
  (target / _MANIFEST).unlink(missing_ok=True)
  _write(target / _EXAMPLE, {"example": source.header.example})
  batches: dict[str, clrs.Feedback] = {}
  for step, drawn in enumerate(source):
    batches[f"train{step}"] = drawn.training
    for i, batch in enumerate(drawn.validation):
      batches[f"val{i:03d}"] = batch
    last = step + 1 == protocol.train_steps
    if last or drawn.validation:
      _write(target / _file_of(step, protocol), batches)
      batches = {}
      show(f"samples of {algorithm}, seed {seed}: {step + 1} steps")
    if last:
      break
  manifest = {
    "schema_version": records.SCHEMA_VERSION,
    "algorithm": algorithm,
    "seed": seed,
    "key_seed": source.header.key_seed,
    "train_steps": protocol.train_steps,
    **_identity(protocol),
  }
  records.write_json(target / _MANIFEST, manifest)


def write_test(folder: Path, algorithm: str, split: clrs.Feedback) -> None:
  """Keeps a test split as upstream gives it."""
  (folder / algorithm).mkdir(parents=True, exist_ok=True)
  _write(folder / algorithm / _TEST, {"test": split})


def read_test(folder: Path, algorithm: str) -> clrs.Feedback:
  """The test split that `write_test` kept.

  Raises:
    UserError: it is not there, or damaged.
  """
  path = folder / algorithm / _TEST
  if not path.exists():
    raise UserError(
      f"no test split in {path.parent}; write it with --write_samples, or "
      "leave out --samples_dir"
    )
  return _read(path, algorithm, original=True)["test"]


def _stream_folder(folder: Path, algorithm: str, seed: int) -> Path:
  return folder / algorithm / f"seed{seed}"


def _file_of(step: int, protocol: Protocol) -> str:
  """The file of a step is that of the next validation."""
  return f"{-(-step // protocol.eval_every):06d}.npz"


def _identity(protocol: Protocol) -> dict[str, Any]:
  fields: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(protocol)))
  return {name: fields[name] for name in _DECIDING}


def _write(path: Path, batches: Mapping[str, clrs.Feedback]) -> None:
  arrays: dict[str, Any] = {}
  for key, (features, outputs) in batches.items():
    arrays[f"{key}/lengths"] = features.lengths
    for points in (features.inputs, features.hints, outputs):
      for place, point in enumerate(points):
        # Their order decides the order of sums.
        arrays[f"{key}/{place}/{point.name}"] = point.data
  temporary = path.with_suffix(".new.npz")
  np.savez_compressed(temporary, **arrays)
  temporary.replace(path)


def _read(
  path: Path, algorithm: str, *, original: bool = False
) -> dict[str, clrs.Feedback]:
  spec = clrs.SPECS[algorithm] if original else spec_of(algorithm)
  by_batch: dict[str, dict[str, np.ndarray]] = {}
  try:
    with np.load(path, allow_pickle=False) as file:
      for name in file.files:
        key, rest = name.split("/", 1)
        by_batch.setdefault(key, {})[rest] = file[name]
    return {key: _feedback(spec, a) for key, a in by_batch.items()}
  except _DAMAGED as error:
    raise _damaged(path, error) from error


def _feedback(spec: clrs.Spec, arrays: Arrays) -> clrs.Feedback:
  points: dict[str, list[tuple[int, clrs.DataPoint]]] = {}
  for key, data in arrays.items():
    if match := re.fullmatch(r"(\d+)/(.+)", key):
      place, name = match.groups()
      stage, location, type_ = spec[name]
      point = clrs.DataPoint(name, location, type_, data)
      points.setdefault(stage, []).append((int(place), point))
  inputs, hints, outputs = (
    tuple(point for _, point in sorted(points.get(stage, []), key=_place))
    for stage in _STAGES
  )
  features = clrs.Features(inputs, hints, arrays["lengths"])
  return clrs.Feedback(features, outputs)


def _place(placed: tuple[int, clrs.DataPoint]) -> int:
  return placed[0]


def _damaged(path: Path, error: Exception) -> UserError:
  return UserError(
    f"{path} is damaged or missing ({error}); write it anew with "
    "--write_samples"
  )
