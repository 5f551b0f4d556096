"""Standard error discarded, for libraries that write there whatever is set."""

import contextlib
import os
from collections.abc import Iterator


@contextlib.contextmanager
def stderr_discarded() -> Iterator[None]:
  """Sends what this process writes to standard error nowhere."""
  kept = os.dup(2)
  try:
    with open(os.devnull, "wb") as nothing:
      os.dup2(nothing.fileno(), 2)
    yield
  finally:
    os.dup2(kept, 2)
    os.close(kept)
