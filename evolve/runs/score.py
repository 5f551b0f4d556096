"""A score run: given activations, one record each, in confined workers."""

import dataclasses
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evolve import activations
from evolve.admission.admission import Admission
from evolve.admission.probe import Probe
from evolve.program import Program
from evolve.runs.evaluate import evaluate_all
from evolve.workers.cascade import Cascade
from evolve.workers.pool import WorkerPool
from harness.core import console, records
from harness.core.fitness import (
  Fidelity,
  Fitness,
  Report,
  Status,
  finite_or_null,
)
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
  """

  programs: Mapping[str, Program]
  seed: int
  fidelity: Fidelity
  num_workers: int
  admission: Admission


def score(config: ScoreConfig, fitness: Fitness, workdir: Workdir) -> None:
  """Scores the activations without a record, and prints the table.

  Args:
    config: the settings.
    fitness: scores it.
    workdir: gets scores.jsonl.

  Raises:
    UserError: see Workdir.
  """
  start = time.monotonic()
  settings = _settings(config, fitness)
  if workdir.finished:
    workdir.check_same(settings, may_change=("workers",))
    workdir.say_finished()
    return
  scores_file = workdir.path / "scores.jsonl"
  prepare = [(_FITNESS, config.seed, config.fidelity)]
  with WorkerPool(
    {_FITNESS: fitness}, config.num_workers, prepare=prepare
  ) as pool:
    worker = pool.describe()
    workdir.begin(
      settings,
      worker.devices,
      may_change=("workers",),
      extra={"workers": worker.applied},
    )
    done = {r["activation"] for r in records.read_jsonl(scores_file)}
    names = [name for name in config.programs if name not in done]
    cascade = Cascade(_FITNESS, config.seed, config.fidelity)
    work = [(config.programs[name], cascade) for name in names]
    with console.Progress() as progress:
      ended = evaluate_all(pool, work, config.admission)
      for count, (index, probe, report) in enumerate(ended, 1):
        record = record_of(names[index], fitness.suite, probe, report)
        records.append_jsonl(scores_file, record)
        progress.show(f"{count} of {len(work)} activations scored")
  found = {r["activation"]: r for r in records.read_jsonl(scores_file)}
  chosen = [found[name] for name in config.programs]
  workdir.finish(_summary(chosen, time.monotonic() - start))
  _print(chosen, fitness.families, config)


def print_activations() -> None:
  """Lists the named activations, each with the first line of its docstring."""
  rows = [
    (name, (function.__doc__ or "").strip().split("\n")[0])
    for name, function in activations.ACTIVATIONS.items()
  ]
  console.print_table("Named activations", ("name", "formula"), rows)


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
  return {
    "schema_version": records.SCHEMA_VERSION,
    "activation": name,
    "suite": suite,
    "value": report.value,
    "value_ci95": interval and list(interval),
    "scores": report.scores,
    "scores_by_seed": {k: list(v) for k, v in report.scores_by_seed.items()},
    "id_scores": dict(report.id_scores),
    "id_loss": finite_or_null(report.id_loss),
    "ood_loss": finite_or_null(report.ood_loss),
    "status": report.status.value,
    "feedback": report.feedback,
    "pointwise": probe and probe.pointwise,
    "flops": probe and probe.cost.flops,
    "memory": probe and probe.cost.memory,
    "seconds": report.seconds,
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


def _print(
  found: Sequence[dict[str, Any]],
  families: Mapping[str, str],
  config: ScoreConfig,
) -> None:
  ranked = sorted(found, key=_rank)
  kinds = sorted(set(families.values()))
  columns = (
    "activation",
    "value",
    "95% CI",
    *kinds,
    "ID",
    "ID loss",
    "OOD loss",
    "flops",
    "memory",
  )
  rows = [_row(r, kinds, families) for r in ranked]
  suite = found[0]["suite"]
  console.print_table(f"OOD skill on {suite}, {config.fidelity}", columns, rows)
  for r in ranked:
    if r["status"] != Status.OK:
      console.say(f"{r['activation']}: {r['status']}: {r['feedback']}")
  best = ranked[0]
  if best["value"] is None:
    console.say("no activation could be evaluated")
  else:
    console.say(f"best: {best['activation']} {best['value']:.4f}")


def _rank(record: dict[str, Any]) -> float:
  """Sorts by value, the best first; what has none comes last."""
  value: float | None = record["value"]
  return 1.0 if value is None else -value


def _row(
  record: dict[str, Any], kinds: Sequence[str], families: Mapping[str, str]
) -> tuple[str, ...]:
  if record["status"] != Status.OK:
    return (record["activation"], record["status"], *[""] * (len(kinds) + 6))
  interval = record["value_ci95"]  # None for a single seed.
  by_family = [
    np.mean([s for t, s in record["scores"].items() if families[t] == kind])
    for kind in kinds
  ]
  return (
    record["activation"],
    f"{record['value']:.3f}",
    f"{interval[0]:.3f} to {interval[1]:.3f}" if interval else "-",
    *(f"{value:.3f}" for value in by_family),
    f"{np.mean(list(record['id_scores'].values())):.3f}",
    _mean_loss(record["id_loss"]),
    _mean_loss(record["ood_loss"]),
    f"{record['flops']:.0f}",
    f"{record['memory']:.0f}",
  )


def _mean_loss(losses: Mapping[str, float | None]) -> str:
  known = [loss for loss in losses.values() if loss is not None]
  text = f"{np.mean(known):.3g}" if known else "-"
  return text if len(known) == len(losses) else f"{text} (not finite)"
