"""Batches from the background process, and its end."""

import dataclasses
import itertools
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from harness.core.errors import UserError
from tasks.clrs30.data.batch_source import SamplerState, StepBatches
from tasks.clrs30.data.sampler_process import SamplerProcess
from tasks.clrs30.protocol import Protocol
from tasks.clrs30.registry import get, select
from tests import ROOT
from tests.evolve import processes
from tests.tasks.clrs30 import own
from tests.tasks.clrs30.batches import assert_same
from tests.tasks.clrs30.data.live_sampler import LiveSampler, SmallProtocol

FAILING = """
import itertools
from tasks.clrs30.registry import register
from tests.tasks.clrs30 import own

numbers = itertools.count(1)

def run(trace, key):
  own.run(trace, key)
  1 / (next(numbers) < {num_runs})

register(own.largest(name="mine", run=run))
"""
PATIENCE = 60.0  # Seconds.
PROTOCOL = SmallProtocol(
  train_lengths=(4, 5), batch_size=4, train_steps=6, eval_every=2
)
ENDLESS = Protocol(train_lengths=(4,), batch_size=4, sample_multiplier=1)
ALGORITHM, SEED = get("insertion_sort"), 3


def _assert_same_step(found: StepBatches, expected: StepBatches) -> None:
  assert found.state.to_json() == expected.state.to_json()
  assert_same(found.training, expected.training)
  for mine, theirs in zip(found.validation, expected.validation, strict=True):
    assert_same(mine, theirs)


def _children() -> set[int]:
  return {p.pid for p in multiprocessing.active_children() if p.pid}


@pytest.mark.parametrize("of_files", [False, True])
def test_batches_continue_from_a_state(of_files: bool) -> None:
  """The state of files gives only the number of steps taken."""
  live = LiveSampler(PROTOCOL, ALGORITHM, SEED)
  steps = list(live)
  state = SamplerState(3, [], []) if of_files else steps[2].state
  with SamplerProcess(PROTOCOL, ALGORITHM, SEED, state) as source:
    assert source.header.spec == live.header.spec
    assert source.header.key_seed == live.header.key_seed
    assert_same(source.header.example, live.header.example)
    for found, expected in zip(source, steps[3:], strict=True):
      _assert_same_step(found, expected)


def test_the_process_ends_when_it_is_closed() -> None:
  """It survives Ctrl-C, and ends even while its queue is full."""
  before, num_threads = _children(), threading.active_count()
  with SamplerProcess(ENDLESS, ALGORITHM, SEED) as source:
    (process,) = _children() - before
    os.kill(process, signal.SIGINT)
    deadline = time.monotonic() + PATIENCE
    while not source._ahead.full():
      assert time.monotonic() < deadline
      time.sleep(0.01)
  assert not processes.is_alive(process)
  assert threading.active_count() == num_threads


def test_a_killed_process_is_an_error() -> None:
  before, live = _children(), LiveSampler(ENDLESS, ALGORITHM, SEED)
  with SamplerProcess(ENDLESS, ALGORITHM, SEED) as source:
    steps = iter(source)
    for found, expected in itertools.islice(zip(steps, live, strict=True), 60):
      _assert_same_step(found, expected)
    (process,) = _children() - before
    os.kill(process, signal.SIGKILL)
    with pytest.raises(
      UserError, match=r"sampler of insertion_sort died \(exit code -9\)"
    ):
      list(steps)


@pytest.mark.usefixtures("own_registry")
@pytest.mark.parametrize("num_runs", [10, 1020])  # Before, and in, training.
def test_an_algorithm_of_ones_own_may_fail_there(
  num_runs: int, tmp_path: Path
) -> None:
  """Until it does, its batches are those of this process."""
  file = tmp_path / "mine.py"
  file.write_text(FAILING.format(num_runs=num_runs))
  (algorithm,) = select([], [str(file)])
  protocol = dataclasses.replace(PROTOCOL, train_lengths=(4,))
  found = []
  line = r"^algorithm 'mine': run fails, ZeroDivisionError: .* \(line 10\)$"
  with (
    pytest.raises(UserError, match=line),
    SamplerProcess(protocol, algorithm, SEED) as source,
  ):
    for step in source:
      found.append(step)
  live = LiveSampler(protocol, own.largest(), SEED)
  assert bool(found) == (num_runs > 1000)
  for mine, theirs in zip(found, live, strict=False):
    _assert_same_step(mine, theirs)


def test_the_process_ends_with_a_killed_parent() -> None:
  code = (
    "import multiprocessing, time\n"
    "from tasks.clrs30.data.sampler_process import SamplerProcess\n"
    "from tasks.clrs30.protocol import Protocol\n"
    "from tasks.clrs30.registry import get\n"
    "source = SamplerProcess(Protocol(train_lengths=(4,)), get('bfs'), 0)\n"
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
