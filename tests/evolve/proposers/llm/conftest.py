"""Fixtures of the tests of language models."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
  for name in os.environ:
    if name.upper().endswith("_PROXY") or name.startswith(("OPENAI_", "LLM_")):
      monkeypatch.delenv(name)


@pytest.fixture
def path(tmp_path: Path) -> Path:
  return tmp_path / "programs.sqlite"


class _Lines(logging.Handler):
  """The lines of all loggers, whatever they pass on."""

  def __init__(self) -> None:
    super().__init__(logging.DEBUG)
    self.lines: list[str] = []

  def emit(self, record: logging.LogRecord) -> None:
    if record.name != "asyncio":  # It logs its event loops.
      self.lines.append(f"{record.name}: {self.format(record)}")


@pytest.fixture
def log() -> Iterator[list[str]]:
  """All lines that are logged."""
  handler, root = _Lines(), logging.getLogger()
  ours, level = logging.getLogger("actmine"), root.level
  propagates, ours.propagate = ours.propagate, True
  root.addHandler(handler)
  root.setLevel(logging.DEBUG)
  yield handler.lines
  root.removeHandler(handler)
  root.setLevel(level)
  ours.propagate = propagates
