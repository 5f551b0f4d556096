"""Batches kept in files are those of the sampler, to the bit."""

import dataclasses
import functools
import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import clrs
import numpy as np
import pytest

from harness.core.errors import UserError
from tasks.clrs30.data import batch_files
from tasks.clrs30.data.batch_source import Header, StepBatches
from tasks.clrs30.registry import get
from tests.tasks.clrs30.batches import assert_same
from tests.tasks.clrs30.data.live_sampler import LiveSampler, SmallProtocol
from tests.tasks.clrs30.given import Given

PROTOCOL = SmallProtocol(
  train_lengths=(4, 5), batch_size=4, train_steps=6, eval_every=2
)
# String matchers need room for a needle of 8.
LONGER = dataclasses.replace(PROTOCOL, train_lengths=(4, 14))
ALGORITHM, SEED = get("bfs"), 3
TRAINING = Path("bfs", f"seed{SEED}")


def _say_nothing(line: str) -> None:
  del line


@functools.cache
def _drawn(
  protocol: SmallProtocol, name: str = ALGORITHM.name
) -> tuple[Header, list[StepBatches]]:
  """All that the sampler draws for an algorithm."""
  live = LiveSampler(protocol, get(name), SEED)
  return live.header, list(live)


def _write(folder: Path, protocol: SmallProtocol = PROTOCOL) -> None:
  source = Given(*_drawn(protocol))
  batch_files.write(folder, protocol, ALGORITHM, SEED, source, _say_nothing)


def _read(
  folder: Path, protocol: SmallProtocol = PROTOCOL, taken: int = 0
) -> batch_files.BatchFiles:
  return batch_files.BatchFiles(folder, protocol, ALGORITHM, SEED, taken)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
  """Samples that no test may change."""
  folder = tmp_path_factory.mktemp("samples")
  _write(folder)
  return folder


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
  """A copy of `written`."""
  return Path(shutil.copytree(written, tmp_path / "samples"))


def _assert_same_steps(
  found: Iterator[StepBatches], expected: list[StepBatches]
) -> None:
  for mine, theirs in zip(found, expected, strict=True):
    assert mine.state.taken == theirs.state.taken
    assert_same(mine.training, theirs.training)
    for a, b in zip(mine.validation, theirs.validation, strict=True):
      assert_same(a, b)


# Predecessors as inputs; hints of edges; permutations; needles.
@pytest.mark.parametrize(
  "name",
  [
    "activity_selector",
    "optimal_bst",
    "insertion_sort",
    "naive_string_matcher",
  ],
)
def test_files_hold_the_sampled_batches(name: str, tmp_path: Path) -> None:
  protocol = LONGER if "matcher" in name else PROTOCOL
  algorithm = get(name)
  header, expected = _drawn(protocol, name)
  source = Given(header, expected)
  batch_files.write(tmp_path, protocol, algorithm, SEED, source, _say_nothing)
  assert [len(drawn.validation) for drawn in expected] == [2, 0] * 3
  for taken in range(protocol.train_steps + 1):
    with batch_files.BatchFiles(
      tmp_path, protocol, algorithm, SEED, taken
    ) as files:
      assert files.header.spec == header.spec
      assert files.header.key_seed == header.key_seed
      assert_same(files.header.example, header.example)
      _assert_same_steps(iter(files), expected[taken:])


def test_settings_that_decide_no_batch_may_differ(
  written: Path,
) -> None:
  expected = list(_read(written))
  protocol = dataclasses.replace(
    PROTOCOL, train_steps=4, hidden_size=7, learning_rate=1.0
  )
  _assert_same_steps(iter(_read(written, protocol)), expected[:4])


def test_more_steps_can_be_written(folder: Path) -> None:
  protocol = dataclasses.replace(PROTOCOL, train_steps=7)
  with pytest.raises(UserError, match=r"for 6 steps, not 7; write more"):
    _read(folder, protocol)
  _write(folder, protocol)
  _assert_same_steps(iter(_read(folder, protocol)), _drawn(protocol)[1])


def test_the_batches_of_a_validation_keep_their_order(tmp_path: Path) -> None:
  """A thousand and one, numbered by their only length."""
  nothing = clrs.Feedback(clrs.Features((), (), np.zeros(1)), ())
  validation = [
    clrs.Feedback(clrs.Features((), (), np.full(1, number)), ())
    for number in range(1001)
  ]
  header, (first, *_) = _drawn(PROTOCOL)
  source = Given(
    Header(header.spec, nothing, 0),
    [StepBatches(nothing, validation, first.state)],
  )
  protocol = dataclasses.replace(PROTOCOL, train_steps=1)
  batch_files.write(tmp_path, protocol, ALGORITHM, SEED, source, _say_nothing)
  (drawn,) = _read(tmp_path, protocol)
  lengths = [int(batch.features.lengths[0]) for batch in drawn.validation]
  assert lengths == list(range(1001))


