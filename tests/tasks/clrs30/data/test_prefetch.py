"""Batches from a process of their own are those of the stream."""

import itertools
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time

import clrs
import pytest

from harness.core.errors import UserError
from tasks.clrs30.data.prefetch import Prefetched
from tasks.clrs30.data.stream import Drawn, StreamState
from tasks.clrs30.protocol import Protocol
from tests import ROOT
from tests.evolve import processes
from tests.tasks.clrs30.batches import arrays
from tests.tasks.clrs30.data.streams import Few, Live

PATIENCE = 60.0  # Seconds.
PROTOCOL = Few(train_lengths=(4, 5), batch_size=4, train_steps=6, eval_every=2)
ENDLESS = Protocol(train_lengths=(4,), batch_size=4, sample_multiplier=1)
ALGORITHM, SEED = "insertion_sort", 3


def _assert_same(found: clrs.Feedback, expected: clrs.Feedback) -> None:
  mine, theirs = arrays(found), arrays(expected)
  assert list(mine) == list(theirs)
  for name, values in mine.items():
    assert values.dtype == theirs[name].dtype
    assert values.tobytes() == theirs[name].tobytes()


def _assert_same_draw(found: Drawn, expected: Drawn) -> None:
  assert found.state.to_json() == expected.state.to_json()
  _assert_same(found.training, expected.training)
  for mine, theirs in zip(found.validation, expected.validation, strict=True):
    _assert_same(mine, theirs)


def _children() -> set[int]:
  return {p.pid for p in multiprocessing.active_children() if p.pid}


@pytest.mark.parametrize("of_files", [False, True])
def test_it_goes_on_from_a_state(of_files: bool) -> None:
  """That of files, too, which says only how many steps were taken."""
  live = Live(PROTOCOL, ALGORITHM, SEED)
  draws = list(live)
  state = StreamState(3, [], []) if of_files else draws[2].state
  with Prefetched(PROTOCOL, ALGORITHM, SEED, state) as source:
    assert source.header.spec == live.header.spec
    assert source.header.key_seed == live.header.key_seed
    _assert_same(source.header.example, live.header.example)
    for found, expected in zip(source, draws[3:], strict=True):
      _assert_same_draw(found, expected)


def test_it_goes_when_it_is_closed() -> None:
  """Though it has drawn as far ahead as it may; Ctrl-C is not for it."""
  before, num_threads = _children(), threading.active_count()
  with Prefetched(ENDLESS, ALGORITHM, SEED) as source:
    (process,) = _children() - before
    os.kill(process, signal.SIGINT)
    deadline = time.monotonic() + PATIENCE
    while not source._ahead.full():
      assert time.monotonic() < deadline
      time.sleep(0.01)
  assert not processes.is_alive(process)
  assert threading.active_count() == num_threads


def test_it_says_when_it_was_killed() -> None:
  before, live = _children(), Live(ENDLESS, ALGORITHM, SEED)
  with Prefetched(ENDLESS, ALGORITHM, SEED) as source:
    draws = iter(source)
    for found, expected in itertools.islice(zip(draws, live, strict=True), 60):
      _assert_same_draw(found, expected)
    (process,) = _children() - before
    os.kill(process, signal.SIGKILL)
    with pytest.raises(
      UserError, match=r"sampler of insertion_sort died \(exit code -9\)"
    ):
      list(draws)


def test_it_goes_with_a_killed_parent() -> None:
  code = (
    "import multiprocessing, time\n"
    "from tasks.clrs30.data.prefetch import Prefetched\n"
    "from tasks.clrs30.protocol import Protocol\n"
    "source = Prefetched(Protocol(train_lengths=(4,)), 'bfs', 0)\n"
    "(child,) = multiprocessing.active_children()\n"
    "print(child.pid, flush=True)\n"
    "time.sleep(600)"
  )
  with subprocess.Popen(
    [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE
  ) as parent:
    assert parent.stdout
    child = int(parent.stdout.readline())
    assert processes.is_alive(child)
    parent.kill()
    assert processes.all_end([child])
