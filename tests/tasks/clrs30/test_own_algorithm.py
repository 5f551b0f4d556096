"""Algorithms of one's own: batches, training apart, and a line on a mistake."""

from collections.abc import Callable
from typing import Any

import clrs
import numpy as np
import pytest

from harness.core.errors import UserError
from tasks.clrs30 import conformance
from tasks.clrs30.data.benchmark import draw as draw_split
from tasks.clrs30.own_algorithm import Instance
from tasks.clrs30.trace import Trace
from tests.tasks.clrs30 import own


def test_batches_hold_what_the_run_gave() -> None:
  sampler = own.largest().training_sampler(length=5, num_samples=3, seed=0)
  (inputs, hints, lengths), outputs = sampler.next()
  assert [point.name for point in inputs] == ["pos", "key"]
  pos, key = (point.data for point in inputs)
  np.testing.assert_array_equal(pos, [np.arange(5) / 5] * 3)
  assert [point.name for point in hints] == ["i", "best_h"]
  np.testing.assert_array_equal(hints[0].data, np.eye(5)[:, None].repeat(3, 1))
  np.testing.assert_array_equal(lengths, [5, 5, 5])
  (best,) = outputs
  assert (best.location, best.type_) == ("node", "mask_one")
  np.testing.assert_array_equal(best.data.argmax(1), key.argmax(1))


def test_arrays_may_change_after_they_were_given() -> None:
  def run(trace: Trace, key: np.ndarray) -> None:
    trace.inputs(key=key)
    best = np.zeros(len(key), int)
    for i in range(len(key)):
      best[:] = i
      trace.hints(i=i, best_h=best)
    trace.outputs(best=best[0])

  (solved,) = conformance.runs_of(own.largest(run=run), 4, 1)
  np.testing.assert_array_equal(solved.hints["best_h"][:, 0], range(4))


def _negative(rng: np.random.RandomState, n: int) -> Instance:
  return (-rng.uniform(size=n),)


def test_training_may_have_other_instances_than_the_test() -> None:
  algorithm = own.largest(draw_training=_negative)
  trained = algorithm.training_sampler(length=6, num_samples=2, seed=0).next()
  assert (trained.features.inputs[1].data < 0).all()
  split = draw_split(algorithm, 2, lambda line: None)
  keys = {point.name: point.data for point in split.features.inputs}["key"]
  assert keys.shape == (2, 64)
  assert (keys > 0).all()


def test_a_multiplier_is_one_of_the_benchmarks_sizes() -> None:
  algorithm = own.largest(num_samples_multiplier=3)
  assert [algorithm.benchmark_size(s) for s in ("val", "test")] == [96, 96]


@pytest.mark.parametrize(
  ("changes", "line"),
  [
    ({"name": "my-sort"}, "algorithm 'my-sort': give it a name such as"),
    ({"min_nodes": 3}, "'largest': min_nodes is 3; take 4 to 64, the length"),
    ({"min_nodes": 65}, "'largest': min_nodes is 65; take 4 to 64"),
    ({"num_samples_multiplier": 0}, "is 0; take 1 or more"),
    ({"spec": {"a": "mask"}}, "'largest': probe 'a' needs a stage"),
    ({"spec": 3}, "'largest': spec fails, TypeError: "),
  ],
)
def test_a_wrong_argument_gets_a_line(
  changes: dict[str, Any], line: str
) -> None:
  with pytest.raises(UserError) as error:
    own.largest(**changes)
  assert line in str(error.value)


def _gives(**changed: Any) -> Callable[..., None]:
  return lambda trace, key: own.run(trace, key, **changed)


def _without_best(trace: Trace, key: np.ndarray) -> None:
  trace.inputs(key=key)
  trace.hints(i=0)


def _stops(trace: Trace, key: np.ndarray) -> None:
  trace.inputs(key=key)


def _twice(trace: Trace, key: np.ndarray) -> None:
  own.run(trace, key)
  own.run(trace, key)


@pytest.mark.parametrize(
  ("changes", "line"),
  [
    (
      {"run": _gives(best_h=np.zeros(3))},
      "hint 'best_h' has the shape [3]; a ",
    ),
    (
      {"run": _gives(best_h=np.full(4, 4))},
      "hint 'best_h' has 4. at step 0; p",
    ),
    (
      {"run": _gives(best=9)},
      "output 'best' is node 9; nodes are 0 to 3",
    ),
    (
      {"run": lambda trace, key: trace.inputs(keys=key)},
      "trace.inputs(...) is given 'keys', which is no input of the specificati",
    ),
    (
      {"run": _without_best},
      "trace.hints(...) lacks 'best_h'; give every hint",
    ),
    ({"run": _stops}, "trace.hints(...) is never called in the run"),
    (
      {"run": _twice},
      "trace.inputs(...) is called 2 times in the run; call it",
    ),
    ({"run": lambda trace: None}, "run fails, TypeError: "),
    ({"run": lambda trace, key: 1 / 0}, "run fails, ZeroDivisionError: "),
    (
      {"draw": lambda rng, n: rng.uniform(size=n)},
      "draw returns ndarray; make",
    ),
    (
      {"draw": lambda rng, n: (rng.uniform(size=n + 1),)},
      "input 'key' has the shape [5]; a scalar of each of 4 nodes has [4]",
    ),
    ({"draw": lambda rng: ()}, "draw fails, TypeError: "),
  ],
)
def test_a_wrong_run_gets_a_line(changes: dict[str, Any], line: str) -> None:
  algorithm = own.largest(**changes)
  with pytest.raises(UserError) as error:
    algorithm.training_sampler(length=4, num_samples=1, seed=0)
  assert str(error.value).startswith(f"algorithm 'largest': {line}")
  assert "\n" not in str(error.value)


def test_an_error_names_the_line_of_the_file() -> None:
  def run(trace: Trace, key: np.ndarray) -> None:
    key[len(key)]

  line = run.__code__.co_firstlineno + 1
  with pytest.raises(UserError, match=rf"IndexError: .* \(line {line}\)$"):
    own.largest(run=run).training_sampler(length=4, num_samples=1, seed=0)


def test_spec_is_kept_in_the_words_of_dm_clrs() -> None:
  assert own.largest().spec["best_h"] == (
    clrs.Stage.HINT, clrs.Location.NODE, clrs.Type.POINTER
  )  # fmt: skip
