"""The stages of a slot."""

import pytest

from evolve.admission.admission import Admission
from evolve.admission.probe import Probe, probe
from evolve.language import load
from evolve.program import Program
from evolve.search.database import Row
from evolve.search.slot import Slot, Stage
from harness.core.fitness import Report, Status

TANH = Program("def activation(x):\n  return jnp.tanh(x)\n")
FOUND = Report(Status.OK, "fine", scores_by_seed={"a": (0.5,)})


@pytest.fixture(scope="module")
def probed() -> Probe:
  return probe(load(TANH.source), Admission())


def test_a_program_of_a_mutator_is_probed_at_once(probed: Probe) -> None:
  slot = Slot(3, program=TANH)
  assert (slot.stage, slot.program) == (Stage.PROBING, TANH)
  slot.take_probe(probed)
  assert slot.stage is Stage.PROBED
  assert slot.traits and slot.traits.pointwise
  slot.train_table()
  slot.train_itself()  # The table was no substitute.
  slot.end(FOUND)
  assert (slot.is_done, slot.report) == (True, FOUND)


def test_a_model_may_write_twice() -> None:
  slot = Slot(3, (0.5,))
  assert slot.stage is Stage.DRAFTING
  with pytest.raises(ValueError, match="slot 3 has no program yet"):
    _ = slot.program
  slot.write(TANH)
  slot.send_back()
  assert slot.stage is Stage.DRAFTING
  slot.write(TANH)
  assert slot.program == TANH


def test_a_repeated_program_has_no_report_of_its_own() -> None:
  slot = Slot(3, program=TANH)
  slot.end(Report(Status.CRASHED, "broken"))
  slot.repeat("0123")
  assert (slot.is_done, slot.report, slot.same_as) == (True, None, "0123")


def test_a_recorded_slot_is_done(probed: Probe) -> None:
  slot = Slot(3, program=TANH)
  slot.take_probe(probed)
  assert slot.traits
  again = Slot.recorded(Row(3, TANH, FOUND, slot.traits.to_json()))
  assert again.is_done and again.is_recorded
  assert (again.program, again.report) == (TANH, FOUND)
  assert again.traits and again.traits.niche == slot.traits.niche


def test_stages_follow_each_other() -> None:
  slot = Slot(3, program=TANH)
  with pytest.raises(ValueError, match=r"TRAINING_TABLE after .*PROBING"):
    slot.train_table()
  slot.end(FOUND)
  for step in (slot.train_itself, slot.send_back, lambda: slot.write(TANH)):
    with pytest.raises(ValueError, match=r"slot 3: .* after .*DONE"):
      step()
