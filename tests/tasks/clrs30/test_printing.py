"""Tables of a run, and its result in a line."""

import dataclasses
from typing import Any

import pytest

from tasks.clrs30.printing import print_results, result_line
from tasks.clrs30.processors import Sites
from tasks.clrs30.protocol import PAPER
from tests.tasks.clrs30.score_records import (
  BOTH,
  LEGEND,
  OWN,
  RELU,
  TOO_FEW,
  record,
)


def _printed(
  capsys: pytest.CaptureFixture[str], records: list[dict[str, Any]]
) -> list[str]:
  print_results(records, PAPER, "triplet_gmpnn", Sites.ALL)
  lines = capsys.readouterr().out.splitlines()
  assert max(map(len, lines[:-1])) <= 80  # The result is one line.
  return [line.rstrip() for line in lines]


@pytest.mark.parametrize(
  ("records", "line"),
  [
    (
      [record("bfs", "relu", 0, 0.5)],
      "mean over 1 algorithm: relu 50.00 (published: 99.73 over the same)",
    ),
    (
      [record("bfs", "relu", 0, 0.5), record("dfs", "sin", 0, 0.5)],
      "no algorithm has a score with every activation",
    ),
    ([], "no training has a score"),
  ],
)
def test_the_result_in_a_line(records: list[dict[str, Any]], line: str) -> None:
  assert result_line(records) == line


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
    "relu minus published, in published standard deviations: bfs +6.7, dfs "
    "-0.7,",
    "  minimum -1.4; beyond 2: bfs",
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
    record(algorithm, name, seed, score)
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
  lines = _printed(capsys, [record("bfs", name, 0, 0.5) for name in names])
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


def test_algorithms_beyond_the_30_have_no_published_score(
  capsys: pytest.CaptureFixture[str],
) -> None:
  lines = _printed(capsys, [*OWN, record("bfs", "relu", 0, 1.0)])
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


def test_the_result_where_nothing_is_published(
  capsys: pytest.CaptureFixture[str],
) -> None:
  assert _printed(capsys, OWN)[-1] == (
    "mean over 2 algorithms beyond the 30: relu 60.00"
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
