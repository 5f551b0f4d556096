"""Files of benchmarks, ours and of the published kind."""

import gzip
import json
import math
from pathlib import Path

import numpy as np
import pytest

from evolve.surrogate import actbench
from evolve.surrogate.actbench import ActBench
from harness.core.errors import UserError

_BENCH = ActBench(
  ("mul(tanh(x), x)", "relu(x)"),
  {
    "digits": np.array([[0.5, 0.6], [0.25, math.nan]]),
    "spirals": np.array([[0.1234], [1.0]]),
  },
  {"digits": (5, 7), "spirals": (5,)},
)
_RECORDS = [
  {"activation_fn": "relu(x)", "val_acc": 0.5, "test_acc": 0.4, "runtime": 9},
  {"activation_fn": "tanh(x)", "val_acc": 0.25, "test_acc": 0.2, "runtime": 9},
]


def test_a_benchmark_is_what_was_written(tmp_path: Path) -> None:
  path = tmp_path / "bench.csv.gz"
  actbench.write(path, _BENCH)
  lines = gzip.decompress(path.read_bytes()).decode().splitlines()
  assert lines[:2] == [
    "function,task,seed,score",
    '"mul(tanh(x), x)",digits,5,0.5000',
  ]
  found = actbench.read(path)
  assert found.functions == _BENCH.functions
  assert found.seeds == _BENCH.seeds
  for task, scores in _BENCH.scores.items():
    np.testing.assert_array_equal(found.scores[task], scores)
  np.testing.assert_allclose(found.of_task("digits"), [0.55, 0.25])
  with pytest.raises(UserError, match="unknown task 'spiral'; nearest: spiral"):
    found.of_task("spiral")
  first = path.read_bytes()
  actbench.write(path, found)
  assert path.read_bytes() == first


def _csv(records: list[dict[str, object]]) -> str:
  lines = [",".join(records[0])]
  return "\n".join([*lines, *(",".join(map(str, r.values())) for r in records)])


@pytest.mark.parametrize(
  ("name", "text"),
  [
    ("resnet.csv", _csv(_RECORDS)),
    ("resnet.json", json.dumps(_RECORDS)),
    (
      "resnet.json",
      json.dumps(
        {
          str(r["activation_fn"]): {"Validation Accuracy": r["val_acc"]}
          for r in _RECORDS
        }
      ),
    ),
  ],
)
def test_records_of_the_published_kind(
  tmp_path: Path, name: str, text: str
) -> None:
  path = tmp_path / name
  path.write_text(text)
  found = actbench.read(path)
  assert found.functions == ("relu(x)", "tanh(x)")
  np.testing.assert_allclose(found.of_task("resnet"), [0.5, 0.25])
  assert {"training accuracy", "test loss", "equivalents"} <= {*found.absent}
  assert "runtime" not in found.absent or "Validation" in text


@pytest.mark.parametrize(
  ("text", "message"),
  [
    ("function,loss\nrelu,1\n", "no field for the validation accuracy"),
    ("val_acc,loss\n0.5,1\n", "no field for the function"),
    ("function,val_acc\nrelu,high\n", "has no number as 'val_acc'"),
    ("function,task,seed,score\nrelu,digits,0,good\n", "is damaged"),
    ("function,task,seed,score\n", "has no records"),
    ('{"relu": ', "can't read the benchmark"),
    ("[1, 2]", "can't read the benchmark"),
    ("function,val_acc\nmul(x, x),0.5\n", "line 2 has more .* in quotes"),
  ],
)
def test_what_is_wrong_is_named(
  tmp_path: Path, text: str, message: str
) -> None:
  path = tmp_path / "bench.csv"
  path.write_text(text)
  with pytest.raises(UserError, match=message) as failed:
    actbench.read(path)
  assert "\n" not in str(failed.value)


def test_a_file_that_was_cut_is_named(tmp_path: Path) -> None:
  path = tmp_path / "bench.csv.gz"
  actbench.write(path, _BENCH)
  path.write_bytes(path.read_bytes()[:-20])
  with pytest.raises(UserError, match="can't read the benchmark"):
    actbench.read(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
  with pytest.raises(UserError, match=r"absent\.csv.*No such file"):
    actbench.read(tmp_path / "absent.csv")


def test_functions_with_all_scores_are_whole() -> None:
  whole = _BENCH.whole()
  assert whole.functions == ("mul(tanh(x), x)",)
  np.testing.assert_array_equal(whole.scores["digits"], [[0.5, 0.6]])
