"""Commands in processes that are forked from one which has imported JAX.

A command that ends by a mistake is the whole command, but takes a tenth of a
second instead of the four that imports take. Run as a module, this is the
process that forks: it reads requests as lines of JSON, and answers each.
"""

import json
import os
import runpy
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from tests import ROOT

# Imported once, before any fork.
_IMPORTED = (
  "haiku, optax, evolve.runs.search, evolve.runs.score, tasks.lab.fitness, "
  "tasks.lab.listing, evolve.proposers.llm.client"
)


class ForkedCommands:
  """Runs commands one after the other."""

  def __init__(self) -> None:
    self._process = subprocess.Popen(
      [sys.executable, "-m", "tests.harness.forked"],
      cwd=ROOT,
      env={**os.environ, "JAX_PLATFORMS": "cpu"},
      stdin=subprocess.PIPE,
      stdout=subprocess.PIPE,
      text=True,
    )

  def run(
    self,
    module: str,
    *arguments: str,
    variables: Mapping[str, str | None] = MappingProxyType({}),
  ) -> tuple[int, str, list[str]]:
    """Exit status, standard output, and the lines of standard error.

    Args:
      module: of the command, as for `python -m`.
      arguments: of the command.
      variables: of its environment, which lacks those that are None.
    """
    assert self._process.stdin and self._process.stdout
    with tempfile.TemporaryDirectory() as directory:
      request = (module, arguments, dict(variables), directory)
      print(json.dumps(request), file=self._process.stdin, flush=True)
      status = int(self._process.stdout.readline())
      out, err = (Path(directory, name).read_text() for name in ("out", "err"))
    return status, out, err.splitlines()

  def close(self) -> None:
    """Ends the process that forks."""
    self._process.communicate()


def main() -> None:
  """Answers requests until the input ends."""
  exec(f"import {_IMPORTED}")
  for line in sys.stdin:
    child = os.fork()
    if not child:
      _become(*json.loads(line))
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)


def _become(
  module: str,
  arguments: list[str],
  variables: dict[str, str | None],
  directory: str,
) -> None:
  """Turns this process into the command, to its end."""
  for descriptor, name in ((1, "out"), (2, "err")):
    os.dup2(
      os.open(f"{directory}/{name}", os.O_CREAT | os.O_WRONLY), descriptor
    )
  os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
  for name, value in variables.items():
    os.environ.pop(name, None)
    if value is not None:
      os.environ[name] = value
  sys.argv = [module, *arguments]
  status = 1
  try:
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    status = 0
  except SystemExit as error:
    status = (
      error.code if isinstance(error.code, int) else int(bool(error.code))
    )
  except BaseException:
    traceback.print_exc()
  finally:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
  main()
