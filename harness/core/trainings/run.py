"""A whole training run: every group of seeds that lacks a record."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import jax

from harness.core import records
from harness.core.console import say
from harness.core.trainings.on_cluster import Remote, on_cluster
from harness.core.trainings.processes import in_processes
from harness.core.trainings.scores import Scores
from harness.core.trainings.seed_groups import SeedGroup
from harness.core.trainings.status_line import StatusLine
from harness.core.trainings.trainer import Outcome, Trainer, Training, trained
from harness.core.workdir import Workdir


def begin(workdir: Workdir, settings: Mapping[str, Any]) -> None:
  """Writes run.json, with this machine's devices; see `Workdir.begin`."""
  devices = [f"{d.platform}: {d.device_kind}" for d in jax.devices()]
  workdir.begin(settings, devices)


def train_all(
  groups: Iterable[SeedGroup],
  trainer: Trainer,
  scores: Scores,
  workdir: Workdir,
  program_ids: Mapping[str, str],
  settings: Mapping[str, Any],
  status_line: StatusLine,
  jobs: int = 1,
  remote: Remote | None = None,
) -> int:
  """Trains groups; each gets its records when it is done.

  Args:
    groups: what lacks a record.
    trainer: trains them.
    scores: gets the records, from this process alone.
    workdir: holds a checkpoint while a group is trained.
    program_ids: of the activations, by the names in the groups.
    settings: what decides the result of any group.
    status_line: is told which groups begin, and their results.
    jobs: groups at a time; if more than one, each in a process of its own.
    remote: a cluster that trains them, instead of this machine.

  Returns:
    The number of programs that were compiled.

  Raises:
    UserError: see Trainer, Checkpoint, `in_processes` and `on_cluster`.
  """
  # Resolved: a node of a cluster has another working directory.
  folder = workdir.path.resolve() / "checkpoints"
  records.remove_incomplete(folder)
  trainings = []
  for group in groups:
    program_id = program_ids[group.activation]
    own = {
      "task": group.task,
      "activation": program_id,
      "seeds": list(group.seeds),
    }
    path = folder / group.file_name(program_id)
    trainings.append(Training(group, path, {**settings, **own}))
  compilations = 0
  if remote:
    ended = _ended_there(trainings, trainer, status_line, remote, workdir)
  else:
    ended = _ended(trainings, trainer, status_line, jobs)
  for training, outcome in ended:
    scores.add(training.group, outcome.results, outcome.seconds)
    training.path.unlink(missing_ok=True)
    compilations += outcome.compilations
  return compilations


def _ended(
  trainings: Sequence[Training],
  trainer: Trainer,
  status_line: StatusLine,
  jobs: int,
) -> Iterator[tuple[Training, Outcome]]:
  """Trainings with their outcomes, as they end."""
  if jobs > 1:
    units = _units(trainings, jobs)
    yield from in_processes(units, trainer, status_line, jobs)
    return
  for training in trainings:
    line = status_line.begin(training.group)
    outcome = trained(trainer, training, line)
    status_line.end(line, outcome.results)
    yield training, outcome


def _ended_there(
  trainings: Sequence[Training],
  trainer: Trainer,
  status_line: StatusLine,
  remote: Remote,
  workdir: Workdir,
) -> Iterator[tuple[Training, Outcome]]:
  """Trainings on a cluster with their outcomes, as they end."""
  with remote.connect(workdir.path) as cluster:
    say(cluster.description)
    workdir.note({"nodes": cluster.record()})
    units = _units(trainings, remote.num_places(cluster))
    yield from on_cluster(units, trainer, status_line, cluster, remote)


def _units(
  trainings: Sequence[Training], num_places: int
) -> list[list[Training]]:
  """Trainings for a process each, one after the other.

  Those of one task and activation, which share what is compiled; a training
  alone where this would leave places empty.
  """
  units = [
    list(same)
    for _, same in itertools.groupby(trainings, lambda t: t.group[:2])
  ]
  if len(units) < num_places:
    return [[training] for training in trainings]
  return units
