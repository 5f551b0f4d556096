"""The benchmark's test splits, read or built by a process of their own.

Upstream keeps them with TensorFlow, which takes seconds to import, does not
always get on with JAX in one process, and need not be installed to train.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any

import clrs

from harness.core.errors import UserError, unknown
from tasks.clrs30.data.splits.transfer import Failure, Stage, receive

_TICK = 1.0  # Seconds between two lines of progress.


def default_data_dir() -> Path:
  """Where TFDS keeps its data sets unless told otherwise."""
  return Path(
    os.environ.get("TFDS_DATA_DIR", "~/tensorflow_datasets")
  ).expanduser()


def test_split(
  algorithm: str, data_dir: Path, show: Callable[[str], None]
) -> clrs.Feedback:
  """All samples of a test split, in the benchmark's order, each once.

  Built if it is not there, which takes up to a minute or two.

  Args:
    algorithm: one of CLRS-30.
    data_dir: of TFDS; may hold upstream's archive, unpacked or not.
    show: called about every second with what is going on.

  Returns:
    Inputs and outputs [N, ...], hints [T, N, ...], as upstream's
    `create_dataset` gives them in one batch.

  Raises:
    UserError: an unknown algorithm; TensorFlow can't be imported; `data_dir`
      can't be written, or what upstream made in there is damaged; the process
      died.
  """
  if algorithm not in clrs.CLRS_30_ALGS_SETTINGS:
    raise unknown("algorithm", algorithm, clrs.CLRS_30_ALGS_SETTINGS)
  ours, theirs = multiprocessing.Pipe()
  with ours, tempfile.TemporaryFile() as log:
    with theirs:
      process = _start(theirs.fileno(), algorithm, data_dir, log)
    with process:
      try:
        return _follow(ours, algorithm, show)
      except EOFError as error:
        raise UserError(
          f"the process that reads the test split of {algorithm} "
          f"{_death(process.wait(), log)}; try again, or carry the samples "
          "here from another machine (--samples_dir)"
        ) from error
      finally:
        process.kill()


def _start(
  descriptor: int, algorithm: str, data_dir: Path, log: IO[bytes]
) -> subprocess.Popen[bytes]:
  source = Path(__file__).resolve().parents[3]
  module = "tasks.clrs30.data.splits.process"
  path = data_dir.expanduser().absolute()
  return subprocess.Popen(
    [sys.executable, "-P", "-m", module, str(descriptor), algorithm, path],
    stdin=subprocess.PIPE,  # It ends when this does.
    stdout=subprocess.DEVNULL,
    stderr=log,
    pass_fds=[descriptor],
    env=os.environ
    | {
      "PYTHONPATH": os.pathsep.join([str(source), *filter(None, sys.path)]),
      # Accelerators are for the training.
      "CUDA_VISIBLE_DEVICES": "-1",
      "JAX_PLATFORMS": "cpu",
      "TF_CPP_MIN_LOG_LEVEL": "3",
    },
  )


def _follow(
  process: "Connection[Any, Any]", algorithm: str, show: Callable[[str], None]
) -> clrs.Feedback:
  """What the process answers.

  Raises:
    EOFError: it died before.
    UserError: it says why it can't.
  """
  stage = f"starting to read the test split of {algorithm}"
  began = shown = time.monotonic()

  def tick(interval: float = _TICK) -> None:
    nonlocal shown
    now = time.monotonic()
    if now - shown >= interval:
      shown = now
      seconds = int(now - began)
      show(f"{stage}, {seconds // 60}:{seconds % 60:02d}")

  while True:
    if process.poll(_TICK):
      match receive(process, tick):
        case Stage(text):
          stage = text
          tick(0.0)
        case Failure(text):
          raise UserError(text)
        case clrs.Feedback() as split:
          return split
    tick()


def _death(status: int, log: IO[bytes]) -> str:
  if status == -signal.SIGKILL:
    return "was killed, most likely for want of memory"
  if status < 0:
    return f"died of {signal.Signals(-status).name}"
  log.seek(0)
  lines = log.read().decode(errors="replace").split("\n")
  last = next((line for line in reversed(lines) if line.strip()), "no word")
  return f"ended with status {status} ({last.strip()[:200]})"
