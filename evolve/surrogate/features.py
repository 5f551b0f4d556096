"""Features of formulas that are computed without training."""

import dataclasses
from collections.abc import Sequence

import jax.numpy as jnp
import numpy as np

from evolve.proposers.spaces.enumeration import inputs
from evolve.proposers.spaces.formula import Formula
from evolve.surrogate import embedding
from evolve.surrogate.fisher import Fisher
from evolve.surrogate.mapping import FormulaMap

_CHUNK = 256


@dataclasses.dataclass(frozen=True)
class Features:
  """Features of N functions; a row that is not finite is missing.

  Attributes:
    outputs: float32 [N, points].
    spectra: Fisher spectra, float32 [N, d], see `Fisher.weighted`.
    union: the embedding by both, [N, 2].
  """

  outputs: np.ndarray
  spectra: np.ndarray
  union: np.ndarray

  @classmethod
  def of(cls, formulas: Sequence[Formula], fisher: Fisher) -> "Features":
    """Computes them, in a minute or two for some thousand formulas.

    Raises:
      UserError: umap-learn is not installed.
    """
    first = outputs(formulas)
    second = fisher.weighted(spectra(fisher, formulas)).astype(np.float32)
    return cls(first, second, embedding.union(first, second))

  @classmethod
  def of_outputs(cls, formulas: Sequence[Formula]) -> "Features":
    """Outputs alone, where there is no network."""
    count = len(formulas)
    missing = [np.full((count, d), np.nan, np.float32) for d in (1, 2)]
    return cls(outputs(formulas), *missing)

  @property
  def has_fisher(self) -> bool:
    """True if there is a network, and Fisher spectra of it."""
    return bool(np.isfinite(self.spectra).any())


def outputs(formulas: Sequence[Formula]) -> np.ndarray:
  """Values of formulas on draws of a normal distribution, float32 [N, 1000]."""
  x = jnp.asarray(inputs(), jnp.float32)
  return FormulaMap(lambda activation: activation(x), formulas, _CHUNK)(
    formulas
  )


def spectra(fisher: Fisher, formulas: Sequence[Formula]) -> np.ndarray:
  """Fisher spectra of formulas, float32 [len(formulas), layers, bins].

  NaN where a gradient is not finite.
  """
  return FormulaMap(fisher.spectra, formulas, _CHUNK)(formulas)
