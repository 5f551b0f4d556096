"""Results beside the published ones: numbers, caveats, tables."""

import dataclasses
from typing import Any

import pytest

from tasks.clrs30.processors import Sites
from tasks.clrs30.protocol import PAPER
from tasks.clrs30.results import (
  Score,
  caveats,
  compared,
  means_by_model,
  print_results,
  result_line,
  scores,
)


def _record(
  algorithm: str,
  activation: str,
  seed: int,
  test_score: float,
  diverged_step: int | None = None,
) -> dict[str, Any]:
  return {
    "algorithm": algorithm,
    "activation": activation,
    "seed": seed,
    "test_score": test_score,
    "val_score": test_score,
    "train_steps": 10_000,
    "seconds": 1.0,
    "sites": "all",
    "processor": "triplet_gmpnn",
    "diverged_step": diverged_step,
  }


RELU = [
  _record("minimum", "relu", 0, 0.96),
  _record("minimum", "relu", 1, 0.98),
  _record("bfs", "relu", 0, 1.0),
  _record("bfs", "relu", 1, 1.0),
]
TOO_FEW = (
  "2 seeds are too few to tell a difference from chance: intervals need 3 or "
  "more"
)
LEGEND = [
  "CLRS-30 test micro-F1 in %, mean over seeds; ± is the half-width of the 95%",
  "  confidence interval over seeds (Student's t); an interval cut at 0 or 100 "
  "is",
  "  given as mean +a -b",
]
# Of an unfinished run: a seed of minimum and both of dfs lack a record.
BOTH = [
  *RELU,
  _record("dfs", "relu", 0, 0.5),
  _record("dfs", "relu", 1, 0.4),
  _record("minimum", "sin", 0, 0.9),
  _record("bfs", "sin", 0, 0.7, diverged_step=17),
  _record("bfs", "sin", 1, 0.8),
]


def test_scores_are_over_seeds_with_a_record() -> None:
  found = scores(BOTH)
  assert ("dfs", "sin") not in found
  assert found["minimum", "sin"] == Score(90.0, None, 1)
  mean, std, num_seeds = found["minimum", "relu"]
  # Of 96 and 98: both are 1 from the mean, over one degree of freedom.
  assert (mean, std) == pytest.approx((97.0, 2**0.5))
  assert num_seeds == 2


def test_means_are_over_the_same_algorithms() -> None:
  assert compared(BOTH) == ["bfs", "minimum"]
  found = means_by_model(BOTH)
  assert list(found) == ["published", "relu", "sin"]
  assert found["sin"].by_category == pytest.approx(
    {"graphs": 75.0, "searching": 90.0}
  )
  over_algorithms = {m: means.over_algorithms for m, means in found.items()}
  # Published: bfs 99.73, minimum 97.78.
  assert over_algorithms == pytest.approx(
    {"published": 98.755, "relu": 98.5, "sin": 82.5}
  )


def test_categories_weigh_the_same() -> None:
  values = {"bfs": 0.9, "dfs": 0.6, "heapsort": 0.3}
  records = [_record(a, "relu", 0, value) for a, value in values.items()]
  found = means_by_model(records)
  assert found["relu"].over_algorithms == pytest.approx(60.0)
  assert found["relu"].over_categories == pytest.approx(52.5)
  # Published: graphs (99.73 + 47.79) / 2 = 73.76, sorting 31.04.
  assert found["published"].over_categories == pytest.approx(52.4)


@pytest.mark.parametrize(
  ("records", "line"),
  [
    (
      [_record("bfs", "relu", 0, 0.5)],
      "mean over 1 algorithm: relu 50.00 (published: 99.73 over the same)",
    ),
    (
      [_record("bfs", "relu", 0, 0.5), _record("dfs", "sin", 0, 0.5)],
      "no algorithm has a score with every activation",
    ),
    ([], "no training has a score"),
  ],
)
def test_the_result_in_a_line(records: list[dict[str, Any]], line: str) -> None:
  assert result_line(records) == line


def test_the_published_model_differs_in_nothing() -> None:
  for sites in Sites:  # ReLU instead of ReLU, wherever.
    assert caveats(RELU, PAPER, "triplet_gmpnn", sites) == [TOO_FEW]


def test_every_difference_gets_a_line() -> None:
  protocol = dataclasses.replace(
    PAPER,
    train_lengths=(4, 5),
    train_steps=2_000,
    eval_every=20,
    learning_rate=0.01,
  )
  records = [_record("bfs", "sin", 0, 0.5), _record("bfs", "my.py", 0, 0.5)]
  assert caveats(records, protocol, "pgn", Sites.UPSTREAM) == [
    "differs from published: train lengths 4,5 instead of 4,7,11,13,16",
    "differs from published: train steps 2,000 instead of 10,000",
    "differs from published: steps between validations 20 instead of 50",
    "differs from published: learning rate 0.01 instead of 0.001",
    "differs from published: processor pgn instead of triplet_gmpnn",
    "differs from published: sin, my.py instead of relu",
    "sites=upstream: only where upstream's argument reaches, 2 of the 5 ReLUs "
    "in triplet_gmpnn",
    TOO_FEW.replace("2 seeds are", "1 seed is"),
  ]


@pytest.mark.parametrize(
  "field",
  # Tests at further sizes are no other protocol.
  [f for f in dataclasses.fields(PAPER) if f.name != "test_lengths"],
  ids=lambda f: f.name,
)
def test_every_field_of_the_protocol_is_compared(
  field: dataclasses.Field[Any],
) -> None:
  change: dict[str, Any] = {field.name: 7}
  changed = dataclasses.replace(PAPER, **change)
  (line, _) = caveats(RELU, changed, "triplet_gmpnn", Sites.ALL)
  assert " 7 instead of " in line


