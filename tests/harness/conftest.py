"""The process that forks commands, one for all tests of a session."""

from collections.abc import Iterator

import pytest

from tests.harness.forked import ForkedCommands


@pytest.fixture(scope="session")
def commands() -> Iterator[ForkedCommands]:
  running = ForkedCommands()
  yield running
  running.close()
