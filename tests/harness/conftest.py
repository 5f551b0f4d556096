"""Commands, forked or in this process, and a browser for their pages."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from evolve.runs import admit
from tests.harness import training_commands
from tests.harness.forked import ForkedCommands
from tests.harness.training_commands import Command, Main
from tests.registries import restored


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


@pytest.fixture
def own_algorithms(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
  """Removes the algorithms of --algorithm_module after a test."""
  from tasks.clrs30 import registry  # Only now: with it comes dm-clrs.

  with restored(registry._registry, monkeypatch):
    yield


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
  """Chromium without a window; BROWSER=no skips the tests that need it."""
  if os.environ.get("BROWSER") == "no":
    pytest.skip("BROWSER=no")
  chromium = shutil.which("chromium")
  if not chromium:
    pytest.fail(
      "no chromium: apt-get install chromium, or set BROWSER=no", pytrace=False
    )
  with sync_playwright() as playwright:
    # Its sandbox refuses to run as root; the pages are ours.
    browser = playwright.chromium.launch(
      executable_path=chromium, args=["--no-sandbox"]
    )
    yield browser
    browser.close()
