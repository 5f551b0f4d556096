"""Candidates that similar functions speak against do not train."""

import json

import numpy as np
import pytest

from evolve.admission.traits import SIGNATURE_SIZE, Traits
from evolve.cost import Cost
from evolve.program import Program
from evolve.search.database import Row
from evolve.search.prefilter import Prefilter
from harness.core.fitness import Report, Status


def _traits(place: float) -> Traits:
  curve = np.full(SIGNATURE_SIZE, place, np.float32)
  return Traits((0,), True, curve, Cost(1.0, 1.0))


def _row(slot: int, place: float, report: Report) -> Row:
  traits = json.loads(json.dumps(_traits(place).to_json()))
  return Row(slot, Program(f"{slot}"), report, traits)


def _ok(value: float) -> Report:
  return Report(Status.OK, "", scores_by_seed={"task": (value,)})


def _learned(share: float) -> Prefilter:
  """Forty functions on a line, of which those to the right are better."""
  prefilter = Prefilter(share)
  places = np.random.default_rng(0).permutation(40)
  for slot, place in enumerate(places):
    row = _row(slot, float(place) / 8, _ok(float(place) / 40))
    prefilter.learn(row, prefilter.num_seen)
  return prefilter


@pytest.mark.parametrize("share", [0.25, 0.5])
def test_the_best_share_passes(share: float) -> None:
  prefilter = _learned(share)
  passed = [
    place
    for place in range(40)
    if prefilter.passes(_traits(place / 8), prefilter.num_seen)
  ]
  assert passed == list(range(passed[0], 40))
  assert len(passed) == pytest.approx(share * 40, abs=5)


def test_without_a_share_all_pass() -> None:
  prefilter = _learned(1.0)
  assert prefilter.passes(_traits(0.0), prefilter.num_seen)


def test_what_its_proposal_did_not_see_counts_for_nothing() -> None:
  prefilter = _learned(0.5)
  assert prefilter.passes(_traits(0.0), 15)
  assert not prefilter.passes(_traits(0.0), 40)
  for slot in range(40, 60):
    row = _row(slot, 0.0, _ok(1.0))
    prefilter.learn(row, prefilter.num_seen)
  assert not prefilter.passes(_traits(0.0), 40)
  assert prefilter.passes(_traits(0.0), 60)


def test_what_did_not_train_predicts_nothing() -> None:
  prefilter = _learned(0.5)
  for slot in range(40, 60):
    prefilter.learn(_row(slot, 4.9, Report(Status.FILTERED, "")), 40)
    prefilter.learn(_row(slot, 4.9, Report(Status.DUPLICATE, "")), 40)
  seen = prefilter.num_seen
  assert seen == 60
  assert prefilter.passes(_traits(4.9), seen)


def test_a_failure_is_worth_nothing() -> None:
  prefilter = _learned(0.5)
  for slot in range(40, 44):
    prefilter.learn(_row(slot, 5.0, Report(Status.DIVERGED, "")), 40)
  assert not prefilter.passes(_traits(5.0), 44)
