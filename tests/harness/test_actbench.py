"""The command for benchmarks of known scores."""

from pathlib import Path

import numpy as np
import pytest

from evolve.surrogate import actbench
from evolve.surrogate.actbench import ActBench
from tests.harness.forked import ForkedCommands


@pytest.fixture
def benchmark(tmp_path: Path) -> Path:
  path = tmp_path / "bench.csv.gz"
  scores = {"digits": np.array([[0.5, 0.6], [0.9, 0.8], [0.1, 0.1]])}
  names = ("mul(erf(x), tanh(x))", "add(erf(x), tanh(x))", "zero(x)")
  actbench.write(path, ActBench(names, scores, {"digits": (0, 1)}))
  return path


def test_functions_are_looked_up(
  benchmark: Path, commands: ForkedCommands
) -> None:
  status, out, err = commands.run(
    "harness.actbench", f"--benchmark={benchmark}", "--action=look_up",
    "--function=mul(erf(x), tanh(x))",
  )  # fmt: skip
  assert (status, err) == (0, [])
  assert "mul(erf(x), tanh(x))  0.5500" in out
  # Of equal functions a benchmark has the first.
  _, out, _ = commands.run(
    "harness.actbench", f"--benchmark={benchmark}", "--action=look_up",
    "--function=mul(tanh(x),erf(x))",
  )  # fmt: skip
  assert "mul(tanh(x),erf(x)) = mul(erf(x), tanh(x))  0.5500" in out
  _, out, _ = commands.run(
    "harness.actbench", f"--benchmark={benchmark}", "--action=look_up",
    "--top=2",
  )  # fmt: skip
  assert out.index("add(erf") < out.index("mul(erf") and "zero" not in out


@pytest.mark.parametrize(
  ("flags", "line"),
  [
    (["--action=look_up"], "--benchmark is required"),
    (["--benchmark=absent.csv"], "absent.csv"),
    (["--action=build"], "--workdir is required"),
    (["--action=build", "--workdir=W", "--tasks=digit"], "nearest: digits"),
    (["--action=build", "--workdir=W", "--seeds=one"], "--seeds"),
    (["--benchmark=B", "--output=page.txt"], "ends in .html"),
    (
      ["--benchmark=B", "--output=page.html"],
      "3 functions; a comparison takes 20",
    ),
    (
      ["--benchmark=B", "--action=look_up", "--function=one(x)"],
      "unknown function 'one(x)'; nearest: zero(x)",
    ),
  ],
)
def test_a_mistake_is_one_line(
  tmp_path: Path,
  benchmark: Path,
  flags: list[str],
  line: str,
  commands: ForkedCommands,
) -> None:
  paths = {"=B": f"={benchmark}", "=W": f"={tmp_path / 'new'}"}
  flags = [f[:-2] + paths[f[-2:]] if f[-2:] in paths else f for f in flags]
  status, out, err = commands.run("harness.actbench", *flags)
  assert (status, out) == (1, "")
  assert len(err) == 1 and err[0].startswith("error: ") and line in err[0]
  assert not (tmp_path / "new").exists()
