"""A browser to open reports in."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright


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
