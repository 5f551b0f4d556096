"""Features of formulas that are computed without training."""

from collections.abc import Sequence

import numpy as np

from evolve.proposers.spaces.formula import Formula
from evolve.surrogate.fisher import Fisher
from evolve.surrogate.mapping import FormulaMap


def spectra(fisher: Fisher, formulas: Sequence[Formula]) -> np.ndarray:
  """Fisher spectra of formulas, float32 [len(formulas), layers, bins].

  NaN where a gradient is not finite.
  """
  return FormulaMap(fisher.spectra, formulas)(formulas)
