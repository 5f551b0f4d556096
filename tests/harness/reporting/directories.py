"""Run directories as the commands write them, made without training."""

import base64
import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evolve import candidates
from evolve.program import Program
from evolve.runs.finalists import AGAIN, FRESH, FURTHER, HELDOUT
from evolve.search.database import Database, Row
from harness.core.fitness import Report, Status
from harness.reporting.runs import directory, reading
from harness.reporting.runs.reading import Runs
from harness.reporting.runs.search_run import SearchRun
from tasks.clrs30.protocol import SMOKE

# Tasks by family, as many as tell a population.
FAMILIES = {
  "chirp": "harmonics", "damped": "harmonics", "sum": "harmonics",
  "cubic": "polynomials", "quintic": "polynomials",
  "median": "reasoning", "parity": "reasoning", "rank": "reasoning",
}  # fmt: skip
TASKS = tuple(FAMILIES)
FINALS = {
  AGAIN: "lab@2/8/0",
  FURTHER: "lab@2/8/1",
  FRESH: "fresh@2/8/0",
  HELDOUT: "heldout@2/8/0",
}
_TRAITS = {
  "pointwise": True,
  # Values and slopes of a sine at 129 points each.
  "signature": base64.b64encode(
    np.sin(np.arange(258, dtype=np.float32)).tobytes()
  ).decode(),
  "cost": {"flops": 12.0, "memory": 2.0},
}


def read(*paths: Path) -> Runs:
  """Reads run directories as a report does."""
  return reading.read(directory.read_all([str(path) for path in paths]))


def read_search(path: Path) -> SearchRun:
  (run,) = read(path).searches
  return run


def write_run(
  path: Path,
  command: str,
  settings: Mapping[str, Any],
  *,
  finished: bool = True,
) -> Path:
  """Writes run.json and, for a finished run, summary.json."""
  path.mkdir(parents=True, exist_ok=True)
  record = {
    "schema_version": 1,
    "argv": [f"{command}.py", f"--workdir={path.name}"],
    "settings": dict(settings),
    "versions": {"python": "3.11.7", "jax": "0.10.2"},
    "git": {"commit": "0123456789abcdef", "dirty": False},
    "devices": ["cpu: cpu"],
  }
  (path / "run.json").write_text(json.dumps(record))
  if finished:
    (path / "summary.json").write_text(json.dumps({"seconds": 1.0}))
  return path


def report(
  value: float, num_seeds: int = 4, noise_seed: int = 0, **fields: Any
) -> Report:
  """A report of this value; the same noise for all of a seed."""
  shape = (len(TASKS), num_seeds)
  noise = np.random.default_rng(noise_seed).uniform(-0.05, 0.05, shape)
  noise -= noise.mean()
  scores = {
    t: tuple((value + n).tolist()) for t, n in zip(TASKS, noise, strict=True)
  }
  losses = dict.fromkeys(TASKS, 1.0 - value)
  fields = {"families": FAMILIES, **fields}
  return Report(
    Status.OK, "", scores, dict.fromkeys(TASKS, 0.9), losses, losses, **fields
  )


def row(
  slot: int,
  source: str,
  result: Report,
  *parents: Program,
  niche: tuple[int, ...] = (3, 3, 1, 1),
) -> Row:
  """A candidate; one without a value has no traits."""
  program = Program(source, tuple(parent.id for parent in parents))
  traits = {**_TRAITS, "niche": list(niche)} if result.value else None
  return Row(slot, program, result, traits)


def search_settings(**changes: Any) -> dict[str, Any]:
  return {
    "seed": 0,
    "evaluations": 4,
    "full": {"steps": 5, "num_seeds": 4},
    "screen": {"steps": 1, "num_seeds": 2},
    "num_islands": 2,
    "migration_interval": 16,
    "suite": FINALS[AGAIN],
    "finals": FINALS,
    "mutator": "expression",
    "generation_zero": [candidates.resolve("relu").id],
    "workers": 2,
    "top": 2,
    "fresh_seeds": 4,
    **changes,
  }


def write_search(
  path: Path,
  rows: Sequence[Row],
  finals: Mapping[str, tuple[Report, Report, Report]],
  *,
  finished: bool = True,
  suites: Mapping[str, str] = FINALS,
  **changes: Any,
) -> Path:
  """Writes a search.

  Args:
    path: of the directory.
    rows: its candidates.
    finals: reports on new seeds (and on further tasks), on fresh and on
      held-out tasks, by source.
    finished: whether it has its summary.
    suites: of the verification, the first of them of the search.
    **changes: to `search_settings`.
  """
  changes = {"suite": suites[AGAIN], "finals": suites, **changes}
  settings = search_settings(evaluations=len(rows), **changes)
  write_run(path, "search", settings, finished=finished)
  database = Database(path / "programs.sqlite")
  for one in rows:
    database.commit(one)
  for source, reports in finals.items():
    again, fresh, heldout = reports
    further = dataclasses.replace(
      again,
      **{
        name: {f"{task} (1)": x for task, x in getattr(again, name).items()}
        for name in ("scores_by_seed", "ood_loss", "families")
      },
    )
    results = (again, further, fresh, heldout)
    for fitness, result in zip(FINALS, results, strict=True):
      if fitness in suites:
        database.commit_final(Program(source).id, fitness, result)
  database.close()
  return path


def write_scores(
  path: Path,
  command: str,
  records: Sequence[Mapping[str, Any]],
  *,
  finished: bool = True,
  ids: Mapping[str, str] | None = None,
  **settings: Any,
) -> Path:
  """Writes a run of score, clrs30, imagenet or molhiv.

  Args:
    path: of the directory.
    command: that made it.
    records: lines of scores.jsonl.
    finished: whether it has its summary.
    ids: program ids by activation; by default those of named activations.
    **settings: further ones.
  """
  if ids is None:
    names = {record["activation"] for record in records}
    ids = {n: candidates.named()[n].id for n in sorted(names)}
  write_run(path, command, {"activations": ids, **settings}, finished=finished)
  lines = [json.dumps(record) + "\n" for record in records]
  (path / "scores.jsonl").write_text("".join(lines))
  return path


def lab_record(activation: str, value: float) -> dict[str, Any]:
  """A line of harness.score."""
  result = report(value)
  return {
    "activation": activation,
    "suite": FINALS[AGAIN],
    "status": "OK",
    "value": value,
    "scores_by_seed": {k: list(v) for k, v in result.scores_by_seed.items()},
    "ood_loss": dict(result.ood_loss),
    "families": FAMILIES,
    "flops": 8.0,
  }


LAB_SETTINGS: Mapping[str, Any] = {
  "suite": FINALS[AGAIN], "seed": 0, "steps": 5, "num_seeds": 4
}  # fmt: skip


def clrs_record(
  algorithm: str,
  activation: str,
  seed: int,
  score: float,
  diverged_step: int | None = None,
) -> dict[str, Any]:
  """A line of harness.clrs30."""
  return {
    "algorithm": algorithm,
    "activation": activation,
    "seed": seed,
    "test_score": score,
    "val_score": score,
    "diverged_step": diverged_step,
  }


CLRS_SETTINGS: Mapping[str, Any] = {
  **SMOKE.settings(),
  "train_lengths": list(SMOKE.train_lengths),
  "processor": "triplet_gmpnn",
  "sites": "all",
}