@pytest.mark.parametrize(
  ("name", "value", "line"),
  [
    ("train_lengths", (4,), r"train_lengths=\[4, 5\], not \[4\]"),
    ("batch_size", 8, "batch_size=4, not 8"),
    ("eval_every", 3, "eval_every=2, not 3"),
    ("sample_multiplier", 1, "sample_multiplier=2, not 1"),
  ],
)
def test_samples_of_another_protocol_are_refused(
  written: Path, name: str, value: Any, line: str
) -> None:
  change: dict[str, Any] = {name: value}
  with pytest.raises(UserError, match=f"samples for --{line}; write them anew"):
    _read(written, dataclasses.replace(PROTOCOL, **change))


def test_missing_samples_are_an_error(tmp_path: Path) -> None:
  with pytest.raises(UserError, match=f"no samples in {tmp_path / TRAINING};"):
    _read(tmp_path)
  with pytest.raises(UserError, match=f"no test.npz in {tmp_path / 'bfs'};"):
    batch_files.read_test(tmp_path, ALGORITHM, 64)


def _empty(file: Path) -> None:
  file.write_bytes(b"")


def _halve(file: Path) -> None:
  file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _overwrite(file: Path) -> None:
  """Damages the content, not the directory of the archive."""
  data = bytearray(file.read_bytes())
  data[len(data) // 4 : len(data) // 2] = b"\xff" * (len(data) // 4)
  file.write_bytes(data)


@pytest.mark.parametrize("damage", [Path.unlink, _empty, _halve, _overwrite])
@pytest.mark.parametrize("name", ["example.npz", "000000.npz", "000002.npz"])
def test_a_damaged_file_is_an_error(
  damage: Callable[[Path], None], name: str, folder: Path
) -> None:
  file = folder / TRAINING / name
  damage(file)
  with pytest.raises(UserError, match=f"{file} is damaged or missing") as error:
    list(_read(folder))
  assert len(str(error.value).splitlines()) == 1
  assert str(error.value).endswith("; write it anew with --write_samples")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "\udcff"])
def test_a_damaged_manifest_is_an_error(text: str, folder: Path) -> None:
  file = folder / TRAINING / "manifest.json"
  file.write_text(text, errors="surrogateescape")
  with pytest.raises(UserError, match=f"{file} is damaged or missing"):
    _read(folder)


class _Breaking(Given):
  """A source that is interrupted after three steps."""

  def __iter__(self) -> Iterator[StepBatches]:
    yield from itertools.islice(super().__iter__(), 3)
    raise KeyboardInterrupt


@pytest.mark.parametrize("anew", [False, True])
def test_incomplete_samples_are_refused(anew: bool, tmp_path: Path) -> None:
  protocol = dataclasses.replace(PROTOCOL, batch_size=2)
  if anew:
    _write(tmp_path)
  with pytest.raises(KeyboardInterrupt):
    batch_files.write(
      tmp_path,
      protocol,
      ALGORITHM,
      SEED,
      _Breaking(*_drawn(protocol)),
      _say_nothing,
    )
  for other in (protocol, PROTOCOL):
    with pytest.raises(UserError, match="no samples in"):
      _read(tmp_path, other)
  _write(tmp_path, protocol)
  _assert_same_steps(iter(_read(tmp_path, protocol)), _drawn(protocol)[1])


def test_a_test_split_is_kept(tmp_path: Path) -> None:
  """In upstream's form: predecessors are hints, permutations pointers."""
  sampler, _ = clrs.build_sampler(
    "insertion_sort", seed=0, num_samples=5, length=6
  )
  split = sampler.next()
  algorithm = get("insertion_sort")
  batch_files.write_test(tmp_path, algorithm, 64, split)
  assert_same(batch_files.read_test(tmp_path, algorithm, 64), split)
  assert [point.name for point in split.outputs] == ["pred"]
  file = tmp_path / "insertion_sort" / "test.npz"
  _halve(file)
  with pytest.raises(UserError, match=f"{file} is damaged or missing .* anew"):
    batch_files.read_test(tmp_path, algorithm, 64)
