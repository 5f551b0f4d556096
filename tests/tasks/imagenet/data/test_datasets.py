"""The contents of the data sets, and errors where one is missing."""

import fcntl
import itertools
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from harness.core.errors import UserError
from tasks.imagenet.data import datasets, digits, pipeline
from tests import ROOT
from tests.tasks.imagenet.data import miniatures

IMAGENET = datasets.by_name("imagenet2012")
CIFAR10 = datasets.by_name("cifar10")
DIGITS = datasets.by_name("digits")
PREPARED = Path("imagenet2012", "5.1.0")
SIZES = (miniatures.IMAGENET_TRAIN, miniatures.IMAGENET_TEST)
ARCHIVES = ("ILSVRC2012_img_train.tar", "ILSVRC2012_img_val.tar")


def _refusal(dataset: datasets.Dataset, data_dir: Path) -> str:
  with pytest.raises(UserError) as refused:
    pipeline.prepare(dataset, data_dir)
  message = str(refused.value)
  assert "\n" not in message
  return message


def _manual_dir(data_dir: Path) -> Path:
  return data_dir / "downloads" / "manual"


@pytest.fixture
def imagenet(tmp_path: Path, miniature_imagenet: Path) -> Path:
  """A copy that may be damaged."""
  shutil.copytree(miniature_imagenet, tmp_path / "data")
  return tmp_path / "data"


def test_an_unknown_name_is_an_error() -> None:
  with pytest.raises(UserError, match=r"unknown dataset 'cifar'.* cifar10"):
    datasets.by_name("cifar")


def test_digits_are_as_described() -> None:
  train, test = digits.read("train"), digits.read("test")
  assert len(train.labels) == DIGITS.num_train
  assert len(test.labels) == DIGITS.num_test
  assert DIGITS.num_train + DIGITS.num_test == 1797
  assert train.pixels.shape[1:] == DIGITS.image_shape
  assert train.pixels.mean() == pytest.approx(DIGITS.mean[0], abs=1e-4)
  assert train.pixels.std() == pytest.approx(DIGITS.std[0], abs=1e-4)
  for split in (train, test):  # No class is rare.
    counts = np.bincount(split.labels, minlength=DIGITS.num_classes)
    assert counts.min() > 0.9 * counts.mean()


def test_digits_are_split_between_writers() -> None:
  # Every writer began with the digits in order, twice.
  began = digits.read("test").labels[:20]
  np.testing.assert_array_equal(began, [*range(10), *range(10)])


def test_digits_need_no_tensorflow() -> None:
  code = (
    "import sys; from tasks.imagenet.data import datasets, pipeline; "
    "digits = datasets.by_name('digits'); "
    "next(pipeline.training_batches(digits, None, 8, 0)); "
    "sys.exit('tensorflow' in sys.modules)"
  )
  subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_a_missing_package_is_an_error(
  monkeypatch: pytest.MonkeyPatch, miniature_imagenet: Path
) -> None:
  monkeypatch.delitem(sys.modules, "tasks.imagenet.data.tfds_builder")
  monkeypatch.setitem(sys.modules, "tensorflow", None)
  message = _refusal(IMAGENET, miniature_imagenet)
  assert message.startswith("can't import tensorflow")
  assert "pip install 'actmine[imagenet]'" in message


def test_a_data_set_is_prepared_once(miniature_imagenet: Path) -> None:
  lines: list[str] = []
  found = pipeline.prepare(IMAGENET, miniature_imagenet, lines.append)
  assert found == SIZES
  assert lines == []
  assert found.steps_per_epoch(batch_size=3, process_count=2) == 3


def test_tensorflow_sees_no_accelerator(miniature_imagenet: Path) -> None:
  import tensorflow as tf

  assert tf.config.get_visible_devices("GPU") == []


def test_a_data_set_of_tfds_needs_a_data_dir() -> None:
  with pytest.raises(ValueError, match="imagenet2012 is read from a data_dir"):
    pipeline.prepare(IMAGENET)


def test_images_prepared_by_an_older_tfds_are_read(imagenet: Path) -> None:
  shutil.rmtree(_manual_dir(imagenet))
  older = imagenet / PREPARED.with_name("5.0.0")
  (imagenet / PREPARED).rename(older)
  info = json.loads((older / "dataset_info.json").read_text())
  info["version"] = "5.0.0"
  (older / "dataset_info.json").write_text(json.dumps(info))
  assert pipeline.prepare(IMAGENET, imagenet) == SIZES


@pytest.mark.parametrize(
  "missing", [ARCHIVES, ARCHIVES[:1], ARCHIVES[1:]], ids=len
)
def test_missing_archives_are_named(
  missing: tuple[str, ...], tmp_path: Path
) -> None:
  folder = _manual_dir(tmp_path)
  folder.mkdir(parents=True)
  for name in set(ARCHIVES) - set(missing):
    (folder / name).touch()
  message = _refusal(IMAGENET, tmp_path)
  assert f"put {' and '.join(missing)} into {folder}" in message
  assert list(tmp_path.iterdir()) == [tmp_path / "downloads"]


