"""Forecasts: their sums and words, and what they measure of a real model."""

import os

import jax
import numpy as np
import pytest

from tasks.clrs30 import forecast as forecasts
from tasks.clrs30.compiled import CompiledModel
from tasks.clrs30.forecast import Forecast, forecast
from tasks.clrs30.model import Model
from tasks.clrs30.protocol import Protocol
from tasks.clrs30.registry import get
from tests.tasks.clrs30.data.live_sampler import LiveSampler, SmallProtocol

PAPER = Protocol(train_lengths=(4, 16))
# Ten thousand steps of two seconds on average, 200 validations of 10 s.
SLOW = Forecast({16: 3.0, 4: 1.0}, 10.0, 1_500_000_000)


def test_a_training_takes_its_steps_and_validations() -> None:
  assert SLOW.seconds(PAPER) == 10_000 * 2 + 200 * 10


def test_words_say_what_lies_ahead() -> None:
  assert SLOW.sentences("bfs", PAPER, 1, 0, 1) == (
    "bfs: a step takes 1, 3 s at 4, 16 nodes, a validation 10 s. A training of "
    "10,000 steps takes 6.1 hours, without its test, and 1.5 GB of memory."
  )
  resumed = SLOW._replace(validation=None).sentences("bfs", PAPER, 1, 0, 1)
  assert (
    "at 4, 16 nodes. A training of 10,000 steps takes 5.6 hours, " in resumed
  )
  assert "without its validations and its test" in resumed
  faster = SLOW._replace(on_half=1.25, of_two=2.5)
  assert faster.sentences("bfs", PAPER, 5, 10, 2).endswith(
    " The 5 of this algorithm take 18.3 hours with --jobs=2. Other algorithms "
    "are measured when they begin. On half of the cores a step takes 1.2 times "
    "as long, so --jobs=4 does 1.6 times as many an hour. Two seeds side by "
    "side take 2.5 times as long, so --seeds_per_program=2 does 0.8 times as "
    "many."
  )
  assert faster.sentences("bfs", PAPER, 5, 10, None).count("--jobs") == 0
  side_by_side = SLOW._replace(num_seeds=3).sentences("bfs", PAPER, 2, 0, 1)
  assert "A training of 3 seeds side by side for 10,000 steps" in side_by_side


@pytest.mark.slow  # Compiles five programs.
def test_steps_and_validations_are_measured_and_change_nothing(
  monkeypatch: pytest.MonkeyPatch,
) -> None:
  monkeypatch.setattr(forecasts, "_LONG", 0.0)
  protocol = SmallProtocol(
    train_lengths=(4, 6),
    batch_size=2,
    train_steps=4,
    eval_every=2,
    hidden_size=4,
    num_validation=4,
  )
  source = LiveSampler(protocol, get("bfs"), 0, None)
  ahead = [(drawn,) for drawn, _ in zip(source, range(2), strict=False)]
  spec, example, key_seed = source.header
  model = Model(spec, example, jax.nn.relu, protocol, processor="deepsets")
  compiled = CompiledModel(model, 1)
  state = compiled.init([0], [key_seed])
  before = np.asarray(state.weights)
  for drawn in ahead:
    compiled.prepare(state, drawn)
  found = forecast(compiled, state, ahead, protocol)
  assert found.steps.keys() == {4, 6}
  assert found.validation
  assert min(*found.steps.values(), found.validation) > 0
  assert found.num_bytes > 10_000_000  # What this process takes anyway.
  assert found.of_two and found.of_two > 0
  assert (found.on_half is None) == (len(os.sched_getaffinity(0)) < 2)
  np.testing.assert_array_equal(before, np.asarray(state.weights))


def test_work_is_on_half_of_the_cores_and_then_on_all() -> None:
  cores = os.sched_getaffinity(0)
  seen: list[int] = []
  found = forecasts._on_half(lambda: seen.append(len(os.sched_getaffinity(0))))
  assert os.sched_getaffinity(0) == cores
  if len(cores) > 1:
    assert found and set(seen) == {len(cores), len(cores) // 2}
