"""A registry that a test may change."""

from collections.abc import Iterator

import pytest

from tasks.clrs30 import registry
from tests.registries import restored


@pytest.fixture
def own_registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
  """Removes the algorithms and modules of a test after it."""
  with restored(registry._registry, monkeypatch):
    yield
