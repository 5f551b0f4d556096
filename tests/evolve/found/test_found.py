"""Activations that searches found: none, some, and those that are here."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jax
import jax.numpy as jnp
import pytest

from evolve import activations, found, language, panel
from tests import ROOT

DENTED = '''"""A trial of two lines."""

import jax
import jax.numpy as jnp


def activation(x):
  """x sigmoid(x) - 0.1 exp(-x^2). Of no run; nothing is known of it."""
  return jax.nn.swish(x) - 0.1 * jnp.exp(-(x**2))
'''
SCRIPT = """
import json, sys
from evolve import found
found.__path__.append(sys.argv[1])
from evolve import activations, candidates, panel
print(json.dumps({
  "names": activations.names(),
  "all": list(candidates.by_name(["all"])),
  "panel": list(candidates.by_name(["panel"])),
  "zero": [name for name, _ in candidates.generation_zero(["panel"])],
  "default": [name for name, _ in candidates.generation_zero([])],
  "known": candidates.names_by_id()[candidates.resolve("dented").id],
  "formula": activations.ACTIVATIONS["dented"].__doc__,
}))
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
  """A folder that stands for the package's."""
  monkeypatch.setattr(found, "__path__", [str(tmp_path)])
  before = set(sys.modules)
  yield tmp_path
  for name in set(sys.modules) - before:
    if name.startswith("evolve.found."):
      del sys.modules[name]


def test_without_files_the_panel_is_the_twenty(folder: Path) -> None:
  assert found.modules() == {}
  assert panel.members() == panel.NAMES


def test_files_come_last_in_alphabetical_order(folder: Path) -> None:
  for name in ("dented", "bent"):
    (folder / f"{name}.py").write_text(DENTED)
  assert list(found.modules()) == ["bent", "dented"]
  assert panel.members() == (*panel.NAMES, "bent", "dented")


def test_files_are_named_activations_and_no_part_of_generation_zero(
  tmp_path: Path,
) -> None:
  (tmp_path / "dented.py").write_text(DENTED)
  done = subprocess.run(
    [sys.executable, "-c", SCRIPT, str(tmp_path)],
    cwd=ROOT,
    env={**os.environ, "JAX_PLATFORMS": "cpu"},
    capture_output=True,
    text=True,
    check=True,
  )
  told = json.loads(done.stdout)
  shipped = {*found.modules(), "dented"}
  literature = (*activations.WELL_KNOWN, *activations.PARAMETRIC)
  assert told["names"] == [*literature, *sorted(shipped)]
  assert told["all"] == told["names"]
  assert told["panel"] == told["zero"] == [*panel.NAMES, *sorted(shipped)]
  assert told["default"] == list(activations.WELL_KNOWN)
  assert told["known"] == "dented"
  assert told["formula"].startswith("x sigmoid(x) - 0.1 exp(-x^2).")


def test_files_are_candidates_and_say_what_they_are(folder: Path) -> None:
  """Those that ship, and one more."""
  (folder / "dented.py").write_text(DENTED)
  found.__path__.append(str(Path(found.__file__).parent))
  modules = found.modules()
  assert "dented" in modules
  assert not modules.keys() & {*activations.WELL_KNOWN, "all", "panel"}
  x = jax.ShapeDtypeStruct((4, 6), jnp.float32)
  for module in modules.values():
    candidate = language.load(Path(module.__file__).read_text())
    ours = jax.make_jaxpr(module.activation)(x)
    assert str(jax.make_jaxpr(candidate)(x)) == str(ours)
    assert len(module.activation.__doc__.split(". ")) > 1
