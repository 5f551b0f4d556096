"""The dynamic programme against all subsequences."""

import itertools
from collections.abc import Sequence

import numpy as np

from tasks.clrs30.conformance import runs_of
from tasks.clrs30.registry import get

RUNS = [
  run
  for n in (4, 7, 9)
  for run in runs_of(get("longest_increasing_subsequence"), n, 12)
]


def _increasing(key: np.ndarray) -> list[Sequence[int]]:
  """All increasing subsequences, by the places of their members."""
  places = range(len(key))
  return [
    chosen
    for size in range(1, len(key) + 1)
    for chosen in itertools.combinations(places, size)
    if (np.diff(key[list(chosen)]) > 0).all()
  ]


def test_the_answer_is_the_longest_of_all_and_links_lead_to_it() -> None:
  for run in RUNS:
    increasing = _increasing(run.inputs["key"])
    longest = [
      max(len(s) for s in increasing if s[-1] == end)
      for end in range(len(run.inputs["key"]))
    ]
    members = tuple(np.flatnonzero(run.outputs["member"]))
    assert members in increasing
    assert len(members) == max(longest)
    link = run.outputs["link"]
    for end, length in enumerate(longest):
      # The earliest element that a longest one may go on from.
      before = [
        s[-2] for s in increasing if len(s) == length > 1 and s[-1] == end
      ]
      assert link[end] == min(before, default=end)
    # The way back from the earliest best end.
    way = [longest.index(max(longest))]
    while link[way[-1]] != way[-1]:
      way.append(link[way[-1]])
    assert tuple(way[::-1]) == members


def test_hints_have_both_phases() -> None:
  for run in RUNS:
    n, members = len(run.inputs["key"]), int(run.outputs["member"].sum())
    phase = run.hints["phase"].argmax(1)
    np.testing.assert_array_equal(phase, [0] * (1 + n) + [1] * members)
    np.testing.assert_array_equal(run.hints["i"].argmax(1)[1 : 1 + n], range(n))
    assert not run.hints["length_h"][0].any()
    for hint, output in (("member_h", "member"), ("link_h", "link")):
      np.testing.assert_array_equal(run.hints[hint][-1], run.outputs[output])
