"""The environment that `make install` makes."""

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests import ROOT
from tests.test_borders import ENTRY_POINTS

PIN = re.compile(r"([A-Za-z0-9_.-]+)==([A-Za-z0-9_.+!-]+)")
SCRIPTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
  "scripts"
]


def test_every_version_is_pinned_and_installed() -> None:
  for line in (ROOT / "requirements.lock").read_text().splitlines():
    pin = PIN.fullmatch(line)
    assert pin, f"{line!r} pins no version"
    # A pin admits any local label, as in torch's 2.13.0+cpu.
    public, _, _ = importlib.metadata.version(pin[1]).partition("+")
    assert public == pin[2]


def test_tensorflow_datasets_is_the_release_and_no_nightly_build() -> None:
  # tfds-nightly, which dm-clrs asks for, writes the same one.
  code = "import tensorflow_datasets as tfds; print(tfds.__version__)"
  run = subprocess.run(
    [sys.executable, "-c", code], capture_output=True, text=True, check=True
  )
  assert run.stdout.strip() == "4.9.10"


def test_every_entry_point_has_a_console_script() -> None:
  scripts = {
    e.replace("harness.", "actmine-"): f"{e}:cli" for e in ENTRY_POINTS
  }
  assert scripts == SCRIPTS


class Installed:
  """The project, installed as the Makefile does, but below `directory`."""

  def __init__(self, directory: Path):
    self.directory = directory
    subprocess.run(
      [sys.executable, "-m", "pip", "install", "--quiet", "--no-index",
       "--disable-pip-version-check", "--no-deps", "--no-build-isolation",
       # Without the last it would remove the one of this environment.
       "--prefix", directory, "-e", ROOT, "--ignore-installed"],
      check=True,
    )  # fmt: skip
    (packages,) = directory.glob("lib/*/site-packages")
    (directory / "sitecustomize.py").write_text(
      f"import site\nsite.addsitedir({str(packages)!r})\n"
    )

  def run(self, *command: str | Path) -> str:
    """The output of a command in that directory."""
    return subprocess.run(
      command,
      cwd=self.directory,
      env={"PYTHONPATH": str(self.directory), "JAX_PLATFORMS": "cpu"},
      capture_output=True,
      text=True,
      check=True,
    ).stdout

  def script(self, name: str) -> Path:
    return self.directory / "bin" / name


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
  return Installed(tmp_path_factory.mktemp("installed"))


@pytest.mark.parametrize("name", SCRIPTS)
def test_commands_run_in_any_directory(installed: Installed, name: str) -> None:
  out = installed.run(installed.script(name), "--help")
  assert "--workdir: " in out
  assert "--logtostderr" not in out  # absl's own.


def test_harness_is_imported_in_any_directory(installed: Installed) -> None:
  code = "import harness; print(harness.__file__)"
  out = installed.run(sys.executable, "-c", code)
  assert out.strip().endswith("harness/__init__.py")


def test_a_script_finds_modules_beside_its_caller(
  installed: Installed,
) -> None:
  (installed.directory / "own_tasks.py").write_text("")
  with pytest.raises(subprocess.CalledProcessError) as failed:
    installed.run(installed.script("actmine-score"), "--task_module=own_tasks")
  assert "registers no generator" in failed.value.stderr
