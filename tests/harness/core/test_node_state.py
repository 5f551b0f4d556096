"""The state of this machine, as a driver compares it with its own."""

from pathlib import Path

import pytest

from harness.core import node_state


def test_what_a_node_tells(tmp_path: Path) -> None:
  there, missing = tmp_path / "there", tmp_path / "missing"
  there.touch()
  state = node_state.state_here([there, missing])
  assert state.seen == {str(there): True, str(missing): False}
  assert state.versions["code"] == node_state.code_hash()
  assert {"Python", "jax", "numpy"} < state.versions.keys()
  assert state.processor


def test_the_hash_is_of_every_module(
  tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  module = tmp_path / "harness" / "core" / "node_state.py"
  other = tmp_path / "evolve" / "x.py"
  for path in (module, other):
    path.parent.mkdir(parents=True)
    path.write_text("a = 1\n")
  monkeypatch.setattr(node_state, "__file__", str(module))
  first = node_state.code_hash()
  other.write_text("a = 2\n")
  second = node_state.code_hash()
  (tmp_path / "evolve" / "x.txt").write_text("no module")
  assert first != second == node_state.code_hash()
