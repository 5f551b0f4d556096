"""The tables of a score run, as they are printed."""

from typing import Any

import numpy as np
import pytest

from evolve.runs.score_tables import print_results
from harness.core.fitness import Fidelity

FAMILIES = {"cubic": "polynomials", "saddle": "polynomials", "sum": "harmonics"}
# Noise of the three seeds: of all activations, and of their own.
SHARED = (0.02, -0.01, -0.01)
OWN = {
  "relu": (0.001, 0.0, -0.001),
  "runs/its/best.py": (0.2, 0.0, -0.2),
  "gelu_sinc_perturbation": (0.0, 0.001, -0.001),
}


def _record(
  name: str, value: float, interval: list[float] | None
) -> dict[str, Any]:
  scores = {"cubic": value, "saddle": value + 0.1, "sum": value - 0.1}
  noise = np.add(SHARED, OWN.get(name, (0.0, 0.0, 0.0)))
  return {
    "activation": name,
    "suite": "lab@2/3/0",
    "status": "OK",
    "value": value,
    "value_ci95": interval,
    "scores": scores,
    "scores_by_seed": {
      task: (s + noise).tolist() for task, s in scores.items()
    },
    "ood_skills": dict.fromkeys(FAMILIES, 0.8),
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
    "scores_by_seed": {},
    "feedback": "No name os.",
  },
]


TABLES = """\
OOD score on lab@2/3/0, 400 steps x 3 seeds; 95% CI over seeds (Student's t)
activation    value          95% CI  skill     ID        OOD loss  memory  flops
my/best       0.700  0.600 to 0.800  0.800  0.900  2 (not finite)       2     74
its/best      0.600  0.500 to 0.700  0.800  0.900  2 (not finite)       2     74
relu          0.500  0.450 to 0.550  0.800  0.900  2 (not finite)       2     74
bad         INVALID
columns left out: ID loss; scores.jsonl has all of them
OOD score by family
activation  harmonics  polynomials
my/best         0.600        0.750
its/best        0.500        0.650
relu            0.400        0.550
bad: INVALID: No name os.
highest: my/best 0.7000; no difference shown from its/best, on the tasks of lab@2/3/0
"""  # noqa: E501


def _printed(
  capsys: pytest.CaptureFixture[str],
  records: list[dict[str, Any]] = RECORDS,
  num_seeds: int = 3,
  *,
  by_task: bool = False,
) -> list[str]:
  print_results(records, FAMILIES, Fidelity(400, num_seeds), by_task=by_task)
  lines = capsys.readouterr().out.splitlines()
  assert max(map(len, lines[:-1])) <= 80
  return [line.rstrip() for line in lines]


def test_the_tables_at_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
  assert _printed(capsys) == TABLES.splitlines()


def test_losses_are_left_out_first(capsys: pytest.CaptureFixture[str]) -> None:
  long = _record("gelu_sinc_perturbation", 0.5, [0.45, 0.55])
  lines = _printed(capsys, [*RECORDS, long])
  start = lines.index("OOD score by family")
  assert lines[start - 1] == (
    "columns left out: ID loss, OOD loss; scores.jsonl has all of them"
  )


def test_a_row_for_each_task(capsys: pytest.CaptureFixture[str]) -> None:
  lines = _printed(capsys, by_task=True)
  start = lines.index("OOD score by task, mean over seeds")
  assert lines[start + 1 : start + 5] == [
    "task    my/best  its/best   relu",
    "cubic     0.700     0.600  0.500",
    "saddle    0.800     0.700  0.600",
    "sum       0.600     0.500  0.400",
  ]


def test_the_best_is_declared_where_it_differs_from_all_others(
  capsys: pytest.CaptureFixture[str],
) -> None:
  """Paired, whether their intervals meet or not."""
  records = [record | {"value_ci95": [0.0, 1.0]} for record in RECORDS[:2]]
  line = "best: best 0.7000, on the tasks of lab@2/3/0"
  assert _printed(capsys, records)[-1] == line


def test_a_mean_that_few_tasks_raise_is_not_called_alike(
  capsys: pytest.CaptureFixture[str],
) -> None:
  gains = {"cubic": 0.4, "saddle": -0.05, "sum": -0.05}
  relu = RECORDS[0]["scores_by_seed"]
  lucky = _record("lucky", 0.6, [0.55, 0.65]) | {
    "scores_by_seed": {
      task: [
        s + gain + noise for s, noise in zip(relu[task], SHARED, strict=True)
      ]
      for task, gain in gains.items()
    },
  }
  assert _printed(capsys, [RECORDS[0], lucky])[-1] == (
    "highest: lucky 0.6000; it loses more often than it wins against relu, on "
    "the tasks of lab@2/3/0"
  )


def _with_seeds(record: dict[str, Any], count: int) -> dict[str, Any]:
  scores = record["scores_by_seed"]
  return record | {
    "scores_by_seed": {task: s[:count] for task, s in scores.items()}
  }


def test_two_seeds_are_too_few(capsys: pytest.CaptureFixture[str]) -> None:
  records = [
    _with_seeds(record, 2) | {"value_ci95": None} for record in RECORDS[:2]
  ]
  assert _printed(capsys, records, 2)[-2:] == [
    "2 seeds are too few to tell a difference from chance: intervals need 3 or "
    "more",
    "highest: best 0.7000; no difference shown from relu, on the tasks of "
    "lab@2/3/0",
  ]


def test_one_seed_of_a_population_of_tasks_is_enough(
  capsys: pytest.CaptureFixture[str],
) -> None:
  records = [
    _with_seeds(record, 1) | {"families": FAMILIES} for record in RECORDS[:2]
  ]
  lines = _printed(capsys, records, 1)
  assert lines[:2] == [
    "OOD score on lab@2/3/0, 400 steps x 1 seeds; 95% CI over tasks and seeds",
    "  (stratified Student's t)",
  ]
  assert not any("too few" in line for line in lines)
  assert lines[-1] == "best: best 0.7000, on tasks of the lab's generators"


def test_an_objective_of_ones_own_has_values_alone(
  capsys: pytest.CaptureFixture[str],
) -> None:
  own = {"suite": "mine.py:evaluate@0b1d6e9a"}
  for kind in ("ood_skills", "id_scores", "id_loss", "ood_loss"):
    own[kind] = {}
  records = [record | own for record in (*RECORDS[:2], RECORDS[3])]
  lines = _printed(capsys, records)
  assert lines[:5] == [
    "Values on mine.py:evaluate@0b1d6e9a, 400 steps x 3 seeds; 95% CI over "
    "seeds",
    "  (Student's t)",
    "activation    value          95% CI  memory  flops",
    "best          0.700  0.600 to 0.800       2     74",
    "relu          0.500  0.450 to 0.550       2     74",
  ]
  assert not any("OOD" in line or "skill" in line for line in lines)
  assert lines[-1] == "best: best 0.7000, on the objective mine.py:evaluate"


def test_nothing_could_be_evaluated(
  capsys: pytest.CaptureFixture[str],
) -> None:
  assert _printed(capsys, RECORDS[3:])[-2:] == [
    "bad: INVALID: No name os.",
    "no activation could be evaluated",
  ]
