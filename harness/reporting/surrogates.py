"""The page that compares surrogates on a benchmark."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import jax
import numpy as np

from evolve.proposers.spaces.formula import Formula
from evolve.surrogate import comparison
from evolve.surrogate.actbench import ActBench
from evolve.surrogate.embedding import FEWEST
from evolve.surrogate.features import Features
from evolve.surrogate.fisher import Fisher, Network
from evolve.surrogate.strategies import Evolved
from harness.core.console import Progress, say
from harness.core.errors import UserError
from harness.reporting import output
from harness.reporting.document import Page, Text
from harness.reporting.sections import act_bench
from harness.reporting.sections.act_bench import TaskResults
from harness.reporting.writers import files, html, terminal


def compare(
  bench: ActBench,
  make_networks: Callable[[], Mapping[str, Network]],
  *,
  num_searches: int,
  num_evaluations: int,
  page_path: Path,
) -> None:
  """Replays searches on each task of a benchmark, and writes a page.

  Args:
    bench: its functions are formulas.
    make_networks: for Fisher features, by task; others are compared by
      outputs. Called once nothing speaks against a comparison.
    num_searches: for each strategy.
    num_evaluations: of each search.
    page_path: the page; its figures go to a folder beside it.

  Raises:
    UserError: the functions are no formulas, or too few.
  """
  output.check(page_path)
  whole = bench.whole()
  if left_out := len(bench.functions) - len(whole.functions):
    say(f"{left_out} functions lack a score of a task or a seed: left out")
  bench, formulas = whole, whole.formulas()
  if len(formulas) < FEWEST:
    raise UserError(
      f"the benchmark has {len(formulas)} functions; a comparison takes "
      f"{FEWEST} or more"
    )
  output.make_folder(page_path)
  networks = make_networks()
  evolved = Evolved.of(formulas)
  results = []
  with Progress() as progress:
    for task in bench.scores:
      progress.show(f"{task}: features of {len(formulas)} functions")
      features = _features(formulas, networks.get(task))
      progress.show(f"{task}: predictions and searches")
      results.append(
        _results(bench, task, features, evolved, num_searches, num_evaluations)
      )
  page = Page(
    "Surrogates of activation functions",
    [
      Text(
        "Predictions of scores without training (Bingham and Miikkulainen, "
        "arXiv 2301.05785), and searches that follow them, replayed on scores "
        "that are known."
      )
    ],
    [act_bench.section(each) for each in results],
  )
  html.write(page, page_path)
  figures = page_path.with_suffix("").with_name(f"{page_path.stem}_figures")
  files.write_figures(page, figures)
  terminal.write(page)
  say(f"the page is {page_path}, its figures are in {figures}")


def _features(formulas: Sequence[Formula], network: Network | None) -> Features:
  if network is None:
    return Features.of_outputs(formulas)
  return Features.of(formulas, Fisher(network, jax.random.PRNGKey(0)))


def _results(
  bench: ActBench,
  task: str,
  features: Features,
  evolved: Evolved,
  num_searches: int,
  num_evaluations: int,
) -> TaskResults:
  rng = np.random.default_rng(0)
  scores = bench.scores[task]
  found = comparison.strategies(
    features, rng, evolved if evolved.numbers else None
  )
  others = {name: bench.of_task(name) for name in bench.scores if name != task}
  return TaskResults(
    task,
    scores.mean(axis=1),
    features.union,
    comparison.accuracies(found, scores.mean(axis=1), rng, others),
    {
      name: comparison.searches(strategy, scores, num_evaluations, num_searches)
      for name, strategy in found.items()
    },
  )
