"""The kit at work where only Python and JAX are installed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import ROOT
from tests.bench.accelerator import kit

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
  """A kit."""
  root = tmp_path_factory.mktemp("kit")
  with pytest.MonkeyPatch.context() as patch:
    patch.chdir(ROOT)
    kit.build(root / "kit", root / "data")
  return root / "kit"


def _bare(python: str, folder: Path) -> Path:
  """The interpreter of an environment with JAX and what JAX needs."""
  pins = (ROOT / "requirements.lock").read_text().split()
  jax = [pin for pin in pins if pin.startswith(("jax==", "jaxlib=="))]
  subprocess.run([python, "-m", "venv", folder], check=True)
  bare = folder / "bin" / "python"
  pip = [str(bare), "-m", "pip", "install", "--quiet"]
  subprocess.run([*pip, "--disable-pip-version-check", *jax], check=True)
  return bare


@pytest.mark.parametrize("version", ["3.11", "3.12"])
def test_all_parts_work_in_a_bare_environment(
  version: str, folder: Path, tmp_path: Path
) -> None:
  python = shutil.which(f"python{version}")
  if not python or subprocess.run([python, "-V"], check=False).returncode:
    pytest.skip(f"no Python {version}")
  bare = _bare(python, tmp_path / "bare")
  clean = {n: v for n, v in os.environ.items() if n != "PYTHONPATH"}
  run = subprocess.run(
    [
      *(bare, "-m", "tests.bench.accelerator", "--only_trials"),
      *("--trial_seconds=500", f"--out={tmp_path / 'out'}"),
    ],
    cwd=folder,
    env=clean,
    capture_output=True,
    text=True,
    check=False,
  )
  assert run.returncode == 0, run.stdout + run.stderr
  lines = run.stdout.splitlines()
  for part in ("lab", "clrs_steps", "clrs_training", "images"):
    assert f"{part} works" in lines
  versions = (tmp_path / "out" / "versions.txt").read_text()
  assert f"Python {version}." in versions
  assert "dm-haiku from dm_haiku-" in versions


def test_a_kit_is_small(folder: Path) -> None:
  files = [path for path in folder.rglob("*") if path.is_file()]
  assert sum(path.stat().st_size for path in files) < 35 << 20
  assert not [path for path in files if path.suffix == ".pyc"]
