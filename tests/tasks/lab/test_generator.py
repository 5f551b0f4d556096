"""Tasks that generators draw: their names, and the streams they belong to."""

import collections
import itertools

import numpy as np
import pytest

from harness.core.errors import UserError
from tasks.lab.generator import SHARED, Generator, Stream
from tasks.lab.regression import Interval, RegressionTask


def _of(*choices: float, streams: tuple[str, ...] = SHARED) -> Generator:
  """A generator of lines with one of a few slopes."""

  def draw(rng: np.random.Generator) -> RegressionTask:
    slope = rng.choice(choices)
    return RegressionTask(
      parameters={"slope": slope} if len(choices) > 1 else {},
      inputs={"x": Interval(0, 1)},
      function=lambda x: slope * x,
    )

  return Generator("line", "lines", "a test", draw, streams, tags=("one",))


SLOPES = np.arange(200) / 10
MANY = _of(*SLOPES)


def _drawn(generator: Generator, stream: str, seed: int = 0) -> list[str]:
  rng = np.random.default_rng(seed)
  return [task.name for task in generator.tasks(rng, stream)]


def test_a_task_has_what_its_generator_states() -> None:
  task = MANY.one(np.random.default_rng(0))
  assert (task.family, task.generator, task.source) == (
    "lines",
    "line",
    "a test",
  )
  assert task.tags == ("one",)
  assert task.name.startswith("line-")


def test_every_task_belongs_to_one_stream() -> None:
  drawn = {stream: _drawn(MANY, stream) for stream in set(SHARED)}
  names = list(itertools.chain(*drawn.values()))
  assert len(names) == len(set(names)) >= 0.95 * len(SLOPES)
  share = {stream: len(found) / len(names) for stream, found in drawn.items()}
  assert share[Stream.LAB] == pytest.approx(0.5, abs=0.12)
  assert share[Stream.FRESH] == pytest.approx(0.25, abs=0.12)


def test_the_name_depends_on_parameters_alone() -> None:
  """Not on the last digits of a float, nor on its type."""
  name = _of(0.3, 0.3).one(np.random.default_rng(1)).name
  again = _of(0.1 + 0.2, 0.1 + 0.2).one(np.random.default_rng(2)).name
  other = _of(0.4, 0.4).one(np.random.default_rng(2)).name
  assert name == again != other


def test_another_draw_has_other_tasks() -> None:
  first, second = (
    list(itertools.islice(MANY.tasks(np.random.default_rng(seed), "lab"), 10))
    for seed in (0, 1)
  )
  assert {t.name for t in first} != {t.name for t in second}


def test_a_generator_may_run_dry() -> None:
  counts = collections.Counter(
    stream for stream in set(SHARED) for _ in _drawn(_of(1, 2, 3), stream)
  )
  assert counts.total() == 3


def test_a_question_without_parameters_has_one_stream() -> None:
  question = _of(1, streams=("heldout",))
  assert _drawn(question, "heldout") == ["line"]
  assert _drawn(question, "lab") == []
  with pytest.raises(UserError, match="'line' has one task, which can't be in"):
    _drawn(_of(1), "lab")
