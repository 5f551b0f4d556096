"""Surrogates on a benchmark of known scores: predictions and searches."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure as Drawing
from scipy import stats

from evolve.surrogate.comparison import (
  OUTPUTS,
  PUBLISHED,
  RANDOM,
  RANDOM_WITH_FEATURES,
  Accuracy,
)
from evolve.surrogate.replay import Trace
from harness.core.evidence import Estimate
from harness.reporting import rank_correlation, statistics
from harness.reporting.document import (
  Block,
  Cell,
  Column,
  DataTable,
  Figure,
  Section,
  Text,
)
from harness.reporting.figures import style

_MAIN = {PUBLISHED: "the published features", OUTPUTS: "outputs alone"}
_TOP = 0.1
_BEST = 0.01
_LISTED = (0.013, 0.05, 0.1)  # 0.013 is 5,000 of 387,210.


@dataclasses.dataclass(frozen=True)
class TaskResults:
  """The findings of a comparison on a task.

  Attributes:
    task: its name.
    scores: means over seeds, [N].
    embedding: [N, 2]; NaN without features.
    accuracies: of predictions, by strategy.
    traces: of searches, by strategy.
  """

  task: str
  scores: np.ndarray
  embedding: np.ndarray
  accuracies: Mapping[str, Accuracy]
  traces: Mapping[str, Sequence[Trace]]

  @property
  def main(self) -> str:
    """The published predictor; by outputs alone without a network."""
    return PUBLISHED if PUBLISHED in self.traces else OUTPUTS


def section(results: TaskResults) -> Section:
  """Predictions, searches and the embedding of a task."""
  prefix = results.task.replace("@", "_").replace("/", "_").replace("-", "_")
  blocks: list[Block] = [
    Text(
      f"{len(results.scores):,} functions, of which "
      f"{len(results.accuracies[results.main].pairs[0]):,} have all features."
    ),
    _predictions(results, prefix),
    _searches(results, prefix),
    Figure(
      f"{prefix}_course",
      "Percentile of the suggested functions, mean over searches and over ten "
      "suggestions each.",
      _courses(results),
    ),
    Figure(
      f"{prefix}_predicted",
      "Predicted and true scores of functions left out in training; the line "
      "is equality.",
      _predicted(results),
    ),
  ]
  if np.isfinite(results.embedding).any():
    blocks.append(
      Figure(
        f"{prefix}_embedding",
        "The embedding by both features (UMAP); colour is the score.",
        _embedded(results),
      )
    )
  return Section(f"Surrogates on {results.task}", blocks, [_sentence(results)])


def _sentence(results: TaskResults) -> str:
  def shown(name: str) -> str:
    percentile, share, _ = _estimates(results.traces[name])
    return (
      f"{_percent(share)} of them among the best {_TOP:.0%}, at the "
      f"{_percent(percentile)} percentile on average"
    )

  return (
    f"On {results.task}, suggestions by {_MAIN[results.main]}: "
    f"{shown(results.main)}. Random ones of the functions that have features: "
    f"{shown(RANDOM_WITH_FEATURES)}. Random ones of all: {shown(RANDOM)}."
  )


def _percent(share: Estimate) -> str:
  if share.low is None or share.high is None:
    return f"{share.value:.0%}"
  return f"{share.value:.0%} ({share.low:.0%} to {share.high:.0%})"


def _predictions(results: TaskResults, prefix: str) -> DataTable:
  rows: list[list[Cell]] = []
  for name, found in results.accuracies.items():
    predicted, scores = found.pairs
    rows.append(
      [
        *(name, len(scores)),
        statistics.pearson(predicted, scores, seed=0),
        *(_spearman(*pair) for pair in (found.pairs, found.upper)),
        *(_recall(*found.recall(_BEST, listed)) for listed in _LISTED),
      ]
    )
  return DataTable(
    f"{prefix}_predictions",
    "Correlation of predictions with scores in ten-fold cross-validation, with "
    "95% intervals over functions, also over the better half; the share of "
    f"the best {_BEST:.0%} that a shortlist of the best predictions has, as "
    "long as 5,000 functions are in the large space, and longer, with Wilson's "
    "intervals. A shortlist of a search has the scores of another task to go "
    "by: rows that name one.",
    (
      Column("features"),
      Column("functions"),
      Column("Pearson (95% CI)", 2),
      Column("Spearman (95% CI)", 2),
      Column("Spearman, better half (95% CI)", 2),
      *(
        Column(f"best in a list of {share:.1%} (95% CI)", 2)
        for share in _LISTED
      ),
    ),
    rows,
  )


def _spearman(predicted: np.ndarray, scores: np.ndarray) -> Estimate | None:
  found = rank_correlation.correlate(predicted.tolist(), scores.tolist())
  return found and found.estimate


def _recall(count: int, of: int) -> Estimate | None:
  if not of:
    return None  # Of fewer than a hundred functions.
  interval = stats.binomtest(count, of).proportion_ci(method="wilson")
  return Estimate(count / of, float(interval.low), float(interval.high))


def _searches(results: TaskResults, prefix: str) -> DataTable:
  rows: list[list[Cell]] = [
    [name, len(traces), *_estimates(traces)]
    for name, traces in results.traces.items()
  ]
  return DataTable(
    f"{prefix}_searches",
    "Searches replayed: what they suggested after eight functions drawn at "
    "random, where the published ones begin with eight well-known ones; means "
    "with 95% intervals over those draws.",
    (
      Column("strategy"),
      Column("searches"),
      Column("mean percentile"),
      Column(f"share in the best {_TOP:.0%}"),
      Column("best score"),
    ),
    rows,
  )


def _estimates(traces: Sequence[Trace]) -> tuple[Estimate, Estimate, Estimate]:
  return (
    statistics.mean_score([trace.mean_percentile for trace in traces]),
    statistics.mean_score([trace.share_in_top(_TOP) for trace in traces]),
    statistics.mean_score([float(trace.best[-1]) for trace in traces]),
  )


def _courses(results: TaskResults) -> Drawing:
  figure, axes = style.axes()
  width = 10
  for number, (name, traces) in enumerate(results.traces.items()):
    rows = np.stack([t.percentiles[t.num_start :] for t in traces])
    count = rows.shape[1] // width * width
    means = rows[:, :count].reshape(len(rows), -1, width).mean((0, 2))
    axes.plot(
      width * np.arange(1, len(means) + 1), means, label=name,
      **style.line(number),
    )  # fmt: skip
  axes.set_xlabel("suggestions")
  axes.set_ylabel("percentile")
  axes.set_ylim(0, 1)
  axes.legend(loc="lower right", fontsize=8, ncols=2)
  return figure


def _predicted(results: TaskResults) -> Drawing:
  figure, axes = style.axes(height=4.4)
  found = results.accuracies[results.main].predicted
  axes.plot(
    found, results.scores, ".", color=style.COLOURS[0], markersize=3, alpha=0.4,
    rasterized=True,
  )  # fmt: skip
  ends = [float(results.scores.min()), float(results.scores.max())]
  axes.plot(ends, ends, color=style.COLOURS[1], linewidth=1)
  axes.set_xlabel("predicted score")
  axes.set_ylabel("score")
  return figure


def _embedded(results: TaskResults) -> Drawing:
  figure, axes = style.axes(height=4.4)
  drawn = axes.scatter(
    results.embedding[:, 0],
    results.embedding[:, 1],
    c=results.scores,
    cmap=style.ORDERED,
    s=4,
    linewidths=0,
    rasterized=True,
  )
  axes.set_xticks([])
  axes.set_yticks([])
  figure.colorbar(drawn, label="score")
  return figure
