"""Lets activations into the caller's process, once a worker has seen them."""

import dataclasses
from collections.abc import Mapping

from evolve import language
from evolve.admission.probe import Admission
from evolve.program import Program
from evolve.workers.evaluation import probe_job, probe_of
from evolve.workers.pool import WorkerPool
from harness.core.errors import UserError
from harness.core.fitness import Activation, Report


@dataclasses.dataclass(frozen=True)
class Admitted:
  """A program that may be traced here.

  Attributes:
    activation: its function.
    program_id: see Program.
    pointwise: whether each output depends on its own input alone.
  """

  activation: Activation
  program_id: str
  pointwise: bool


def admit(
  programs: Mapping[str, Program], admission: Admission
) -> dict[str, Admitted]:
  """The functions of programs, by name.

  Each is checked against the language and probed in a confined worker before it
  is defined here.

  Args:
    programs: untrusted, by the name that was given.
    admission: what they must satisfy.

  Raises:
    UserError: one of them is not admitted; says why.
  """
  admitted = {}
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
        program = programs[name]
        activation = language.load(program.source)
        admitted[name] = Admitted(activation, program.id, found.pointwise)
  return {name: admitted[name] for name in programs}
