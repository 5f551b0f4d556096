"""A whole training run: every group of seeds that lacks a record, in order."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import jax

from harness.core.trainings.checkpoint import Checkpoint
from harness.core.trainings.scores import Scores
from harness.core.trainings.seed_groups import SeedGroup
from harness.core.trainings.status_line import StatusLine
from harness.core.workdir import Workdir

# Trains a group, or goes on from its checkpoint; returns each seed's result.
Train = Callable[[SeedGroup, Checkpoint], Iterable[Mapping[str, Any]]]


def begin(workdir: Workdir, settings: Mapping[str, Any]) -> None:
  """Writes run.json, with this machine's devices; see `Workdir.begin`."""
  devices = [f"{d.platform}: {d.device_kind}" for d in jax.devices()]
  workdir.begin(settings, devices)


def train_all(
  groups: Iterable[SeedGroup],
  train: Train,
  scores: Scores,
  workdir: Workdir,
  program_ids: Mapping[str, str],
  settings: Mapping[str, Any],
  status_line: StatusLine,
) -> None:
  """Trains groups one after the other; each gets its records when it is done.

  Args:
    groups: what lacks a record.
    train: trains one of them.
    scores: gets the records.
    workdir: holds a checkpoint while a group is trained.
    program_ids: of the activations, by the names in the groups.
    settings: what decides the result of any group.
    status_line: is told which group begins, and its results.
  """
  for group in groups:
    status_line.begin(group)
    program_id = program_ids[group.activation]
    own = {
      "task": group.task,
      "activation": program_id,
      "seeds": list(group.seeds),
    }
    path = workdir.path / "checkpoints" / group.file_name(program_id)
    checkpoint = Checkpoint(path, {**settings, **own})
    results = list(train(group, checkpoint))
    status_line.end(results)
    scores.add(group, results, checkpoint.seconds)
    checkpoint.discard()
