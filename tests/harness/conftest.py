"""Processes that commands are forked from, and commands in this process."""

from collections.abc import Iterator

import pytest

from evolve.runs import admit
from tests.harness import training_commands
from tests.harness.forked import ForkedCommands
from tests.harness.training_commands import Command, Main


@pytest.fixture(scope="session")
def commands() -> Iterator[ForkedCommands]:
  """The process that forks commands, one for all tests of a session."""
  running = ForkedCommands()
  yield running
  running.close()


@pytest.fixture
def main(
  command: Command,
  monkeypatch: pytest.MonkeyPatch,
  capsys: pytest.CaptureFixture[str],
) -> Iterator[Main]:
  """The main function of the `command` of a module."""
  with command.main(monkeypatch, capsys) as main:
    yield main


@pytest.fixture
def admitted(monkeypatch: pytest.MonkeyPatch) -> None:
  """Admits activations without a worker, which takes a second."""
  monkeypatch.setattr(admit, "admit", training_commands.admit_unseen)
