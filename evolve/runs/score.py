"""A score run: given activations, one record each, in confined workers."""

import dataclasses
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evolve import activations
from evolve.admission.admission import Admission
from evolve.admission.probe import Probe
from evolve.program import Program
from evolve.runs import score_tables
from evolve.runs.evaluate import evaluate_all
from evolve.runs.evaluation_line import EvaluationLine
from evolve.workers.cascade import Cascade
from evolve.workers.pool import WorkerPool
from harness.core import console, parameters, records
from harness.core.fitness import (
  Fidelity,
  Fitness,
  Report,
  Status,
  finite_or_null,
)
from harness.core.naming import short_names
from harness.core.parameters import Share
from harness.core.printed_table import Column, print_table
from harness.core.workdir import Workdir

_FITNESS = "score"


@dataclasses.dataclass(frozen=True)
class ScoreConfig:
  """The settings of a score run.

  Attributes:
    programs: to be scored, by the name or path that was given.
    seed: keys every draw.
    fidelity: steps and seeds.
    num_workers: processes at a time; changes no result.
    admission: what an activation must satisfy to be trained.
    by_task: whether the scores on each task are printed, too.
  """

  programs: Mapping[str, Program]
  seed: int
  fidelity: Fidelity
  num_workers: int
  admission: Admission
  by_task: bool = False


def score(config: ScoreConfig, fitness: Fitness, workdir: Workdir) -> None:
  """Scores the activations without a record, and prints the table of all.

  Args:
    config: the settings.
    fitness: scores it.
    workdir: gets scores.jsonl.

  Raises:
    UserError: see Workdir.
  """
  start = time.monotonic()
  settings = _settings(config, fitness)
  workdir.check(
    settings, may_change=("workers",), may_grow=("activations", "num_seeds")
  )
  scores_file = workdir.path / "scores.jsonl"
  num_seeds = config.fidelity.num_seeds
  # Seeds share a program, so that more of them begin all activations anew.
  is_anew = workdir.resumed and workdir.settings()["num_seeds"] < num_seeds
  found = {} if is_anew else _by_name(scores_file)
  left = [name for name in config.programs if name not in found]
  if workdir.finished and not left:
    workdir.say_finished("more --activations extend it")
  else:
    prepare = [(_FITNESS, config.seed, config.fidelity)]
    with WorkerPool(
      {_FITNESS: fitness}, config.num_workers, prepare=prepare
    ) as pool:
      with console.Progress() as progress:
        progress.show("starting workers")
        worker = pool.describe()
      if is_anew:
        scores_file.unlink(missing_ok=True)
      workdir.begin(settings, worker.devices, extra={"workers": worker.applied})
      _score_all(left, config, fitness, pool, scores_file)
    found = _by_name(scores_file)
    seconds = time.monotonic() - start
    workdir.finish(_summary(list(found.values()), seconds))
  chosen = [found[name] for name in config.programs]
  score_tables.print_results(
    chosen, fitness.families, config.fidelity, by_task=config.by_task
  )


def _by_name(scores_file: Path) -> dict[str, dict[str, Any]]:
  """The records of a run, by activation."""
  return {r["activation"]: r for r in records.read_jsonl(scores_file)}


def _score_all(
  names: Sequence[str],
  config: ScoreConfig,
  fitness: Fitness,
  pool: WorkerPool,
  scores_file: Path,
) -> None:
  """Scores activations, and adds the record of each as soon as it is known."""
  cascade = Cascade.single(_FITNESS, config.seed, config.fidelity)
  programs = [config.programs[name] for name in names]
  short = short_names(config.programs)
  line = EvaluationLine(
    "scoring", [short[name] for name in names], config.num_workers
  )
  with console.Progress() as progress:
    progress.show(line.text)
    for index, probe, (report,) in evaluate_all(
      pool, programs, cascade, config.admission
    ):
      record = record_of(names[index], fitness.suite, probe, report)
      records.append_jsonl(scores_file, record)
      line.end(index, report)


def print_activations() -> None:
  """Lists the named activations, each with the first line of its docstring."""
  rows = [
    (name, (function.__doc__ or "").strip().split("\n")[0])
    for name, function in activations.ACTIVATIONS.items()
  ]
  print_table(
    "Named activations", ("name", Column("formula", is_text=True)), rows
  )


def _settings(config: ScoreConfig, fitness: Fitness) -> dict[str, Any]:
  return {
    "suite": fitness.suite,
    "seed": config.seed,
    "steps": config.fidelity.steps,
    "num_seeds": config.fidelity.num_seeds,
    "admission": config.admission.to_json(),
    "activations": {n: program.id for n, program in config.programs.items()},
    "workers": config.num_workers,
  }


def record_of(
  name: str, suite: str, probe: Probe | None, report: Report
) -> dict[str, Any]:
  """The record of an activation that was scored, as plain JSON values."""
  interval = report.value_ci95
  share = probe.share if probe else Share.FROZEN
  shared = {} if share is Share.FROZEN else {"share": share.value}
  return {
    "schema_version": records.SCHEMA_VERSION,
    "activation": name,
    "suite": suite,
    "value": report.value,
    "value_ci95": interval and list(interval),
    "scores": report.scores,
    "scores_by_seed": {k: list(v) for k, v in report.scores_by_seed.items()},
    "skill": report.mean_skill,
    "ood_skills": dict(report.ood_skills),
    "id_scores": dict(report.id_scores),
    "id_loss": finite_or_null(report.id_loss),
    "ood_loss": finite_or_null(report.ood_loss),
    "status": report.status.value,
    "feedback": report.feedback,
    "pointwise": probe and probe.pointwise,
    "flops": probe and probe.cost.flops,
    "memory": probe and probe.cost.memory,
    "seconds": report.seconds,
    "families": dict(report.families),
    "parameters": parameters.to_json(report.parameters),
    **shared,
  }


def _summary(found: Sequence[dict[str, Any]], seconds: float) -> dict[str, Any]:
  ok = [r for r in found if r["status"] == Status.OK]
  best = max(ok, key=lambda r: r["value"], default=None)
  return {
    "activations": len(found),
    "ok": len(ok),
    "best": best
    and {k: best[k] for k in ("activation", "value", "value_ci95")},
    "seconds": seconds,
  }
