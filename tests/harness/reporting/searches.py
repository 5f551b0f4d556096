"""A verified search with two good programs."""

from pathlib import Path

from evolve import activations
from evolve.program import Program
from harness.reporting.runs.search_run import SearchRun
from tests.harness.reporting.directories import (
  read_search,
  report,
  row,
  write_search,
)

RELU, GELU = activations.source("relu"), activations.source("gelu")
FIRST = "def activation(x):\n  return jnp.sin(2 * x)\n"
SECOND = "def activation(x):\n  return jnp.sin(3 * x)\n"


def verified(
  path: Path, new: float, heldout: float, **changes: object
) -> SearchRun:
  """FIRST has 0.75 in the search and is the winner; gelu has 0.5.

  Args:
    path: of its directory.
    new: the value of FIRST on new seeds, further and fresh tasks; SECOND is 0.1
      below where the winner is chosen, and has 0.9 elsewhere.
    heldout: the value of FIRST on held-out tasks.
    **changes: to `search_settings`.
  """
  rows = [
    row(0, RELU, report(0.45)),
    row(1, FIRST, report(0.75), Program(RELU)),
    row(2, SECOND, report(0.7), Program(FIRST), niche=(4, 1, 1, 1)),
  ]
  finals = {
    FIRST: (report(new), report(new), report(heldout)),
    SECOND: (report(new - 0.1), report(0.9), report(0.9)),
    GELU: (report(0.5), report(0.5), report(0.5)),
    RELU: (report(0.25), report(0.25), report(0.5)),
  }
  return read_search(write_search(path, rows, finals, **changes))
