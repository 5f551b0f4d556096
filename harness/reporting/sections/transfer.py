"""Rank correlations between lab values and scores on benchmarks."""

from collections.abc import Mapping, Sequence

from harness.core.evidence import Estimate
from harness.reporting import statistics
from harness.reporting.document import (
  Block,
  Cell,
  Column,
  DataTable,
  Figure,
  Section,
  Text,
)
from harness.reporting.figures import scatter
from harness.reporting.runs.lab_run import LabRun
from harness.reporting.runs.reading import Runs
from harness.reporting.sections import clrs30, images, lab
from harness.reporting.statistics import MIN_PAIRS

_TOO_FEW = (
  "Too few activations have scores on both the lab and a benchmark to say "
  f"whether the lab predicts benchmarks: it takes {MIN_PAIRS}."
)
_LAB = "lab@"  # Suites that searches optimise.


def section(runs: Runs, seed: int) -> Section | None:
  """Rank correlations between lab values and each benchmark score.

  Over all activations that have both; None without a lab or a benchmark.

  Args:
    runs: of the report.
    seed: keys the bootstrap.
  """
  source = _source(runs.labs)
  benchmarks = _by_benchmark(runs)
  if source is None or not benchmarks:
    return None
  values = {
    name: score.value
    for name, score in lab.group([source]).items()
    if score.value is not None
  }
  correlations = {
    benchmark: _correlation(values, scores, seed)
    for benchmark, scores in benchmarks.items()
  }
  unused = [run.directory.label for run in runs.labs if run is not source]
  rest = f" Values of other runs are not used: {', '.join(unused)}."
  blocks: list[Block] = [
    Text(
      f"Lab values are those of {source.directory.label} ({source.suite}, "
      f"{source.fidelity}).{rest if unused else ''}"
    ),
    _table(values, benchmarks, correlations),
    *_scatters(values, benchmarks, source.suite),
  ]
  known = {name: rho for name, rho in correlations.items() if rho}
  title = "Does the lab predict benchmarks?"
  return Section(title, blocks, sentences(known) or [_TOO_FEW])


def sentences(correlations: Mapping[str, Estimate]) -> list[str]:
  """Rank correlations in words, one for all algorithms of CLRS-30.

  Those that have a mean.
  """
  has_mean = any(name.startswith(clrs30.MEAN) for name in correlations)
  algorithms = {
    name.removeprefix(clrs30.PREFIX): rho
    for name, rho in correlations.items()
    if has_mean
    and name.startswith(clrs30.PREFIX)
    and not name.startswith(clrs30.MEAN)
  }
  found = [
    sentence(name, rho)
    for name, rho in correlations.items()
    if name.removeprefix(clrs30.PREFIX) not in algorithms
  ]
  return [*found, _on_algorithms(algorithms)] if algorithms else found


def _on_algorithms(correlations: Mapping[str, Estimate]) -> str:
  """The algorithms by the sign of their correlations, in words."""
  better = [n for n, rho in correlations.items() if (rho.low or 0.0) > 0]
  worse = [n for n, rho in correlations.items() if (rho.high or 0.0) < 0]
  return (
    f"{len(correlations)} algorithms of CLRS-30, each at 95% without "
    "adjustment for their number: activations better on the lab tend to be "
    f"better on {', '.join(better) or 'none'}, and worse on "
    f"{', '.join(worse) or 'none'}."
  )


def sentence(benchmark: str, correlation: Estimate) -> str:
  """A rank correlation in words."""
  text = f"{benchmark}: Spearman's rho with the lab is {correlation.value:+.2f}"
  if correlation.low is None or correlation.high is None:
    return f"{text}, without an interval."
  text += f" ({correlation.low:+.2f} to {correlation.high:+.2f})"
  if correlation.low > 0:
    return f"{text}: activations better on the lab tend to be better here."
  if correlation.high < 0:
    return f"{text}: activations better on the lab tend to be worse here."
  return f"{text}: this can't be told from no relation."


def _source(labs: Sequence[LabRun]) -> LabRun | None:
  """The run with the most work in it, of the suites that searches optimise."""
  candidates = [run for run in labs if run.suite.startswith(_LAB)]
  return max(
    candidates,
    key=lambda run: (
      len(run.scores),
      run.fidelity.steps * run.fidelity.num_seeds,
    ),
    default=None,
  )


def _by_benchmark(runs: Runs) -> dict[str, Mapping[str, Estimate]]:
  """Scores by benchmark and activation; a name that repeats gets its run's."""
  found: dict[str, Mapping[str, Estimate]] = {}
  for section, several in ((clrs30, runs.clrs30), (images, runs.images)):
    for run in several:
      for name, scores in section.by_benchmark(run).items():
        unique = f"{name}, {run.label}" if name in found else name
        found[unique] = scores
  return found


def _pairs(
  values: Mapping[str, float], scores: Mapping[str, Estimate]
) -> dict[str, tuple[float, float]]:
  return {n: (values[n], scores[n].value) for n in values if n in scores}


def _correlation(
  values: Mapping[str, float], scores: Mapping[str, Estimate], seed: int
) -> Estimate | None:
  pairs = _pairs(values, scores).values()
  return statistics.rank_correlation(
    [a for a, _ in pairs], [b for _, b in pairs], seed
  )


def _table(
  values: Mapping[str, float],
  benchmarks: Mapping[str, Mapping[str, Estimate]],
  correlations: Mapping[str, Estimate | None],
) -> DataTable:
  rows: list[list[Cell]] = [
    [benchmark, len(_pairs(values, scores)), correlations[benchmark]]
    for benchmark, scores in benchmarks.items()
  ]
  return DataTable(
    "transfer",
    "Spearman's rank correlation between lab value and benchmark score over "
    "the activations that have both, with 95% bootstrap intervals over "
    f"activations. Empty where fewer than {MIN_PAIRS} have both.",
    (
      Column("benchmark score"),
      Column("activations"),
      Column("rho (95% CI)", 2, signed=True),
    ),
    rows,
  )


def _scatters(
  values: Mapping[str, float],
  benchmarks: Mapping[str, Mapping[str, Estimate]],
  suite: str,
) -> list[Figure]:
  figures = []
  for number, (benchmark, scores) in enumerate(benchmarks.items(), 1):
    pairs = _pairs(values, scores)
    if len(pairs) < MIN_PAIRS:
      continue
    figures.append(
      Figure(
        f"transfer_{number}",
        f"{benchmark} against the value on {suite}; a point is an activation.",
        scatter.draw(
          list(pairs),
          [a for a, _ in pairs.values()],
          [b for _, b in pairs.values()],
          f"value on {suite}, OOD score (0 to 1)",
          f"{benchmark}, %",
        ),
      )
    )
  return figures
