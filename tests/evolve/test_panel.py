"""The panel of activations for comparisons between benchmarks."""

import re

import pytest

from evolve import activations, panel


def test_twenty_well_known_activations_once_each() -> None:
  assert len(panel.NAMES) == len(set(panel.NAMES)) == 20
  assert set(panel.NAMES) <= activations.WELL_KNOWN.keys()


def test_the_docstring_accounts_for_every_well_known_activation() -> None:
  words = re.findall(r"\w+", panel.__doc__ or "")
  left_out = activations.WELL_KNOWN.keys() - set(panel.NAMES)
  assert len(left_out) == 4
  assert activations.WELL_KNOWN.keys() <= set(words)


def test_the_line_lists_all_members(capsys: pytest.CaptureFixture[str]) -> None:
  panel.print_members()
  line = " ".join(capsys.readouterr().out.split())
  assert line == (
    f"panel, {len(panel.members())} of these: {', '.join(panel.members())}"
  )
