"""What to call activations on the page."""

from pathlib import Path

from evolve import candidates
from harness.reporting.runs.search_run import SearchRun


class Names:
  """By program id: a winner's, a named activation's, else what was given."""

  def __init__(self, searches: tuple[SearchRun, ...]):
    """Knows the winners of the searches of the report."""
    self._known = {
      run.winner.program_id: f"winner of {run.run.label}"
      for run in searches
      if run.winner
    }
    self._known |= {p.id: name for name, p in candidates.named().items()}

  def of(self, program_id: str, given: str) -> str:
    """The name of a program; `given` is a name, or the path of a file."""
    return self._known.get(program_id, "/".join(Path(given).parts[-2:]))
