"""A registry that a test may change."""

import sys
from collections.abc import Iterator

import pytest

from harness.core import user_module
from tasks.lab import registry


@pytest.fixture
def own_registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
  """Removes the tasks and modules of a test after it."""
  registry.discover()
  for module, name in (
    (registry, "_generators"),
    (registry, "_additions"),
    (user_module, "_loaded"),
  ):
    monkeypatch.setattr(module, name, dict(getattr(module, name)))
  monkeypatch.setattr(sys, "path", list(sys.path))
  known = set(sys.modules)
  yield
  for name in set(sys.modules) - known:
    del sys.modules[name]
