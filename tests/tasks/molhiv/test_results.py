"""The table of a run, and the caveats below it."""

import dataclasses
from typing import Any

import pytest

from tasks.molhiv import results
from tasks.molhiv.protocol import PAPER, Protocol


def _record(
  activation: str, seed: int, test_auc: float | None, step: int | None = None
) -> dict[str, Any]:
  return {
    "activation": activation,
    "seed": seed,
    "status": "OK" if test_auc is not None else "DIVERGED",
    "test_auc": test_auc,
    "val_auc": test_auc and 0.8,
    "diverged_step": step,
  }


RECORDS = [
  _record("relu", 0, 0.75),
  _record("relu", 1, 0.76),
  _record("relu", 2, None, 391),
  _record("runs/gelusine.py", 0, 0.77),
  _record("runs/gelusine.py", 1, 0.78),
  _record("runs/gelusine.py", 2, 0.79),
]


def _printed(
  capsys: pytest.CaptureFixture[str],
  records: results.Records = RECORDS,
  protocol: Protocol = PAPER,
) -> list[str]:
  results.print_results(records, protocol)
  return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def test_the_table(capsys: pytest.CaptureFixture[str]) -> None:
  protocol = dataclasses.replace(PAPER, model="gcn_virtual")
  assert _printed(capsys, protocol=protocol) == [
    "ogbg-molhiv, gcn_virtual, 100 epochs; ROC-AUC in % at the epoch with the "
    "best",
    "  validation, mean over seeds; ± is the half-width of the 95% confidence",
    "  interval over seeds (Student's t); an interval cut at 0 or 100 is given "
    "as",
    "  mean +a -b; of the leaderboard, ± is the standard deviation over seeds",
    "activation                           test    validation  seeds",
    "gelusine                     78.00 ± 2.48  80.00 ± 0.00      3",
    "relu                                75.50         80.00      2",
    "leaderboard, relu            75.99 ± 1.19",
    "fingerprints, random forest  80.60 ± 0.10",
    "relu, seed 2: DIVERGED at step 391",
    "highest: gelusine 78.00 ± 2.48% ROC-AUC; no difference shown from relu",
  ]


def test_differences_from_the_leaderboard_are_listed(
  capsys: pytest.CaptureFixture[str],
) -> None:
  protocol = dataclasses.replace(PAPER, epochs=5, hidden_size=64)
  assert (
    "differs from the leaderboard's protocol: hidden size 64 instead of 300, "
    "epochs 5 instead of 100"
  ) in " ".join(line.strip() for line in _printed(capsys, protocol=protocol))


def test_a_run_of_which_every_training_diverged(
  capsys: pytest.CaptureFixture[str],
) -> None:
  out = _printed(capsys, [_record("pole", 0, None, 50)])
  assert out[-2:] == [
    "pole, seed 0: DIVERGED at step 50", "every training diverged"
  ]  # fmt: skip
