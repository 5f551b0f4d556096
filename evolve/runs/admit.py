"""Activations that may be traced in the caller's process."""

import dataclasses
from collections.abc import Mapping

from evolve.admission.admission import Admission
from evolve.admission.probe import Probe
from evolve.program import Program
from evolve.workers.jobs import ProbeJob
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
  with WorkerPool({}, num_workers=1) as pool:
    return {
      name: _admitted(name, program, pool.call(ProbeJob(program, admission)))
      for name, program in programs.items()
    }


def _admitted(name: str, program: Program, found: Probe | Report) -> Admitted:
  if isinstance(found, Report):
    raise UserError(
      f"activation {name} is refused: {found.status}: {found.feedback}"
    )
  activation = program.activation()
  return Admitted(activation, program.id, found.pointwise)
