"""Draws of tasks from streams, and their labels."""

import collections
import json
from pathlib import Path

import numpy as np
import pytest

from harness.core.errors import UserError
from tasks.lab import registry
from tasks.lab.generator import Stream
from tasks.lab.sample import Band
from tasks.lab.suites import LAB, SHARES, Suite
from tasks.lab.task import Task


def _families(suite: Suite) -> collections.Counter[str]:
  tasks = suite.tasks(registry.shipped())
  return collections.Counter(task.family for task in tasks)


@pytest.mark.parametrize(
  ("text", "suite"),
  [
    ("lab", LAB),
    ("lab@2", LAB),
    ("lab@2/64/0", LAB),
    ("heldout@2/16/3", Suite("heldout", 16, 3)),
    ("mine", Suite("mine")),
  ],
)
def test_a_suite_is_known_by_its_stream_or_its_label(
  text: str, suite: Suite
) -> None:
  assert Suite.of(text) == suite
  assert Suite.of(suite.label) == suite


def test_flags_apply_where_the_text_has_no_numbers() -> None:
  assert Suite.of("fresh", 128, 5) == Suite("fresh", 128, 5)
  assert Suite.of("fresh@2/32/1", 128, 5) == Suite("fresh", 32, 1)


def test_another_version_is_an_error() -> None:
  with pytest.raises(UserError, match="this version of the project has lab@2"):
    Suite.of("lab@1")
  with pytest.raises(UserError, match="unknown suite 'lab@2/64'"):
    Suite.of("lab@2/64")


def test_the_lab_has_its_shares_of_families() -> None:
  assert _families(LAB).total() == LAB.num_tasks
  for family, count in _families(LAB).items():
    assert count == pytest.approx(64 * SHARES[family], abs=1)


def test_a_third_of_the_lab_is_reasoning_of_many_kinds() -> None:
  reasoning = [
    task for task in LAB.tasks(registry.shipped()) if task.family == "reasoning"
  ]
  assert len(reasoning) >= 64 / 3
  assert len({task.generator for task in reasoning}) >= 12


def test_a_draw_is_the_same_again_and_another_differs() -> None:
  first, again, other = (
    [task.name for task in suite.tasks(registry.shipped())]
    for suite in (LAB, LAB, Suite(draw=1))
  )
  assert first == again
  assert len(set(first) & set(other)) < len(first) / 2


@pytest.mark.parametrize(
  ("stream", "allowed"),
  [(s, s is Stream.LAB) for s in Stream] + [("mine", True)],
)
def test_only_the_lab_is_optimised(stream: str, allowed: bool) -> None:
  assert Suite(stream).may_be_optimised == allowed


def test_a_change_to_the_labs_tasks_raises_the_version() -> None:
  """The tasks of the lab, and the mean answers of each in and far out."""
  recorded = json.loads((Path(__file__).parent / "lab_2_64_0.json").read_text())
  drawn = LAB.tasks(registry.shipped())
  assert [task.name for task in drawn] == list(recorded)
  for task in drawn:
    assert _mean_answers(task) == pytest.approx(recorded[task.name], rel=1e-4)


def _mean_answers(task: Task) -> list[float]:
  return [
    float(np.mean(task.sample(np.random.default_rng(0), band, 64).targets))
    for band in (Band.ID, Band.FAR)
  ]
