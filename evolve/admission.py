"""Lets activations into the caller's process, once a worker has seen them."""

from collections.abc import Mapping

from evolve import language
from evolve.evaluation import probe_job, probe_of
from evolve.probe import Admission
from evolve.program import Program
from evolve.workers.pool import WorkerPool
from harness.core.errors import UserError
from harness.core.fitness import Activation, Report


def admit(
  programs: Mapping[str, Program], admission: Admission
) -> dict[str, Activation]:
  """The functions of programs, by name.

  Each is checked against the language and probed in a confined worker before it
  is defined here.

  Args:
    programs: untrusted, by the name that was given.
    admission: what they must satisfy.

  Raises:
    UserError: one of them is not admitted; says why.
  """
  with WorkerPool({}, num_workers=1) as pool:
    names = {
      pool.submit(probe_job(program, admission)): name
      for name, program in programs.items()
    }
    while names:
      for answer in pool.wait():
        name, found = names.pop(answer.job), probe_of(answer)
        if isinstance(found, Report):
          raise UserError(
            f"activation {name} is refused: {found.status}: {found.feedback}"
          )
  return {name: language.load(p.source) for name, p in programs.items()}
