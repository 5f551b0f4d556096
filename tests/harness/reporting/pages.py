"""A small page with every kind of block, and one that means harm."""

import numpy as np
from matplotlib.figure import Figure as Drawing

from harness.core.evidence import Estimate
from harness.reporting.document import (
  Block,
  Code,
  Column,
  DataTable,
  Figure,
  Formula,
  Page,
  Section,
  Text,
)
from harness.reporting.figures import style

# Sets window.hacked if it ever becomes part of a page.
HOSTILE = "</style></title><script>window.hacked = 1</script>" + (
  "\"'><img src=x onerror='window.hacked = 1'>"
)
MATHML = (
  '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">'
  "<mi>x</mi><mo>·</mo><mi>tanh</mi><mo>(</mo><mi>x</mi><mo>)</mo></math>"
)
SKILLS = DataTable(
  "skills",
  "OOD score by activation.",
  (
    Column("activation"),
    Column("skill"),
    Column("difference", 2, signed=True),
    Column("seeds"),
    Column("status"),
  ),
  (
    ("relu", Estimate(0.9, 0.85, 0.95), None, 8, "OK"),
    ("gelu", Estimate(0.25), -0.125, 1024, "OK"),
    ("sin", None, 10.0, 16, None),
    ("Elu", Estimate(0.5, 0.4, 0.6), 2.5, 2, "DIVERGED"),
  ),
)
EMPTY = DataTable("empty", "Nothing yet.", (Column("run"), Column("s")), ())
CODE = Code(
  "Program 4f2a",
  (
    (("def activation(x):", False),),
    (("  return ", False), ("x * jax.nn.sigmoid(x)", True)),
  ),
  ("  return jnp.maximum(x, 0)",),
)


def sample() -> Page:
  """Twice the same drawing, so that their ids would clash."""
  found = (
    Text("Trained on the same data."),
    SKILLS,
    Figure("curve", "Best value so far.", _curve()),
    Figure("curve_again", "The same once more.", _curve()),
  )
  rest = (
    CODE,
    Formula(MATHML, "x * tanh(x)"),
    _wide(),
    EMPTY,
    Figure("heat_map", "Skill by task.", _heat_map()),
  )
  return Page(
    "What was found",
    (Figure("winner", "The winner.", _curve()), Text("Of the winner.")),
    (
      Section("Answers", found, ("gelu beats relu.", "Nothing else does.")),
      Section("Evidence", rest),
    ),
  )


def hostile() -> Page:
  """Harmful text wherever there can be text."""
  blocks: tuple[Block, ...] = (
    Text(HOSTILE),
    DataTable("t", HOSTILE, (Column(HOSTILE),), ((HOSTILE,),)),
    Figure("f", HOSTILE, _labelled(HOSTILE)),
    Code(HOSTILE, (((HOSTILE, False), (HOSTILE, True)),), (HOSTILE,)),
    Formula(MATHML, HOSTILE),
  )
  sections = (Section(HOSTILE, blocks, (HOSTILE,)),)
  return Page(HOSTILE, (Text(HOSTILE),), sections)


def one(*blocks: Block) -> Page:
  """A page of these blocks."""
  return Page("A page", (), (Section("A section", blocks),))


def _curve() -> Drawing:
  figure, axes = style.axes()
  axes.plot([0.1, 0.4, 0.5, 0.8], label="relu", marker="o", **style.line(0))
  axes.set_xlabel("evaluations")
  axes.legend()
  return figure


def _heat_map() -> Drawing:
  """An image, with a bar of its colours that constrains the layout."""
  figure, axes = style.axes()
  image = axes.imshow(np.arange(12).reshape(3, 4), cmap=style.ORDERED)
  figure.colorbar(image, label="skill")
  return figure


def _labelled(label: str) -> Drawing:
  figure, axes = style.axes()
  axes.set_title(label, parse_math=False)
  return figure


def _wide() -> DataTable:
  """More columns than a phone has room for, and a name without a break."""
  row = ("runs/" + "a" * 60, *(Estimate(0.5, 0.4, 0.6) for _ in range(12)))
  columns = (Column("run"), *(Column(f"task {i}") for i in range(12)))
  return DataTable("wide", "Skill by task.", columns, (row,))
