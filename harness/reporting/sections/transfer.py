"""Does what is good on the lab do well on benchmarks the search never sees?"""

from collections.abc import Mapping, Sequence

from harness.reporting import statistics
from harness.reporting.document import (
  Block,
  Cell,
  Column,
  Figure,
  Section,
  Table,
  Text,
)
from harness.reporting.figures import scatter
from harness.reporting.names import Names
from harness.reporting.runs.lab_run import LabRun
from harness.reporting.runs.reading import Runs
from harness.reporting.sections import clrs30, images, lab
from harness.reporting.statistics import MIN_PAIRS, Estimate

_TOO_FEW = (
  "Whether the lab predicts benchmarks can't be said: too few activations have "
  f"scores on both (it takes {MIN_PAIRS})."
)
_LAB = "lab@"  # Suites that searches optimise.


def section(runs: Runs, names: Names, seed: int) -> Section | None:
  """Rank correlations between lab values and each downstream score.

  Over all activations that have both; None without a lab or a benchmark.

  Args:
    runs: of the report.
    names: of activations.
    seed: keys the bootstrap.
  """
  source = _source(runs.labs)
  downstream = _downstream(runs, names)
  if source is None or not downstream:
    return None
  values = {
    name: score.value
    for name, score in lab.group([source], names).items()
    if score.value is not None
  }
  correlations = {
    what: _correlation(values, scores, seed)
    for what, scores in downstream.items()
  }
  blocks: list[Block] = [
    Text(
      f"Lab values are those of {source.run.label} ({source.suite}, "
      f"{source.fidelity})."
    ),
    _table(values, downstream, correlations),
    *_scatters(values, downstream, source.suite),
  ]
  findings = [
    sentence(what, correlation)
    for what, correlation in correlations.items()
    if correlation
  ] or [_TOO_FEW]
  title = "Does the lab predict benchmarks?"
  return Section(title, [*map(Text, findings), *blocks], findings)


def sentence(what: str, correlation: Estimate) -> str:
  """What a rank correlation says, in words."""
  text = f"{what}: Spearman's rho with the lab is {correlation.value:+.2f}"
  if correlation.low is None or correlation.high is None:
    return f"{text}, without an interval."
  text += f" ({correlation.low:+.2f} to {correlation.high:+.2f})"
  if correlation.low > 0:
    return f"{text}: what is better on the lab tends to be better here."
  if correlation.high < 0:
    return f"{text}: what is better on the lab tends to be worse here."
  return f"{text}: no relation can be told from none."


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


def _downstream(runs: Runs, names: Names) -> dict[str, Mapping[str, Estimate]]:
  """Scores by benchmark and activation; a name that repeats gets its run's."""
  found: dict[str, Mapping[str, Estimate]] = {}
  for module, several in ((clrs30, runs.clrs30), (images, runs.images)):
    for run in several:
      for what, scores in module.downstream(run, names).items():
        found[f"{what}, {run.run.label}" if what in found else what] = scores
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
  downstream: Mapping[str, Mapping[str, Estimate]],
  correlations: Mapping[str, Estimate | None],
) -> Table:
  rows: list[list[Cell]] = [
    [what, len(_pairs(values, scores)), correlations[what]]
    for what, scores in downstream.items()
  ]
  return Table(
    "transfer",
    "Spearman's rank correlation between lab value and downstream score over "
    "the activations that have both, with 95% bootstrap intervals over "
    "activations. Empty where fewer than five have both.",
    (
      Column("downstream score"),
      Column("activations"),
      Column("rho (95% CI)", 2, signed=True),
    ),
    rows,
  )


def _scatters(
  values: Mapping[str, float],
  downstream: Mapping[str, Mapping[str, Estimate]],
  suite: str,
) -> list[Figure]:
  figures = []
  for number, (what, scores) in enumerate(downstream.items(), 1):
    pairs = _pairs(values, scores)
    if len(pairs) < MIN_PAIRS:
      continue
    figures.append(
      Figure(
        f"transfer_{number}",
        f"{what} against the value on {suite}, one point for each activation.",
        scatter.draw(
          list(pairs),
          [a for a, _ in pairs.values()],
          [b for _, b in pairs.values()],
          f"value on {suite}, OOD skill (0 to 1)",
          f"{what}, %",
        ),
      )
    )
  return figures
