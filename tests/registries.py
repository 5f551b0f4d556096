"""Registries that tests may change."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from harness.core import user_module
from harness.core.registry import Registry


@contextmanager
def restored(
  registry: Registry[Any], monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
  """Lets a test load modules, which are gone after it."""
  registry.discover()
  for owner, name in (
    (registry, "items"),
    (registry, "files"),
    (registry, "additions"),
    (user_module, "_loaded"),
  ):
    monkeypatch.setattr(owner, name, dict(getattr(owner, name)))
  monkeypatch.setattr(sys, "path", list(sys.path))
  known = set(sys.modules)
  yield
  for name in set(sys.modules) - known:
    del sys.modules[name]
