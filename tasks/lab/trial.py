"""The trial of a task before any work: it is drawn once from every band."""

import numpy as np

from harness.core.errors import UserError
from tasks.lab import registry
from tasks.lab.networks import FAMILIES, MLP_INPUTS, NODE_FEATURES, NUM_LOGITS
from tasks.lab.sample import BadSampleError, Band, Sample
from tasks.lab.task import Task

_COUNT = 12  # Examples of each band, over all of its sizes.


def try_out(task: Task) -> None:
  """Draws a few examples.

  Raises:
    UserError: what its author wrote raises, or returns something else than is
      needed; names the task and its file.
  """
  try:
    _check_network(task)
    for band in Band:
      _check_sizes(task.sample(np.random.default_rng(0), band, _COUNT))
  except BadSampleError as error:
    raise UserError(_of(task, str(error))) from error
  except Exception as error:  # An author may raise anything.
    reason = f"drawing it raises {type(error).__name__}: {error}"
    raise UserError(_of(task, reason)) from error


def _check_network(task: Task) -> None:
  if task.network not in FAMILIES:
    raise BadSampleError(
      f"its network is {task.network!r}; one of {', '.join(FAMILIES)} is needed"
    )
  if task.num_classes > NUM_LOGITS:
    raise BadSampleError(
      f"it has {task.num_classes} classes; the lab's networks tell "
      f"{NUM_LOGITS} apart at most"
    )


def _check_sizes(sample: Sample) -> None:
  for name, what, most in (
    ("x", "it has {} inputs", MLP_INPUTS),
    ("nodes", "its nodes have {} features", NODE_FEATURES),
  ):
    width = sample.inputs[name].shape[-1] if name in sample.inputs else 1
    if not 1 <= width <= most:
      raise BadSampleError(
        f"{what.format(width)}; the lab's network takes 1 to {most}"
      )
  outputs = sample.targets.shape[2] if sample.targets.ndim > 2 else 1
  if not 1 <= outputs <= NUM_LOGITS:
    raise BadSampleError(
      f"it asks for {outputs} outputs of each node; the lab's network has "
      f"{NUM_LOGITS}"
    )


def _of(task: Task, flaw: str) -> str:
  return f"task {task.name!r} of {registry.origin(task)}: {flaw}"
