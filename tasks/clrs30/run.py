"""A whole validation: every algorithm, activation and seed, one record each."""

import dataclasses
import functools
import itertools
import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import clrs
import jax

from harness.core import records
from harness.core.checkpoint import Checkpoint
from harness.core.console import Progress, say
from harness.core.fitness import Activation
from harness.core.scores import Scores, seed_groups
from harness.core.workdir import Workdir
from tasks.clrs30 import results
from tasks.clrs30.compiled import Programs
from tasks.clrs30.data import batch_files
from tasks.clrs30.data.batch_source import BatchSource, Header, SamplerState
from tasks.clrs30.data.benchmark import test_split
from tasks.clrs30.data.sampler_process import SamplerProcess
from tasks.clrs30.model import Model
from tasks.clrs30.processors import Sites
from tasks.clrs30.protocol import Protocol
from tasks.clrs30.status_line import Display
from tasks.clrs30.training import Outcome, Training

# A run may be given more algorithms when it is resumed.
_MAY_CHANGE = ("algorithms",)


@dataclasses.dataclass(frozen=True)
class Config:
  """What to train and test.

  Attributes:
    algorithms: of CLRS-30.
    activations: by the name or path that was given.
    program_ids: of the activations.
    seeds: each is a training of its own.
    protocol: how to train and test.
    processor: a name in DESIGNS.
    sites: where the activation stands.
    seeds_per_program: how many trainings share a compiled program and a device.
    data_dir: of TFDS, for the test splits.
    samples_dir: batches and test splits to use in place of drawing and
      building them; see `samples`.
  """

  algorithms: Sequence[str]
  activations: Mapping[str, Activation]
  program_ids: Mapping[str, str]
  seeds: Sequence[int]
  protocol: Protocol
  processor: str
  sites: Sites
  seeds_per_program: int
  data_dir: Path
  samples_dir: Path | None = None

  def settings(self) -> dict[str, Any]:
    """Everything that decides the results, as JSON values."""
    protocol = json.loads(json.dumps(dataclasses.asdict(self.protocol)))
    return {
      "algorithms": list(self.algorithms),
      "activations": dict(self.program_ids),
      "seeds": list(self.seeds),
      "processor": self.processor,
      "sites": self.sites.value,
      "seeds_per_program": self.seeds_per_program,
      **protocol,
    }


class Job(NamedTuple):
  """Trainings that share a program."""

  algorithm: str
  activation: str
  seeds: tuple[int, ...]

  def trainings(self) -> list[tuple[str, str, int]]:
    """What tells its records apart."""
    return [(self.algorithm, self.activation, seed) for seed in self.seeds]


def jobs_of(config: Config) -> list[Job]:
  """All jobs, algorithm by algorithm."""
  groups = seed_groups(config.seeds, config.seeds_per_program)
  return [
    Job(*job)
    for job in itertools.product(config.algorithms, config.activations, groups)
  ]


def run(config: Config, workdir: Workdir) -> None:
  """Trains and tests what has no record yet, and prints the table.

  Args:
    config: what to do.
    workdir: gets scores.jsonl; its checkpoints go once they have a record.

  Raises:
    UserError: see Workdir, Checkpoint, `test_split` and `samples`.
  """
  start = time.monotonic()
  scores = Scores(workdir.path, ("algorithm", "activation", "seed"))
  jobs = jobs_of(config)
  if workdir.finished:
    workdir.check_same(config.settings(), _MAY_CHANGE)
    if not scores.left(jobs):
      workdir.say_finished()
      return
  workdir.begin(
    config.settings(),
    [f"{d.platform}: {d.device_kind}" for d in jax.devices()],
    may_change=_MAY_CHANGE,
  )
  left = scores.left(jobs)
  compilations = 0
  with Progress() as progress:
    display = Display(len(jobs), len(left), config.protocol, progress.show)
    for algorithm, same in itertools.groupby(left, lambda job: job.algorithm):
      test = _test_split(config, algorithm, progress.show)
      for _, group in itertools.groupby(same, lambda job: job.activation):
        compiled: dict[int, Programs] = {}
        for job in group:
          display.begin(*job)
          _do(config, job, test, compiled, workdir.path, scores, display)
        compilations += sum(p.compilations for p in compiled.values())
  found = scores.of(jobs)
  workdir.finish(_summary(found, compilations, time.monotonic() - start))
  results.print_results(found, config.protocol, config.processor, config.sites)


