"""A page as the text of an HTML file."""

import re
from pathlib import Path

import pytest

from harness.core.evidence import Estimate
from harness.reporting.document import Column, DataTable, Figure, Page, Text
from harness.reporting.figures import style
from harness.reporting.writers import html
from tests.harness.reporting import pages


def _cells(table: DataTable) -> list[str]:
  return re.findall("<td.*?</td>", html.render(pages.one(table)))


@pytest.fixture(scope="module")
def text() -> str:
  return html.render(pages.sample())


def test_a_file_holds_the_rendered_page(tmp_path: Path) -> None:
  path = tmp_path / "report.html"
  path.write_text("an older one")
  page = pages.sample()
  html.write(page, path)
  assert path.read_text("utf-8") == html.render(page)
  assert list(tmp_path.iterdir()) == [path]


def test_the_same_page_gives_the_same_bytes(text: str) -> None:
  """Drawn anew, and once more."""
  page = pages.sample()
  assert [html.render(page), html.render(page)] == [text, text]


def test_a_policy_forbids_the_network(text: str) -> None:
  policy = (
    "default-src 'none'; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'; img-src data:"
  )
  assert f'http-equiv="Content-Security-Policy" content="{policy}"' in text
  # The name of MathML's language is no address.
  assert "http" not in text.replace("http-equiv", "").replace(
    "http://www.w3.org/1998/Math/MathML", ""
  )


def test_contents_link_to_sections(text: str) -> None:
  links = re.findall('<a href="#(.*?)">(.*?)</a>', text)
  answers, evidence = ("section-1", "Answers"), ("section-2", "Evidence")
  assert links == [answers, answers, evidence]  # An answer, then the contents.
  for name, title in links:
    assert f'<section id="{name}">\n<h2>{title}</h2>' in text


def test_ids_are_unique_and_references_lead_to_them(text: str) -> None:
  ids = re.findall(' id="(.*?)"', text)
  assert len(ids) == len(set(ids))
  references = re.findall(r'url\(#(.*?)\)|href="#(.*?)"', text)
  found = {a or b for a, b in references}
  assert any(name.startswith("curve-") for name in found)
  assert any(name.startswith("curve_again-") for name in found)
  assert found <= set(ids)


def test_figures_are_pictures_with_words(text: str) -> None:
  head = re.search('<figure id="figure-curve".*?>\n(<svg.*?>)', text)
  assert head
  attributes = dict(re.findall('([a-zA-Z-]+)="(.*?)"', head[1]))
  assert attributes["role"] == "img"
  assert attributes["aria-label"] == "Best value so far."
  assert attributes["viewBox"].startswith("0 0 ")
  assert not {"width", "height"} & set(attributes)
  assert "<figcaption>Best value so far.</figcaption>" in text


def test_cells_have_numbers_to_sort_by() -> None:
  columns = (Column("a", 2, signed=True),)
  rows = (
    (Estimate(-0.125, -0.25, 0.5),),
    (1234,),
    (float("inf"),),
    ("a < b",),
    (None,),
  )
  assert _cells(DataTable("t", "A table.", columns, rows)) == [
    '<td class="number" data-column="a" data-value="-0.125">'
    "\N{MINUS SIGN}0.12 <span>(\N{MINUS SIGN}0.25 to +0.50)</span></td>",
    '<td class="number" data-column="a" data-value="1234">+1,234</td>',
    '<td class="number" data-column="a" data-value="Infinity">+inf</td>',
    '<td class="number" data-column="a">a &lt; b</td>',
    '<td class="number empty" data-column="a">-</td>',
  ]


def test_a_column_of_words_is_no_column_of_numbers() -> None:
  table = DataTable("t", "A table.", (Column("a"),), (("-1",), (None,)))
  assert _cells(table) == [
    '<td class="text" data-column="a">-1</td>',
    '<td class="text empty" data-column="a">-</td>',
  ]


@pytest.mark.parametrize("row", [(), ("a", "b")])
def test_a_row_of_another_length_is_refused(row: tuple[str, ...]) -> None:
  with pytest.raises(ValueError):
    html.render(pages.one(DataTable("t", "A table.", (Column("a"),), (row,))))


def test_programs_show_what_changed(text: str) -> None:
  assert (
    '<pre tabindex="0"><code>def activation(x):\n'
    "  return <ins>x * jax.nn.sigmoid(x)</ins>\n"
    "</code></pre>"
  ) in text
  assert ("<code><del>  return jnp.maximum(x, 0)</del>\n</code></pre>") in text


def test_formulas_are_markup(text: str) -> None:
  assert f'title="x * tanh(x)">{pages.MATHML}</div>' in text


def test_only_formulas_are_markup() -> None:
  text = html.render(pages.hostile())
  assert text.count("window.hacked") > 20
  for tag in ("<script>window", "<img", "</style></title>"):
    assert tag not in text
  assert text.count("<script>") == 1


@pytest.mark.filterwarnings("ignore:Glyph .* missing")
def test_unprintable_characters_are_replaced() -> None:
  """A name with a byte that is not UTF-8, and control characters."""
  bad = "a\udcff\x00\x1b"
  figure, axes = style.axes()
  axes.set_title(bad.replace("\udcff", ""))
  text = html.render(pages.one(Text(bad), Figure("f", bad, figure)))
  assert "<p>a���</p>" in text
  assert "a��</text>" in text


def test_an_empty_page() -> None:
  assert "<h1>None</h1>" in html.render(Page("None", (), ()))
