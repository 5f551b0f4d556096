"""A visit: see the package. It starts with what Python and JAX bring."""

import argparse
import contextlib
import importlib.metadata
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

_KIT = Path(__file__).resolve().parents[3]
# The parts by value, each with its share of the time; see `measured`.
_PARTS = {"lab": 0.3, "clrs_steps": 0.25, "clrs_training": 0.25, "images": 0.2}
_GRACE = 10.0  # Seconds in which a part may end by itself.
_SHOWN = ("jax", "jaxlib", "numpy", "scipy", "optax", "dm-haiku", "dm-clrs")


def carried(folder: Path) -> dict[str, Path]:
  """The wheels of a kit by the names of their distributions."""
  return {
    path.name.split("-")[0].replace("_", "-"): path
    for path in sorted(folder.glob("*.whl"))
  }


def missing(wheels: dict[str, Path]) -> dict[str, Path]:
  """Those of them that are not installed here."""
  return {name: path for name, path in wheels.items() if not version(name)}


def version(name: str) -> str | None:
  """Of an installed distribution."""
  try:
    return importlib.metadata.version(name)
  except importlib.metadata.PackageNotFoundError:
    return None


def environment(site: Path) -> dict[str, str]:
  """Of the parts: what is missing here is taken from the kit's wheels."""
  for path in missing(carried(_KIT / "wheels")).values():
    with zipfile.ZipFile(path) as wheel:
      wheel.extractall(site)
  return {
    **os.environ,
    "PYTHONPATH": os.pathsep.join([str(_KIT), str(site)]),
    "PYTHONUNBUFFERED": "1",
  }


def print_versions(log: Path) -> None:
  """Python's, and those of packages, carried or not."""
  wheels = carried(_KIT / "wheels")
  lines = [f"Python {platform.python_version()}, {platform.machine()}"]
  for name in sorted({*_SHOWN, *wheels}):
    lines.append(f"{name} {version(name) or f'from {wheels[name].name}'}")
  text = "\n".join(lines)
  print(text, flush=True)
  log.write_text(text + "\n")


class Part:
  """A part at work."""

  def __init__(
    self,
    name: str,
    seconds: float,
    out: Path,
    env: dict[str, str],
    *,
    is_trial: bool = False,
  ):
    """Starts its process, which has `seconds`; see `visit.Visit`."""
    command = [sys.executable, "-m", "tests.bench.accelerator.part", name]
    options = [f"--seconds={seconds}", f"--out={out}", f"--kit={_KIT}"]
    self.name = name
    self._limit = time.monotonic() + max(1.0, seconds) + _GRACE
    self._process = subprocess.Popen(
      [*command, *options, *(["--trial"] if is_trial else [])],
      env=env,
      cwd=_KIT,
      start_new_session=True,
    )

  def wait(self) -> bool:
    """Ends it when its time is over; returns whether it went through."""
    try:
      left = max(0.0, self._limit - time.monotonic())
      status: int | str = self._process.wait(timeout=left)
    except subprocess.TimeoutExpired:
      status = "cut off"
    with contextlib.suppress(ProcessLookupError):  # Its children, too.
      os.killpg(self._process.pid, signal.SIGKILL)
    self._process.wait()
    words = "works" if status == 0 else f"FAILS ({status})"
    print(f"{self.name} {words}", flush=True)
    return status == 0


def tried(
  names: list[str], seconds: float, folder: Path, env: dict[str, str]
) -> list[str]:
  """The parts that work with the smallest settings, all side by side."""
  shared = env | {"XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
  parts = []
  for name in names:
    (folder / name).mkdir()
    parts.append(Part(name, seconds, folder / name, shared, is_trial=True))
  return [part.name for part in parts if part.wait()]


def measured(
  names: list[str], end: float, out: Path, env: dict[str, str]
) -> list[str]:
  """The parts that went through, one after the other, until the time `end`."""
  whole = []
  for place, name in enumerate(names):
    share = _PARTS[name] / sum(_PARTS[each] for each in names[place:])
    left = end - time.monotonic() - _GRACE
    if Part(name, left * share, out, env).wait():
      whole.append(name)
  return whole


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("--minutes", type=float, default=8)
  parser.add_argument("--out", type=Path, required=True)
  parser.add_argument("--parts", default=",".join(_PARTS))
  parser.add_argument("--only_trials", action="store_true")
  parser.add_argument("--trial_seconds", type=float, default=100)
  given = parser.parse_args()
  end = time.monotonic() + 60 * given.minutes
  out, names = given.out.resolve(), given.parts.split(",")
  out.mkdir(parents=True, exist_ok=True)
  print_versions(out / "versions.txt")
  with tempfile.TemporaryDirectory() as folder:
    env = environment(Path(folder) / "site")
    works = tried(names, given.trial_seconds, Path(folder), env)
    if not given.only_trials:
      works = measured(works, end, out, env)
  if failed := [name for name in names if name not in works]:
    sys.exit(f"failed: {', '.join(failed)}; see above")


if __name__ == "__main__":
  main()
