"""Specifications of algorithms of one's own, and the line on each mistake."""

from typing import Any

import pytest

from harness.core.errors import UserError
from tasks.clrs30.registry import UPSTREAM
from tasks.clrs30.specification import completed
from tests.tasks.clrs30.own import SPEC


def test_pos_is_added_in_front_where_it_is_missing() -> None:
  whole = completed(SPEC)
  assert list(whole) == ["pos", *SPEC]
  assert whole["pos"] == ("input", "node", "scalar")
  assert completed(whole) == whole


@pytest.mark.parametrize("name", UPSTREAM)
def test_those_of_dm_clrs_are_in_order(name: str) -> None:
  spec = UPSTREAM[name].spec
  assert completed(spec) == spec


@pytest.mark.parametrize(
  ("name", "entry", "line"),
  [
    (
      "w",
      ("inptu", "node", "mask"),
      "unknown stage of probe 'w': 'inptu'; nea",
    ),
    (
      "w",
      ("input", "nodes", "mask"),
      "unknown location .*'w': 'nodes'; .*node",
    ),
    ("w", ("input", "node", "masks"), "unknown type .* 'masks'; nearest: mask"),
    ("w", ("input", "node", "soft_pointer"), "unknown type .*'soft_pointer'"),
    ("w", "mask", r"'w' needs a stage, .*as in \(\"input\", \"node\","),
    ("w", ("input", "node"), "'w' needs a stage, a location and a type"),
    ("w-h", ("input", "node", "mask"), "probe 'w-h' needs another name, such"),
    ("lengths", ("input", "node", "mask"), "'lengths' needs another name"),
    ("pos", ("input", "edge", "scalar"), "probe 'pos' is .*; leave it out, or"),
    ("w", ("output", "node", "scalar"), "output 'w' is a scalar, .*; make it"),
    ("w", ("hint", "graph", "mask_one"), "hint 'w' is a mask_one of one graph"),
    ("w", ("hint", "node", "should_be_permutation"), "only; make it a pointer"),
    (
      "w",
      ("output", "edge", "should_be_permutation"),
      "nly; make it a pointer",
    ),
  ],
)
def test_a_mistake_gets_a_line(name: str, entry: Any, line: str) -> None:
  with pytest.raises(UserError, match=line) as error:
    completed({**SPEC, name: entry})
  assert "\n" not in str(error.value)


def test_a_name_of_dm_clrs_is_not_taken() -> None:
  order = ("output", "node", "should_be_permutation")
  with pytest.raises(UserError, match="probe 'pred_mask' has the name that dm"):
    completed({**SPEC, "pred": order, "pred_mask": ("hint", "node", "mask")})


@pytest.mark.parametrize("stage", ["input", "hint", "output"])
def test_every_stage_has_a_probe_beside_pos(stage: str) -> None:
  spec = {name: entry for name, entry in SPEC.items() if entry[0] != stage}
  with pytest.raises(UserError, match=f"has no {stage}; beside 'pos' it needs"):
    completed({"pos": ("input", "node", "scalar"), **spec})
