"""The trial of a task before any work: it is drawn once from every band."""

import numpy as np

from harness.core.errors import UserError
from tasks.lab import registry
from tasks.lab.networks import NODE_FEATURES
from tasks.lab.sample import BadSampleError, Band

_COUNT = 12  # Examples of each band, over all of its sizes.


def try_out(task: registry.Task) -> None:
  """Draws a few examples.

  Raises:
    UserError: what its author wrote raises, or returns something else than is
      needed; names the task and its file.
  """
  try:
    for band in Band:
      inputs = task.sample(np.random.default_rng(0), band, _COUNT).inputs
      _check_features(inputs)
  except BadSampleError as error:
    raise UserError(_of(task, str(error))) from error
  except Exception as error:  # An author may raise anything.
    reason = f"drawing it raises {type(error).__name__}: {error}"
    raise UserError(_of(task, reason)) from error


def _check_features(inputs: dict[str, np.ndarray]) -> None:
  features = inputs["nodes"].shape[-1] if "nodes" in inputs else 1
  if not 1 <= features <= NODE_FEATURES:
    raise BadSampleError(
      f"its nodes have {features} features; the lab's network takes 1 to "
      f"{NODE_FEATURES}"
    )


def _of(task: registry.Task, flaw: str) -> str:
  return f"task {task.name!r} of {registry.origin(task)}: {flaw}"
