"""A miniature of the data set, and programs that compile quickly."""

from collections.abc import Iterator
from pathlib import Path

import jax
import pytest

from tasks.molhiv.data import layout
from tasks.molhiv.data.molecules import Molecules
from tests.tasks.molhiv import miniature


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
  """Holds 200 molecules in the official layout."""
  data_dir = tmp_path_factory.mktemp("molhiv")
  miniature.write(data_dir)
  return data_dir


@pytest.fixture(scope="session")
def molecules(data_dir: Path) -> Molecules:
  return layout.read(data_dir)


@pytest.fixture(scope="module")
def quick_compilation() -> Iterator[None]:
  """Programs compile in half the time."""
  jax.config.update("jax_disable_most_optimizations", True)
  yield
  jax.config.update("jax_disable_most_optimizations", False)