def _printed(
  capsys: pytest.CaptureFixture[str], records: list[dict[str, Any]]
) -> list[str]:
  print_results(records, PAPER, "triplet_gmpnn", Sites.ALL)
  lines = capsys.readouterr().out.splitlines()
  assert max(map(len, lines[:-1])) <= 80  # The result is one line.
  return [line.rstrip() for line in lines]


def test_tables_caveats_and_the_result_are_printed(
  capsys: pytest.CaptureFixture[str],
) -> None:
  assert _printed(capsys, BOTH) == [
    *LEGEND,
    "algorithm  published  its std    relu             sin",
    "bfs            99.73     0.04  100.00           75.00",
    "dfs            47.79     4.19   45.00               -",
    "minimum        97.78     0.55   97.00  90.00 (1 of 2)",
    "Means over what all columns have, %",
    "mean over                           published    relu    sin",
    "graphs (1 of 12)                        99.73  100.00  75.00",
    "searching (1 of 3)                      97.78   97.00  90.00",
    "all algorithms (2 of 30)                98.75   98.50  82.50",
    "all categories (2 of 8, 2 in part)      98.75   98.50  82.50",
    "differs from published: sin instead of relu",
    "sites=all: at every ReLU of the processor; upstream's argument reaches 2 "
    "of",
    "  triplet_gmpnn's 5",
    TOO_FEW,
    "diverged: sin 1 (of 9 trainings)",
    "in no mean, as an activation has no score there: dfs",
    "3 of the 30 algorithms: bfs, dfs, minimum",
    "mean over 2 algorithms: relu 98.50, sin 82.50 (published: 98.75 over the "
    "same)",
  ]


def test_three_seeds_have_intervals_and_files_go_by_their_stems(
  capsys: pytest.CaptureFixture[str],
) -> None:
  algorithm = "strongly_connected_components"
  scores = {"relu": (0.97, 0.98, 0.99), "runs/a/best.py": (0.40, 0.41, 0.42)}
  records = [
    _record(algorithm, name, seed, score)
    for name, by_seed in scores.items()
    for seed, score in enumerate(by_seed)
  ]
  lines = _printed(capsys, records)
  assert lines[3:6] == [
    f"{'':44}its",
    f"{'algorithm':29}  published    std               relu          best",
    f"{algorithm}      43.43   3.15  98.00 +2.00 -2.48  41.00 ± 2.48",
  ]
  assert lines[-1] == (
    "mean over 1 algorithm: relu 98.00, best 41.00 (published: 43.43 over the "
    "same)"
  )
  assert "differs from published: best instead of relu" in lines


def test_many_activations_go_on_below(
  capsys: pytest.CaptureFixture[str],
) -> None:
  names = [f"activation_{n}" for n in range(6)]
  lines = _printed(capsys, [_record("bfs", name, 0, 0.5) for name in names])
  assert lines[3:9] == [
    "algorithm  published  activation_0  activation_1  activation_2  "
    "activation_3",
    "bfs            99.73         50.00         50.00         50.00         "
    "50.00",
    "",
    "algorithm  activation_4  activation_5",
    "bfs               50.00         50.00",
    "columns left out: its std; the page of harness.report has all of them",
  ]


OWN = [_record("mine", "relu", 0, 0.5), _record("a_mine", "relu", 0, 0.7)]


def test_algorithms_beyond_the_30_have_no_published_score(
  capsys: pytest.CaptureFixture[str],
) -> None:
  lines = _printed(capsys, [*OWN, _record("bfs", "relu", 0, 1.0)])
  assert lines[3:7] == [
    "algorithm  published  its std    relu",
    "bfs            99.73     0.04  100.00",
    "a_mine             -        -   70.00",
    "mine               -        -   50.00",
  ]
  assert "graphs (1 of 12)                        99.73  100.00" in lines
  assert "all algorithms (1 of 30)                99.73  100.00" in lines
  assert "1 of the 30 algorithms: bfs" in lines
  assert not any(line.startswith("in no mean") for line in lines)
  assert lines[-1] == (
    "mean over 1 algorithm: relu 100.00 (published: 99.73 over the same); mean "
    "over 2 algorithms beyond the 30: relu 60.00"
  )


def test_with_nothing_published_nothing_differs(
  capsys: pytest.CaptureFixture[str],
) -> None:
  protocol = dataclasses.replace(PAPER, train_steps=4)
  assert caveats(OWN, protocol, "pgn", Sites.ALL) == [
    TOO_FEW.replace("2 seeds are", "1 seed is")
  ]
  assert _printed(capsys, OWN)[-1] == (
    "mean over 2 algorithms beyond the 30: relu 60.00"
  )
  assert compared(OWN) == []


def test_one_beyond_the_30_that_lacks_a_score_is_named() -> None:
  lines = caveats(
    [*BOTH, _record("mine", "sin", 0, 0.5)], PAPER, "triplet_gmpnn", Sites.ALL
  )
  assert lines[-1] == (
    "in no mean, as an activation has no score there: dfs, mine"
  )


def test_further_sizes_have_a_column_each(
  capsys: pytest.CaptureFixture[str],
) -> None:
  records = [
    {**RELU[0], "scores_by_length": {"64": score, "128": score / 2}}
    for score in (0.5, 1.0)
  ]
  protocol = dataclasses.replace(PAPER, test_lengths=(64, 128))
  print_results(records, protocol, "triplet_gmpnn", Sites.ALL)
  lines = capsys.readouterr().out.splitlines()
  header = next(i for i, line in enumerate(lines) if line.endswith("128"))
  assert lines[header].split() == ["algorithm", "activation", "64", "128"]
  assert lines[header + 1].split()[1:] == ["relu", "75.00", "37.50"]
