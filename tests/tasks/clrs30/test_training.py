"""The loop: interrupted, side by side, diverged, and what is tested of it."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import clrs
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from clrs._src import decoders

from harness.core.checkpoint import Checkpoint
from tasks.clrs30 import training
from tasks.clrs30.compiled import Programs, State
from tasks.clrs30.data.batch_source import (
  BatchSource,
  Header,
  SamplerState,
  StepBatches,
)
from tasks.clrs30.data.sampler import prepared
from tasks.clrs30.model import Model
from tasks.clrs30.protocol import Protocol
from tasks.clrs30.training import (
  Moment,
  Outcome,
  Training,
  evaluated,
  in_batches,
)
from tests.tasks.clrs30.data.live_sampler import LiveSampler, SmallProtocol

Show = Callable[[Moment], None]


class Interrupted(Exception):  # noqa: N818 (as KeyboardInterrupt)
  """Stands for whatever ends a process."""


class Watched(Programs):
  """Remembers the last state that was tested."""

  final: State

  def test(self, state: State, index: int, features: clrs.Features) -> Any:
    self.final = state
    return super().test(state, index, features)


class Given:
  """Batches that are there already; see BatchSource."""

  def __init__(
    self, header: Header, draws: Sequence[StepBatches], taken: int = 0
  ):
    self.header = header
    self._draws = draws[taken:]

  def __iter__(self) -> Iterator[StepBatches]:
    return iter(self._draws)

  def __enter__(self) -> "Given":
    return self

  def __exit__(self, *error: object) -> None:
    """Nothing is open."""


def _pass(moment: Moment) -> None:
  del moment


def _interrupt(moment: Moment) -> None:
  raise Interrupted


def _without_time(outcomes: Sequence[Outcome]) -> list[Outcome]:
  return [outcome._replace(seconds=0.0) for outcome in outcomes]


@pytest.fixture
def always_saved(monkeypatch: pytest.MonkeyPatch) -> None:
  """A checkpoint after every step."""
  monkeypatch.setattr(training, "_CHECKPOINT_INTERVAL", -1.0)


# A network that does as it is told ------------------------------------------

NUM_NODES = 10  # Scores come in tenths.
POINTS = ("pi", clrs.Location.NODE, clrs.Type.POINTER)


@dataclasses.dataclass(frozen=True)
class Script:
  """What a training sees.

  Attributes:
    losses: of each step.
    tenths: the validation score of the weights after each step.
  """

  losses: Sequence[float]
  tenths: Sequence[int]


class Scripted:
  """A model whose weights are a seed and the steps done; see Model.

  On the test split they score as many tenths as there were steps, which tells
  what weights were tested.
  """

  optimiser = optax.identity()

  def __init__(self, *scripts: Script):
    """One for each seed."""
    self._losses = jnp.array([s.losses for s in scripts])
    self._tenths = jnp.array([s.tenths for s in scripts])

  def init(self, seed: int) -> jax.Array:
    return jnp.array([seed - 1, 0])

  def step(self, weights: jax.Array, state: Any, key: Any, batch: Any) -> Any:
    seed, step = weights
    return weights + jnp.array([0, 1]), state, self._losses[seed, step]

  def predict(self, weights: jax.Array, features: clrs.Features) -> Any:
    seed, num_steps = weights
    is_test = jnp.any(features.inputs[0].data > 0)
    tenths = self._tenths[seed, num_steps - 1]
    wrong = jnp.arange(NUM_NODES) >= jnp.where(is_test, num_steps, tenths)
    return {"pi": clrs.DataPoint(*POINTS, wrong.astype(int)[None])}


def _batch(*, is_test: bool) -> clrs.Feedback:
  mark = np.full((1, 1), float(is_test))
  features = clrs.Features(
    (clrs.DataPoint("pos", clrs.Location.NODE, clrs.Type.SCALAR, mark),),
    (),
    np.ones(1),
  )
  right = np.zeros((1, NUM_NODES), int)
  return clrs.Feedback(features, (clrs.DataPoint(*POINTS, right),))


class Play:
  """A training as scripts say, one for each seed."""

  def __init__(self, *scripts: Script, eval_every: int = 1):
    self._protocol = Protocol(
      train_lengths=(4,),
      train_steps=len(scripts[0].losses),
      eval_every=eval_every,
      batch_size=1,
    )
    batch = _batch(is_test=False)
    self._draws = [
      StepBatches(
        batch,
        [batch] if self._protocol.validates_after(step) else [],
        SamplerState(step + 1, [], []),
      )
      for step in range(self._protocol.train_steps)
    ]
    self._seeds = range(len(scripts))
    model: Any = Scripted(*scripts)
    self._programs = Programs(model, len(scripts))

  def run(self, path: Path, show: Show = _pass) -> list[Outcome]:
    with Checkpoint(path, {}) as checkpoint:
      outcomes = Training(
        self._protocol,
        "bfs",
        self._seeds,
        lambda header: self._programs,
        checkpoint,
        self._open_source,
        show,
      ).run(_batch(is_test=True))
    return _without_time(outcomes)

  def _open_source(self, seed: int, state: SamplerState | None) -> Given:
    del seed
    header = Header({}, _batch(is_test=False), 0)
    return Given(header, self._draws, state.taken if state else 0)


def _script(tenths: Sequence[int], *, nan_at: int | None = None) -> Script:
  """One whose losses are not finite from a step on."""
  steps = range(len(tenths))
  bad = len(tenths) if nan_at is None else nan_at
  return Script([np.nan if i >= bad else 1.0 for i in steps], tenths)


@pytest.mark.parametrize(
  ("tenths", "eval_every", "best_step"),
  [
    ([3, 7, 5, 8, 2], 1, 3),
    ([3, 7, 5, 7, 2], 1, 1),  # The earlier of two.
    ([3, 9, 5, 9, 2], 2, 2),  # Of those that were validated.
    ([0, 0, 0], 1, 0),  # The first is kept, whatever it scores.
    ([4, 3, 2], 1, 0),
  ],
)
def test_the_weights_of_the_best_validation_are_tested(
  tenths: list[int], eval_every: int, best_step: int, tmp_path: Path
) -> None:
  play = Play(_script(tenths), eval_every=eval_every)
  (outcome,) = play.run(tmp_path)
  found = outcome.validations
  assert found.best_step == best_step
  assert found.best == tenths[best_step] / NUM_NODES
  last = (len(tenths) - 1) // eval_every * eval_every
  assert found.last == tenths[last] / NUM_NODES
  assert found.diverged_step is None
  assert outcome.test_score == (best_step + 1) / NUM_NODES
  # Until its score is on record it may end again; no step is left.
  assert play.run(tmp_path, _interrupt) == [outcome]


@pytest.mark.parametrize(
  ("nan_at", "diverged_step", "best_step"), [(3, 4, 2), (4, 4, 2), (0, 0, 0)]
)
def test_a_diverged_training_ends_and_has_a_score(
  nan_at: int, diverged_step: int, best_step: int, tmp_path: Path
) -> None:
  steps: list[int] = []
  script = _script([1, 0, 3, 0, 2, 0, 9, 0, 9], nan_at=nan_at)
  play = Play(script, eval_every=2)
  (outcome,) = play.run(tmp_path, lambda moment: steps.append(moment.step))
  assert outcome.validations.diverged_step == diverged_step
  assert outcome.validations.best_step == best_step
  assert outcome.test_score == (best_step + 1) / NUM_NODES
  assert steps == list(range(1, diverged_step + 2))


def test_seeds_diverge_each_for_itself(tmp_path: Path) -> None:
  """What a seed scores after it diverged is not what it would have alone."""
  scripts = [_script([1, 2, 3, 9], nan_at=1), _script([1, 5, 4, 4])]
  both = Play(*scripts).run(tmp_path / "both")
  (first,) = Play(scripts[0]).run(tmp_path / "first")
  assert both[0] == first
  assert first.validations.diverged_step == 1
  assert both[1].validations.best_step == 1
  assert both[1].validations.last == 0.4
  assert both[1].test_score == 0.2


@pytest.mark.usefixtures("always_saved")
@pytest.mark.parametrize("nan_at", [None, 3])
def test_it_may_be_interrupted_after_every_step(
  nan_at: int | None, tmp_path: Path
) -> None:
  scripts = [_script([1, 2, 5, 9, 9], nan_at=nan_at), _script([3, 3, 2, 4, 1])]
  play = Play(*scripts)
  expected = play.run(tmp_path / "whole")
  path = tmp_path / "pieces"
  for _ in scripts[0].losses:
    with pytest.raises(Interrupted):
      play.run(path, _interrupt)
  assert play.run(path, _interrupt) == expected


def test_a_diverged_training_stays_as_it_was(tmp_path: Path) -> None:
  play = Play(_script([1, 2, 3, 9, 9], nan_at=2))
  expected = play.run(tmp_path)
  assert expected[0].validations.diverged_step == 2
  assert play.run(tmp_path) == expected


# Of networks that train -----------------------------------------------------

# Permutations, with noise on them in training.
ALGORITHM, SEEDS = "insertion_sort", (0, 1)
SMALL = SmallProtocol(
  train_lengths=(4,),
  batch_size=4,
  train_steps=5,
  eval_every=2,
  hidden_size=4,
  num_validation=8,
)
NODE = 1 / 32  # What one node more or less is to a score.


class Trained(NamedTuple):
  """A training that went through."""

  outcomes: list[Outcome]
  losses: list[np.ndarray]
  final: State


class Lab:
  """Trains small networks, with programs that are compiled once."""

  def __init__(self) -> None:
    self._programs: dict[int, Watched] = {}
    sampler, _ = clrs.build_sampler(ALGORITHM, seed=9, num_samples=8, length=4)
    self._test = sampler.next()

  def train(
    self,
    path: Path,
    seeds: Sequence[int],
    show: Show = _pass,
    open_source: Callable[[int, SamplerState | None], BatchSource]
    | None = None,
  ) -> Trained:
    losses: list[np.ndarray] = []

    def watch(moment: Moment) -> None:
      losses.append(np.asarray(moment.losses))
      show(moment)

    with Checkpoint(path, {}) as checkpoint:
      outcomes = Training(
        SMALL,
        ALGORITHM,
        seeds,
        lambda header: self._compiled(header, len(seeds)),
        checkpoint,
        open_source or (lambda seed, state: _live(seed, state)),
        watch,
      ).run(self._test)
    return Trained(outcomes, losses, self._programs[len(seeds)].final)

  def _compiled(self, header: Header, num_seeds: int) -> Programs:
    if num_seeds not in self._programs:
      model = Model(
        header.spec,
        header.example,
        jnp.tanh,
        SMALL,
        processor="deepsets",
      )
      self._programs[num_seeds] = Watched(model, num_seeds)
    return self._programs[num_seeds]


def _live(seed: int, state: SamplerState | None) -> LiveSampler:
  return LiveSampler(SMALL, ALGORITHM, seed, state)


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
  """Nothing in here needs fast programs, or sharp permutations."""
  sharpen = decoders.log_sinkhorn

  def in_two_steps(*args: Any, steps: int, **options: Any) -> Any:
    return sharpen(*args, steps=min(steps, 2), **options)

  jax.config.update("jax_disable_most_optimizations", True)
  with mock.patch.object(decoders, "log_sinkhorn", in_two_steps):
    yield Lab()
  jax.config.update("jax_disable_most_optimizations", False)


@pytest.fixture(scope="module")
def alone(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Trained:
  """The first seed, uninterrupted."""
  return lab.train(tmp_path_factory.mktemp("alone"), SEEDS[:1])


@pytest.mark.usefixtures("always_saved")
def test_an_interrupted_training_goes_on_to_the_same_end(
  lab: Lab, alone: Trained, tmp_path: Path
) -> None:
  def interrupt(moment: Moment) -> None:
    if moment.step == 3:
      raise Interrupted

  with pytest.raises(Interrupted):
    lab.train(tmp_path, SEEDS[:1], interrupt)
  with Checkpoint(tmp_path, {}) as checkpoint:
    progress = checkpoint.progress()
    assert progress and progress["step"] == 3
  resumed = lab.train(tmp_path, SEEDS[:1])
  assert resumed.outcomes[0].seconds > progress["seconds"] > 0
  assert _without_time(resumed.outcomes) == _without_time(alone.outcomes)
  assert resumed.losses == alone.losses[3:]
  for mine, theirs in zip(
    jax.tree.leaves(resumed.final), jax.tree.leaves(alone.final), strict=True
  ):
    np.testing.assert_array_equal(mine, theirs)


def test_there_is_noise_on_permutations(
  lab: Lab, alone: Trained, tmp_path: Path
) -> None:
  """So that going on with other keys would show."""

  def other_keys(seed: int, state: SamplerState | None) -> BatchSource:
    live = _live(seed, state)
    live.header = live.header._replace(key_seed=0)
    return live

  other = lab.train(tmp_path, SEEDS[:1], open_source=other_keys)
  assert other.losses[0] != alone.losses[0]


def _longer(drawn: StepBatches) -> StepBatches:
  """Two steps longer, padded as upstream pads trajectories."""

  def padded(feedback: clrs.Feedback) -> clrs.Feedback:
    features = feedback.features
    hints = tuple(
      clrs.DataPoint(
        hint.name,
        hint.location,
        hint.type_,
        np.pad(hint.data, [(0, 2), *[(0, 0)] * (hint.data.ndim - 1)]),
      )
      for hint in features.hints
    )
    return feedback._replace(features=features._replace(hints=hints))

  training, validation, state = drawn
  return StepBatches(padded(training), [padded(b) for b in validation], state)


def test_seeds_side_by_side_are_each_alone(
  lab: Lab,
  alone: Trained,
  tmp_path: Path,
  caplog: pytest.LogCaptureFixture,
) -> None:
  """And the second seed alone takes the programs of the first."""
  with jax.log_compiles(), caplog.at_level("WARNING"):
    second = lab.train(tmp_path / "second", SEEDS[1:])
    assert not _compilations(caplog)

  def open_source(seed: int, state: SamplerState | None) -> BatchSource:
    live = _live(seed, state)
    return Given(
      live.header, [_longer(d) if seed == SEEDS[1] else d for d in live]
    )

  with jax.log_compiles(), caplog.at_level("WARNING"):
    both = lab.train(tmp_path / "both", SEEDS, open_source=open_source)
    assert _compilations(caplog)
  for index, each in enumerate((alone, second)):
    losses = [found[index] for found in both.losses]
    np.testing.assert_allclose(losses, each.losses, rtol=1e-5)
    # Where a gradient is nothing but rounding, Adam still takes its sign.
    differences = np.abs(both.final.weights[index] - each.final.weights)
    assert np.quantile(differences, 0.95) < 1e-6
    found, expected = both.outcomes[index], each.outcomes[0]
    assert found.test_score == pytest.approx(expected.test_score, abs=NODE)


def _compilations(caplog: pytest.LogCaptureFixture) -> list[str]:
  messages = [record.getMessage() for record in caplog.records]
  return [m for m in messages if m.startswith("Finished XLA compilation")]


# Splits and scores ----------------------------------------------------------


def _split(algorithm: str) -> clrs.Feedback:
  """Ten samples, as upstream gives them."""
  sampler, _ = clrs.build_sampler(algorithm, seed=1, num_samples=10, length=5)
  return sampler.next()


def _guessed(outputs: Sequence[clrs.DataPoint], seed: int) -> Any:
  """Predictions of which some are right."""
  rng = np.random.default_rng(seed)

  def guess(point: clrs.DataPoint) -> clrs.DataPoint:
    data = np.array(point.data)
    wrong = rng.random(len(data)) < 0.5
    data[wrong] = data[rng.permutation(len(data))][wrong]
    return clrs.DataPoint(point.name, point.location, point.type_, data)

  return {point.name: guess(point) for point in outputs}


# A pointer; a permutation; predecessors as input, and a mask; a category.
SPLITS = [
  "bfs",
  "insertion_sort",
  "activity_selector",
  "strongly_connected_components",
]


@pytest.mark.parametrize("algorithm", SPLITS)
def test_batches_hold_every_sample(algorithm: str) -> None:
  split = _split(algorithm)
  protocol = Protocol(batch_size=4)
  batches = list(in_batches(split, algorithm, protocol))
  assert [len(b.features.lengths) for b in batches] == [4, 4, 2]
  whole = next(prepared(algorithm, iter([split]))[1])
  inputs, hints, lengths = whole.features
  for index, expected in enumerate(inputs):
    found = [batch.features.inputs[index].data for batch in batches]
    np.testing.assert_array_equal(np.concatenate(found), expected.data)
  for index, expected in enumerate(hints):
    found = [batch.features.hints[index].data for batch in batches]
    np.testing.assert_array_equal(np.concatenate(found, axis=1), expected.data)
  for index, expected in enumerate(whole.outputs):
    found = [batch.outputs[index].data for batch in batches]
    np.testing.assert_array_equal(np.concatenate(found), expected.data)
  found = [batch.features.lengths for batch in batches]
  np.testing.assert_array_equal(np.concatenate(found), lengths)


@pytest.mark.parametrize("algorithm", SPLITS)
def test_a_score_is_upstreams(algorithm: str) -> None:
  batches = list(
    in_batches(_split(algorithm), algorithm, Protocol(batch_size=4))
  )
  outputs = [batch.outputs for batch in batches]
  guesses = [_guessed(o, seed) for seed, o in enumerate(outputs)]
  found = evaluated(outputs, guesses)
  assert 0 < found < 1
  whole = next(prepared(algorithm, iter([_split(algorithm)]))[1])
  joined = jax.tree.map(lambda *x: np.concatenate(x), *guesses)
  assert found == clrs.evaluate(whole.outputs, joined)["score"]
  # Upstream takes all samples twice.
  assert evaluated(outputs * 2, guesses * 2) == pytest.approx(found, rel=1e-12)
