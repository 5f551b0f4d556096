"""Loading of an activation as a function."""

import os
from pathlib import Path

from evolve import candidates
from evolve.admission.admission import Admission
from evolve.runs import admit
from harness.core.fitness import Activation


def load(name: str | os.PathLike[str]) -> Activation:
  """An activation as a function, for a model of one's own.

  A file is untrusted: it is checked against the language of candidates and
  probed in a confined process before it is defined here.

  Args:
    name: a named activation, or a path to a .py file that holds one; with
      ":layer" or ":channel" at its end, with trained parameters.

  Returns:
    A function from an array to one of the same shape and dtype. With trained
    parameters, it makes them in the Haiku transform that calls it.

  Raises:
    UserError: there is no such activation, or it is refused; says why.
  """
  name = os.fspath(name)
  program = candidates.resolve(name)
  activation = admit.admit({name: program}, Admission())[name].activation
  activation.__name__ = Path(name).stem  # As evaluate will call it.
  return activation
