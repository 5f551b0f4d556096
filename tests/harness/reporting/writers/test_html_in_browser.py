"""A page in a browser."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from harness.reporting.writers import html
from tests.harness.reporting import pages

# Widths in pixels.
PHONE = 380
SCREEN = 1200


class Opened:
  """A page in a tab, with its requests and complaints.

  Attributes:
    tab: of the browser.
    address: of its file.
    requests: addresses that were asked for.
    complaints: messages on the console, and errors that nothing caught.
  """

  def __init__(self, tab: Page, path: Path) -> None:
    self.tab = tab
    self.address = path.as_uri()
    self.requests: list[str] = []
    self.complaints: list[str] = []
    tab.on("request", lambda request: self.requests.append(request.url))
    tab.on("console", lambda message: self.complaints.append(message.text))
    tab.on("pageerror", lambda error: self.complaints.append(str(error)))
    tab.goto(self.address)

  def header(self, name: str) -> str:
    return f"#table-skills th:has-text('{name}')"

  def first_column(self) -> list[str]:
    return self.tab.locator(
      "#table-skills tbody td:first-child"
    ).all_inner_texts()

  def order(self, name: str) -> str | None:
    """The order of a column as its header states it."""
    return self.tab.locator(self.header(name)).get_attribute("aria-sort")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
  path = tmp_path_factory.mktemp("sample") / "a report.html"
  html.write(pages.sample(), path)
  return path


@pytest.fixture(params=[SCREEN, PHONE])
def opened(
  browser: Browser, sample: Path, request: pytest.FixtureRequest
) -> Iterator[Opened]:
  """The sample, on a screen and on a phone."""
  with _open(browser, sample, request.param) as opened:
    yield opened


@contextlib.contextmanager
def _open(browser: Browser, path: Path, width: int) -> Iterator[Opened]:
  """Opens a page, which may ask for nothing and complain about nothing."""
  tab = browser.new_page(viewport={"width": width, "height": 800})
  opened = Opened(tab, path)
  yield opened
  tab.close()
  assert opened.complaints == []
  assert opened.requests == [opened.address]


def _width(tab: Page) -> int:
  return int(tab.evaluate("document.documentElement.scrollWidth"))


def _viewport(tab: Page) -> int:
  assert tab.viewport_size
  return tab.viewport_size["width"]


def test_figures_can_be_seen(opened: Opened) -> None:
  boxes = [svg.bounding_box() for svg in opened.tab.locator("svg").all()]
  assert len(boxes) == 4
  for box in boxes:
    assert box
    assert box["width"] > 300
    assert box["height"] > 150
    assert box["x"] + box["width"] <= _viewport(opened.tab)


def test_the_page_never_scrolls_sideways(opened: Opened) -> None:
  assert _width(opened.tab) <= _viewport(opened.tab)


def test_tables_fit_their_place(opened: Opened) -> None:
  hidden = "element => element.scrollWidth - element.clientWidth"
  places = opened.tab.locator(".scroll").all()
  skills, wide, empty = (place.evaluate(hidden) for place in places)
  assert (skills, empty) == (0, 0)
  # Only a phone stacks: elsewhere a table without room scrolls on its own.
  assert (wide > 100) == (_viewport(opened.tab) > PHONE)


def test_a_phone_stacks_the_cells_of_a_row(
  browser: Browser, sample: Path
) -> None:
  with _open(browser, sample, PHONE) as phone:
    cells = phone.tab.locator("#table-skills tbody tr:nth-child(2) td").all()
    boxes = [box for cell in cells if (box := cell.bounding_box())]
    assert len({box["x"] for box in boxes}) == 1
    tops = [box["y"] for box in boxes]
    assert len(tops) == 5 and tops == sorted(set(tops))
    label = "element => getComputedStyle(element, '::before').content"
    assert cells[1].evaluate(label) == '"skill"'
    assert not phone.tab.locator("#table-skills thead").is_visible()


@pytest.fixture
def on_screen(browser: Browser, sample: Path) -> Iterator[Opened]:
  """Tables have headers to sort by where they are no stacks."""
  with _open(browser, sample, SCREEN) as opened:
    yield opened


def test_numbers_sort_as_numbers(on_screen: Opened) -> None:
  """Empty cells come last both ways."""
  on_screen.tab.click(on_screen.header("skill"))
  assert on_screen.first_column() == ["gelu", "Elu", "relu", "sin"]
  assert on_screen.order("skill") == "ascending"
  on_screen.tab.click(on_screen.header("skill"))
  assert on_screen.first_column() == ["relu", "Elu", "gelu", "sin"]
  assert on_screen.order("skill") == "descending"


def test_words_sort_as_words(on_screen: Opened) -> None:
  on_screen.tab.click(on_screen.header("activation"))
  assert on_screen.first_column() == ["Elu", "gelu", "relu", "sin"]
  on_screen.tab.click(on_screen.header("activation"))
  assert on_screen.first_column() == ["sin", "relu", "gelu", "Elu"]


def test_another_header_sorts_anew(on_screen: Opened) -> None:
  on_screen.tab.click(on_screen.header("activation"))
  on_screen.tab.click(on_screen.header("status"))
  assert on_screen.first_column() == ["Elu", "gelu", "relu", "sin"]
  orders = ("activation", "status", "seeds")
  assert [on_screen.order(name) for name in orders] == [
    "none",
    "ascending",
    "none",
  ]


def test_the_keyboard_sorts(on_screen: Opened) -> None:
  on_screen.tab.focus(f"{on_screen.header('seeds')} button")
  on_screen.tab.keyboard.press("Enter")
  assert on_screen.first_column() == ["Elu", "relu", "sin", "gelu"]
  on_screen.tab.keyboard.press("Tab")
  on_screen.tab.keyboard.press("Enter")
  assert on_screen.order("status") == "ascending"


def test_contents_lead_to_sections(opened: Opened) -> None:
  opened.tab.click("nav >> text=Evidence")
  box = opened.tab.locator("h2:has-text('Evidence')").bounding_box()
  assert box and -1 < box["y"] < 200


def test_the_printed_page_shows_all(opened: Opened) -> None:
  opened.tab.emulate_media(media="print")
  assert not opened.tab.locator("nav").is_visible()
  for container in opened.tab.locator(".scroll, pre").all():
    overflow = "element => getComputedStyle(element).overflowX"
    assert container.evaluate(overflow) == "visible"
  pdf = opened.tab.pdf(format="A4")
  assert pdf.startswith(b"%PDF") and len(pdf) > 10_000


def test_no_text_becomes_a_script(browser: Browser, tmp_path: Path) -> None:
  path = tmp_path / "report.html"
  html.write(pages.hostile(), path)
  with _open(browser, path, PHONE) as opened:
    tab = opened.tab
    assert tab.evaluate("window.hacked") is None
    for place in ("title", "h1", "td", "pre ins", "pre del", "svg text"):
      assert pages.HOSTILE in tab.locator(place).all_text_contents()
    assert _width(tab) <= PHONE
