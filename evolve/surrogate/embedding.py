"""Embeddings of functions in the plane, by UMAP (McInnes et al., 2018)."""

import contextlib
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from harness.core import extras
from harness.core.errors import UserError

FEWEST = 20  # Functions: neighbours of fewer say nothing.
# As in arXiv 2301.05785.
_OUTPUT_NEIGHBOURS, _FISHER_NEIGHBOURS = 15, 3


def union(
  outputs: np.ndarray, spectra: np.ndarray, seed: int = 0
) -> np.ndarray:
  """The embedding of functions by outputs and Fisher spectra, [N, 2].

  The union of the graphs of both features.

  Args:
    outputs: [N, points].
    spectra: `Fisher.weighted`, [N, d].
    seed: of both embeddings.

  Returns:
    NaN for a function that lacks either feature.

  Raises:
    UserError: umap-learn is not installed, or hardly any function has both.
  """
  has = np.isfinite(outputs).all(axis=1) & np.isfinite(spectra).all(axis=1)
  if has.sum() < FEWEST:
    raise UserError(
      f"{has.sum()} functions have finite outputs and gradients; an embedding "
      f"takes {FEWEST} or more"
    )
  umap = _umap()
  with warnings.catch_warnings():
    # With a seed it runs on one core, which it says.
    warnings.filterwarnings("ignore", message="n_jobs value")
    # Far outliers are connected to none.
    warnings.filterwarnings("ignore", message=".*disconnected.*")
    by_outputs = umap.UMAP(
      n_neighbors=_OUTPUT_NEIGHBOURS, metric="euclidean", random_state=seed
    ).fit(outputs[has])
    by_spectra = umap.UMAP(
      n_neighbors=_FISHER_NEIGHBOURS, metric="manhattan", random_state=seed
    ).fit(spectra[has])
    joined = by_outputs + by_spectra
  found = np.full((len(outputs), 2), np.nan)
  found[has] = joined.embedding_
  return found


def _umap() -> Any:
  with _without_tensorflow(), warnings.catch_warnings():
    warnings.simplefilter("ignore")
    try:
      import umap
    except ImportError as error:
      raise extras.missing("surrogate", error) from error
  return umap


@contextlib.contextmanager
def _without_tensorflow() -> Iterator[None]:
  """Hides TensorFlow from umap, which imports it for a network of its own."""
  if "tensorflow" in sys.modules:
    yield
    return
  sys.modules["tensorflow"] = None  # type: ignore[assignment]
  try:
    yield
  finally:
    del sys.modules["tensorflow"]