@pytest.mark.parametrize("archive", ARCHIVES)
def test_a_damaged_archive_is_an_error(archive: str, imagenet: Path) -> None:
  shutil.rmtree(imagenet / PREPARED)
  path = _manual_dir(imagenet) / archive
  os.truncate(path, path.stat().st_size // 2)
  message = _refusal(IMAGENET, imagenet)
  assert "can't prepare imagenet2012" in message
  assert f"see that {' and '.join(ARCHIVES)}" in message
  assert list((imagenet / "imagenet2012").iterdir()) == []


def test_damaged_files_are_an_error(imagenet: Path) -> None:
  for shard in (imagenet / PREPARED).glob("*.tfrecord-*"):
    os.truncate(shard, shard.stat().st_size // 2)
  expected = (
    r"can't read .*5.1.0 .*remove it, and imagenet2012 is prepared anew"
  )
  with pytest.raises(UserError, match=expected):
    list(pipeline.test_batches(IMAGENET, imagenet, 8, image_size=8))
  with pytest.raises(UserError, match=expected):
    next(pipeline.training_batches(IMAGENET, imagenet, 20, 0, image_size=8))


def test_a_broken_image_in_a_whole_archive_is_named(tmp_path: Path) -> None:
  miniatures.write_imagenet(_manual_dir(tmp_path), 5, 13)
  pipeline.prepare(IMAGENET, tmp_path)
  prepared = tmp_path / PREPARED
  end = rf"remove {prepared}, and imagenet2012 is prepared anew"
  expected = rf"the image .*_val_00000005\.JPEG can't be decoded .*{end}"
  with pytest.raises(UserError, match=expected):
    list(pipeline.test_batches(IMAGENET, tmp_path, 3, image_size=8))
  # In an epoch that is resumed after its first step, too.
  for start in (0, 1):
    batches = pipeline.training_batches(
      IMAGENET, tmp_path, 6, 0, start_step=start, image_size=8
    )
    with pytest.raises(UserError, match=r"image n0144.*_(5|13)\.JPEG can't"):
      list(itertools.islice(batches, 3))


def test_a_damaged_description_is_an_error(imagenet: Path) -> None:
  (imagenet / PREPARED / "dataset_info.json").write_text("{")
  message = _refusal(IMAGENET, imagenet)
  assert "remove it, and imagenet2012 is prepared anew" in message


def test_a_missing_split_is_an_error(imagenet: Path) -> None:
  path = imagenet / PREPARED / "dataset_info.json"
  info = json.loads(path.read_text())
  info["splits"] = [s for s in info["splits"] if s["name"] != "train"]
  path.write_text(json.dumps(info))
  assert "has no train split; remove it" in _refusal(IMAGENET, imagenet)


def test_a_second_process_waits_while_the_first_prepares(
  imagenet: Path,
) -> None:
  shutil.rmtree(imagenet / PREPARED)
  lines: list[str] = []
  done = threading.Thread(
    target=pipeline.prepare, args=(IMAGENET, imagenet, lines.append)
  )
  with (imagenet / ".imagenet2012.lock").open("w") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    done.start()
    deadline = time.monotonic() + 60
    while not lines and time.monotonic() < deadline:
      time.sleep(0.01)
  done.join()
  assert lines[0].startswith("waiting for another process")
  assert lines[1].startswith("preparing imagenet2012")
  assert (imagenet / PREPARED / "dataset_info.json").exists()


@pytest.mark.parametrize("dataset", [IMAGENET, CIFAR10])
def test_a_data_dir_that_is_a_file_is_an_error(
  dataset: datasets.Dataset, tmp_path: Path
) -> None:
  (tmp_path / "file").touch()
  message = _refusal(dataset, tmp_path / "file")
  assert "is no directory; choose another --data_dir" in message


def test_a_data_dir_that_can_not_be_written_is_an_error(tmp_path: Path) -> None:
  (tmp_path / "file").touch()
  message = _refusal(CIFAR10, tmp_path / "file" / "data")
  assert message.endswith("Not a directory; choose another --data_dir")


def test_no_network_is_an_error(
  monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
  from tensorflow_datasets.core.download import downloader

  monkeypatch.setattr(downloader, "MAX_RETRIES", 0)
  for scheme in ("http", "https"):  # Nobody listens there.
    monkeypatch.setenv(f"{scheme}_proxy", "http://127.0.0.1:9")
  monkeypatch.delenv("no_proxy", raising=False)
  message = _refusal(CIFAR10, tmp_path)
  assert message.startswith("can't prepare cifar10 (")
  assert f"put its archive into {_manual_dir(tmp_path)}" in message
