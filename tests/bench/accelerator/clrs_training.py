"""CLRS-30: real trainings by the paper's protocol, as many as time allows.

The run is a workdir of harness.clrs30, which goes on where the last visit left
it. It comes back as an archive, cut into pieces.
"""

import signal
import threading
from pathlib import Path
from unittest import mock

from evolve import candidates, found, language
from harness.core.trainings import checkpoint
from harness.core.workdir import Workdir
from tasks.clrs30 import run
from tasks.clrs30.config import Config
from tasks.clrs30.processors import Sites
from tasks.clrs30.protocol import PAPER, SMOKE
from tasks.clrs30.registry import get
from tests.bench.accelerator import archive
from tests.bench.accelerator.visit import Visit

# Those with short trajectories.
ALGORITHMS = ("bfs", "dijkstra", "bellman_ford", "minimum")
DATA, RUN = "data", "clrs30"  # Folders of a kit.
_ACTIVATIONS = ("relu", "gelu_sinc_perturbation")
_SEEDS = (0, 1, 2)
_LOST_SECONDS = 15.0  # At most, of a training that is cut off.
_LOOK_SECONDS = 2.0


class _TimeIsUpError(Exception):
  pass


def measure(visit: Visit) -> None:
  workdir = (visit.out if visit.is_trial else visit.kit) / RUN
  stop = threading.Event()
  packer = threading.Thread(target=_keep, args=(workdir, visit.out, stop))
  packer.start()
  signal.signal(signal.SIGALRM, _end)
  signal.setitimer(signal.ITIMER_REAL, max(1.0, visit.left))
  try:
    with mock.patch.object(checkpoint, "_INTERVAL", _LOST_SECONDS):
      run.run(_config(visit), Workdir(str(workdir), resume=True, arguments=[]))
    visit.add("trainings left", 0, "groups of seeds")
  except _TimeIsUpError:
    visit.add("trainings", "cut off, to go on at the next visit", "")
  finally:
    signal.setitimer(signal.ITIMER_REAL, 0)
    stop.set()
    packer.join()


def _end(signal_number: int, frame: object) -> None:
  raise _TimeIsUpError


def _config(visit: Visit) -> Config:
  names = [*_ACTIVATIONS, *found.modules()]
  programs = candidates.by_name(names[:1] if visit.is_trial else names)
  seeds = _SEEDS[:2] if visit.is_trial else _SEEDS
  return Config(
    algorithms=[*map(get, ALGORITHMS[:1] if visit.is_trial else ALGORITHMS)],
    activations={n: language.load(p.source) for n, p in programs.items()},
    program_ids={n: p.id for n, p in programs.items()},
    seeds=seeds,
    protocol=SMOKE if visit.is_trial else PAPER,
    processor="triplet_gmpnn",
    sites=Sites.ALL,
    seeds_per_program=len(seeds),
    data_dir=visit.kit / DATA,
  )


def _keep(workdir: Path, out: Path, stop: threading.Event) -> None:
  """Archives the run whenever it has something new, and at the end."""
  last = None
  while True:
    is_last = stop.wait(_LOOK_SECONDS)
    files = archive.files_of(workdir)
    now = [(path, path.stat().st_mtime_ns) for path in files]
    if files and now != last:
      archive.pack(workdir, files, out)
      last = now
    if is_last:
      return
