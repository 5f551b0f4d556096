"""The tables of a score run, as they are printed."""

from typing import Any

import pytest

from evolve.runs.score_tables import print_results
from harness.core.fitness import Fidelity

FAMILIES = {"cubic": "polynomials", "saddle": "polynomials", "sum": "harmonics"}


def _record(
  name: str, value: float, interval: list[float] | None
) -> dict[str, Any]:
  return {
    "activation": name,
    "suite": "lab@1",
    "status": "OK",
    "value": value,
    "value_ci95": interval,
    "scores": {"cubic": value, "saddle": value + 0.1, "sum": value - 0.1},
    "id_scores": dict.fromkeys(FAMILIES, 0.9),
    "id_loss": dict.fromkeys(FAMILIES, 0.125),
    "ood_loss": {"cubic": 1.5, "saddle": None, "sum": 2.5},
    "memory": 2.0,
    "flops": 74.0,
    "feedback": "",
  }


RECORDS = [
  _record("relu", 0.5, [0.45, 0.55]),
  _record("runs/my/best.py", 0.7, [0.6, 0.8]),
  _record("runs/its/best.py", 0.6, [0.5, 0.7]),
  _record("bad.py", 0.0, None)
  | {
    "status": "INVALID",
    "value": None,
    "scores": {},
    "feedback": "No name os.",
  },
]


TABLES = """\
OOD skill on lab@1, 400 steps x 3 seeds; 95% CI over seeds (Student's t)
                                               ID
activation    value          95% CI     ID   loss        OOD loss  memory  flops
my/best       0.700  0.600 to 0.800  0.900  0.125  2 (not finite)       2     74
its/best      0.600  0.500 to 0.700  0.900  0.125  2 (not finite)       2     74
relu          0.500  0.450 to 0.550  0.900  0.125  2 (not finite)       2     74
bad         INVALID
OOD skill by family
activation  harmonics  polynomials
my/best         0.600        0.750
its/best        0.500        0.650
relu            0.400        0.550
bad: INVALID: No name os.
highest: my/best 0.7000; no difference shown from its/best
"""


def _printed(
  capsys: pytest.CaptureFixture[str],
  records: list[dict[str, Any]] = RECORDS,
  num_seeds: int = 3,
  *,
  by_task: bool = False,
) -> list[str]:
  print_results(records, FAMILIES, Fidelity(400, num_seeds), by_task=by_task)
  lines = capsys.readouterr().out.splitlines()
  assert max(map(len, lines)) <= 80
  return [line.rstrip() for line in lines]


def test_the_tables_at_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
  assert _printed(capsys) == TABLES.splitlines()


def test_losses_are_left_out_first(capsys: pytest.CaptureFixture[str]) -> None:
  long = _record("gelu_sinc_perturbation", 0.5, [0.45, 0.55])
  lines = _printed(capsys, [*RECORDS, long])
  start = lines.index("OOD skill by family")
  assert lines[start - 1] == (
    "columns left out: ID loss, OOD loss; scores.jsonl has all of them"
  )


def test_a_row_for_each_task(capsys: pytest.CaptureFixture[str]) -> None:
  lines = _printed(capsys, by_task=True)
  start = lines.index("OOD skill by task, mean over seeds")
  assert lines[start + 1 : start + 5] == [
    "task    my/best  its/best   relu",
    "cubic     0.700     0.600  0.500",
    "saddle    0.800     0.700  0.600",
    "sum       0.600     0.500  0.400",
  ]


def test_the_best_is_declared_where_no_interval_meets_its_own(
  capsys: pytest.CaptureFixture[str],
) -> None:
  assert _printed(capsys, RECORDS[:2])[-1] == "best: best 0.7000"


def test_two_seeds_are_too_few(capsys: pytest.CaptureFixture[str]) -> None:
  records = [record | {"value_ci95": None} for record in RECORDS[:2]]
  assert _printed(capsys, records, 2)[-2:] == [
    "2 seeds are too few to tell a difference from chance: intervals need 3 or "
    "more",
    "highest: best 0.7000; no difference shown from relu",
  ]


def test_nothing_could_be_evaluated(
  capsys: pytest.CaptureFixture[str],
) -> None:
  assert _printed(capsys, RECORDS[3:])[-2:] == [
    "bad: INVALID: No name os.",
    "no activation could be evaluated",
  ]