def write_samples(config: Config) -> None:
  """Keeps in samples_dir what the trainings of a run draw and read.

  Raises:
    UserError: see `test_split`.
  """
  folder = config.samples_dir
  if folder is None:
    raise ValueError("no samples_dir to write to")
  with Progress() as progress:
    for algorithm in config.algorithms:
      batch_files.write_test(
        folder, algorithm, test_split(algorithm, config.data_dir, progress.show)
      )
      for seed in config.seeds:
        with SamplerProcess(config.protocol, algorithm, seed) as source:
          batch_files.write(
            folder, config.protocol, algorithm, seed, source, progress.show
          )
  count = len(config.algorithms) * len(config.seeds)
  say(f"samples for {count} trainings and their tests are in {folder}")


def _test_split(
  config: Config, algorithm: str, show: Callable[[str], None]
) -> clrs.Feedback:
  if config.samples_dir:
    return batch_files.read_test(config.samples_dir, algorithm)
  return test_split(algorithm, config.data_dir, show)


def _do(
  config: Config,
  job: Job,
  test: clrs.Feedback,
  compiled: dict[int, Programs],
  path: Path,
  scores: Scores,
  display: Display,
) -> None:
  """Trains and tests, and adds the records.

  Args:
    config: of the run.
    job: what to train.
    test: the test split.
    compiled: programs of earlier jobs that differ in their seeds alone, by
      their number; gets this one's.
    path: of the workdir.
    scores: gets the records.
    display: is told how far it is.
  """
  program_id = config.program_ids[job.activation]
  name = f"{job.algorithm}-{program_id}-seed{job.seeds[0]}"
  settings = config.settings() | {
    "algorithm": job.algorithm,
    "activation": program_id,
    "seeds": list(job.seeds),
  }
  for which in ("algorithms", "activations"):  # Of other trainings.
    del settings[which]
  with Checkpoint(path / "checkpoints" / name, settings) as checkpoint:
    training = Training(
      config.protocol,
      job.algorithm,
      job.seeds,
      lambda header: _programs(config, job, header, compiled),
      checkpoint,
      lambda seed, state: _source(config, job.algorithm, seed, state),
      display.show,
    )
    outcomes = training.run(test)
    scores.add(
      itertools.starmap(
        functools.partial(_record, config),
        zip(job.trainings(), outcomes, strict=True),
      )
    )
    checkpoint.discard()


def _programs(
  config: Config, job: Job, header: Header, compiled: dict[int, Programs]
) -> Programs:
  num_seeds = len(job.seeds)
  if num_seeds not in compiled:
    model = Model(
      header.spec,
      header.example,
      config.activations[job.activation],
      config.protocol,
      processor=config.processor,
      sites=config.sites,
    )
    compiled[num_seeds] = Programs(model, num_seeds)
  return compiled[num_seeds]


def _source(
  config: Config, algorithm: str, seed: int, state: SamplerState | None
) -> BatchSource:
  if config.samples_dir:
    taken = state.taken if state else 0
    return batch_files.BatchFiles(
      config.samples_dir, config.protocol, algorithm, seed, taken
    )
  return SamplerProcess(config.protocol, algorithm, seed, state)


def _record(
  config: Config, key: tuple[str, str, int], outcome: Outcome
) -> dict[str, Any]:
  algorithm, activation, seed = key
  validations = outcome.validations
  return {
    "schema_version": records.SCHEMA_VERSION,
    "algorithm": algorithm,
    "activation": activation,
    "seed": seed,
    "test_score": outcome.test_score,
    "val_score": validations.best,
    "best_step": validations.best_step,
    "diverged_step": validations.diverged_step,
    "train_steps": config.protocol.train_steps,
    "processor": config.processor,
    "sites": config.sites.value,
    "seconds": outcome.seconds,
  }


def _summary(
  found: Sequence[Mapping[str, Any]], compilations: int, seconds: float
) -> dict[str, Any]:
  by_activation: dict[str, list[float]] = {}
  for record in found:
    by_activation.setdefault(record["activation"], []).append(
      record["test_score"]
    )
  return {
    "trainings": len(found),
    "test_score": {n: sum(s) / len(s) for n, s in by_activation.items()},
    "compilations": compilations,
    "seconds": seconds,
  }
