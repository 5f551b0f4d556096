"""An algorithm made of a few plain functions, as a file of one's own has it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import clrs
import numpy as np
from clrs._src import samplers

from harness.core import user_module
from harness.core.errors import UserError
from tasks.clrs30 import specification
from tasks.clrs30.algorithm import MIN_NODES, Algorithm
from tasks.clrs30.trace import Trace

# The arguments of a run: whatever `draw` returns.
Instance = tuple[Any, ...]
Draw = Callable[[np.random.RandomState, int], Instance]
_LONGEST: int = clrs.CLRS30["test"]["length"]


def own_algorithm(
  *,
  name: str,
  spec: Mapping[str, tuple[str, str, str]],
  draw: Draw,
  run: Callable[..., None],
  draw_training: Draw | None = None,
  num_samples_multiplier: int = 1,
  min_nodes: int = MIN_NODES,
) -> Algorithm:
  """An algorithm of one's own, to be registered.

  Args:
    name: an identifier.
    spec: (stage, location, type) of each probe, in the words of dm-clrs: input,
      hint or output; node, edge or graph; scalar, mask, mask_one, categorical,
      pointer or should_be_permutation. No output is a scalar. The input `pos`
      is added. Predecessors that stay the same are an input.
    draw: returns an instance of a number of nodes, as a tuple, all of whose
      random numbers are from the generator.
    run: solves it, given a Trace and then the parts of the instance.
    draw_training: the same as `draw` for training and validation, if they
      differ from the test.
    num_samples_multiplier: trajectories of validations and tests, as a multiple
      of the benchmark's 32, for outputs with little to predict.
    min_nodes: the fewest on which `draw` works.

  Raises:
    UserError: the specification or another argument can't be used.
  """
  if not name.isidentifier():
    raise UserError(f"algorithm {name!r}: give it a name such as 'my_sort'")
  if not MIN_NODES <= min_nodes <= _LONGEST:
    raise UserError(
      f"algorithm {name!r}: min_nodes is {min_nodes}; take {MIN_NODES} to "
      f"{_LONGEST}, the length of tests"
    )
  if num_samples_multiplier < 1:
    raise UserError(
      f"algorithm {name!r}: num_samples_multiplier is "
      f"{num_samples_multiplier}; take 1 or more"
    )
  with _blamed(name, "spec"):
    whole = specification.completed(spec)

  class Sampler(samplers.Sampler):
    """dm-clrs' batches of instances that `draw` returns."""

    CAN_TRUNCATE_INPUT_DATA = False  # type: ignore[assignment]

    def _sample_data(self, length: int, draw: Draw = draw) -> list[Any]:
      """The number of nodes, and the parts of an instance."""
      with _blamed(name, "draw", draw):
        instance = draw(self._rng, length)
        if not isinstance(instance, tuple):
          raise UserError(
            f"draw returns {type(instance).__name__}; make it a tuple, as in "
            "`return (weights,)`"
          )
      return [length, *instance]

  def traced(num_nodes: int, *instance: Any) -> tuple[None, Any]:
    trace = Trace(whole, num_nodes)
    with _blamed(name, "run", run):
      run(trace, *instance)
      return None, trace.finished()

  return Algorithm(
    name,
    whole,
    Sampler,
    traced,
    lambda length: {"draw": draw_training} if draw_training else {},
    num_samples_multiplier=num_samples_multiplier,
    min_nodes=min_nodes,
  )


@contextmanager
def _blamed(
  name: str, what: str, function: Callable[..., Any] | None = None
) -> Iterator[None]:
  """Turns errors of a user's function into one line each.

  Args:
    name: of the algorithm.
    what: the argument that it was given as.
    function: the user's.
  """
  try:
    yield
  except UserError as error:
    raise UserError(f"algorithm {name!r}: {error}") from error
  except Exception as error:
    file = getattr(getattr(function, "__code__", None), "co_filename", "")
    reason = " ".join(f"{type(error).__name__}: {error}".split())
    raise UserError(
      f"algorithm {name!r}: {what} fails, {reason}"
      f"{user_module.line_of(error, file)}"
    ) from error
