"""Niches of candidates."""

import pytest

from evolve.program import Program
from evolve.search.database import Row
from evolve.search.niches import Niche, Niches, Profiles, niche
from harness.core.fitness import Report, Status

FAMILIES = {"a1": "a", "a2": "a", "b": "b", "c": "c"}


def _report(*scores: float) -> Report:
  by_seed = {t: (s,) for t, s in zip(FAMILIES, scores, strict=True)}
  return Report(Status.OK, "", by_seed, families=FAMILIES)


ZERO = [_report(0.4, 0.6, 0.5, 0.1), _report(0.2, 0.4, 0.5, 0.3)]
PROFILES = Profiles([*ZERO, Report(Status.CRASHED, "")])


def test_a_profile_is_the_best_and_the_worst_family() -> None:
  """Compared with generation zero: 0.4 +- 0.1, 0.5 +- 0, 0.2 +- 0.1."""
  assert PROFILES.niche(_report(0.6, 0.6, 0.5, 0.1)) == (0, 2)
  assert PROFILES.niche(_report(0.1, 0.1, 0.5, 0.9)) == (2, 0)


def test_without_families_there_is_one_profile() -> None:
  fixed = Report(Status.OK, "", {"a": (0.5,)})
  assert PROFILES.niche(fixed) == Profiles([fixed]).niche(fixed) == ()


@pytest.mark.parametrize(
  ("kind", "expected"),
  [
    (Niches.NONE, ()),
    (Niches.SHAPE, (2, 3, 1, 0)),
    (Niches.PROFILE, (0, 2)),
    (Niches.BOTH, (2, 3, 1, 0, 0, 2)),
  ],
)
def test_a_niche_has_the_coordinates_of_its_kind(
  kind: Niches, expected: Niche
) -> None:
  report = _report(0.6, 0.6, 0.5, 0.1)
  row = Row(0, Program(""), report, {"niche": [2, 3, 1, 0]})
  assert niche(row, kind, PROFILES) == expected
