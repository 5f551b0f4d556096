"""The relation between scores on lab tasks and scores on benchmarks."""

from collections.abc import Sequence

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
from harness.reporting.rank_correlation import MIN_PAIRS
from harness.reporting.runs.lab_run import LabRun
from harness.reporting.runs.reading import Runs
from harness.reporting.sections import (
  transfer_families,
  transfer_measures,
  transfer_words,
)
from harness.reporting.sections.transfer_measures import LAB, Measure, Relation

_TOO_FEW = (
  "Too few activations have scores on both the lab and a benchmark to say "
  f"whether the lab predicts benchmarks: it takes {MIN_PAIRS}."
)
_ALIKE = "All activations have one score on each benchmark: nothing to rank."


def section(runs: Runs, seed: int) -> Section | None:
  """Rank correlations between lab values and each benchmark score.

  Over all activations that have both; None without a lab or a benchmark.

  Args:
    runs: of the report.
    seed: keys halves and permutations.
  """
  chosen = transfer_measures.sources(runs.labs)
  benchmarks = transfer_measures.of_benchmarks(runs)
  if not (any(run.suite.startswith(LAB) for run in chosen) and benchmarks):
    return None
  suites = [transfer_measures.of_lab(run) for run in chosen]
  relations = [
    transfer_measures.relate(benchmark, suite, seed)
    for benchmark in benchmarks
    for suite in suites
  ]
  lab = [r for r in relations if r.tasks.name.startswith(LAB)]
  families = transfer_families.of(benchmarks, suites, seed)
  blocks: list[Block] = [
    Text(_sources(runs.labs, chosen)),
    *_diverged(benchmarks),
    _table("transfer", relations),
    *transfer_families.blocks(families),
    *_scatters(lab),
  ]
  main = [m.name for m in transfer_measures.main_benchmarks(benchmarks)]
  findings = [
    *transfer_words.sentences(lab),
    *(
      sentence
      for relation in lab
      if relation.benchmark.name in main and relation.correlation
      for sentence in transfer_families.sentences(relation, seed)
    ),
  ]
  return Section(
    "Does the lab predict benchmarks?",
    blocks,
    findings or [_ALIKE if _has_enough(lab) else _TOO_FEW],
    data=[_table("transfer_families", families)],
  )


def _diverged(benchmarks: Sequence[Measure]) -> list[Block]:
  text = transfer_measures.on_diverged(benchmarks)
  return [Text(text)] if text else []


def _has_enough(relations: Sequence[Relation]) -> bool:
  return any(len(found.activations) >= MIN_PAIRS for found in relations)


def _sources(labs: Sequence[LabRun], chosen: Sequence[LabRun]) -> str:
  listed = "; ".join(
    f"{run.directory.label} ({run.suite}, {run.fidelity})" for run in chosen
  )
  unused = [run.directory.label for run in labs if run not in chosen]
  rest = f" Values of other runs are not used: {', '.join(unused)}."
  return f"Lab values are those of {listed}.{rest if unused else ''}"


def _table(name: str, relations: Sequence[Relation]) -> DataTable:
  rows: list[list[Cell]] = [
    [
      relation.benchmark.name,
      relation.tasks.name,
      len(relation.activations),
      relation.correlation,
      relation.ceiling,
      relation.smallest,
    ]
    for relation in relations
  ]
  return DataTable(
    name,
    "Spearman's rank correlation between the value on tasks and the benchmark "
    "score over the activations that have both, with 95% intervals over "
    f"activations; empty where fewer than {MIN_PAIRS} have both, without an "
    "interval where both orders are the same. The "
    "ceiling is what could be expected if true values ranked alike, from "
    "halves of the tasks and of the benchmark's seeds; a correlation below the "
    "smallest shown can't be told from none.",
    (
      Column("benchmark score"),
      Column("tasks"),
      Column("activations"),
      Column("rho (95% CI)", 2, signed=True),
      Column("ceiling", 2),
      Column("smallest shown", 2),
    ),
    rows,
  )


def _scatters(relations: Sequence[Relation]) -> list[Figure]:
  figures = []
  for number, relation in enumerate(relations, 1):
    pairs, suite = relation.pairs, relation.tasks.name
    if len(pairs) < MIN_PAIRS:
      continue
    benchmark = relation.benchmark.name
    figures.append(
      Figure(
        f"transfer_{number}",
        f"{benchmark} against the value on {suite}; a point is an activation.",
        scatter.draw(
          relation.activations,
          [a for a, _ in pairs],
          [b for _, b in pairs],
          f"value on {suite}, OOD score (0 to 1)",
          f"{benchmark}, %",
        ),
      )
    )
  return figures
