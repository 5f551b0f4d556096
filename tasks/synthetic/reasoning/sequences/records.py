"""Elements larger than all of those before them, by a margin.

  margin  0.1     elements  0.4  0.2  0.7     answers: yes, no, yes

One answer for each node, which hears all those before it. A trend makes records
more frequent; it is drawn, as is the margin. Longer sequences have more
elements to compare.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, links_to_all_before
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  trend = int(rng.integers(1, 5)) / 10
  lead = int(rng.integers(5)) / 20 - 0.1
  margin = round(trend + lead, 2)  # So that no answer becomes rare.
  exponent = float(rng.choice([1, 3]))

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    elements = rng.uniform(size=(count, size)) ** exponent + trend * np.arange(
      size
    )
    largest = np.full((count, size), -1.0)
    largest[:, 1:] = np.maximum.accumulate(elements, axis=1)[:, :-1]
    edges = links_to_all_before(count, size)
    return elements[..., None], edges, elements > largest + margin

  return ReasoningTask(
    parameters={"trend": trend, "margin": margin, "exponent": exponent},
    generate=generate,
    num_classes=2,
  )


register(
  Generator(
    name="records",
    family="reasoning",
    source="left-to-right maxima of a sequence",
    draw=_draw,
    tags=("sequence", "nodes"),
  )
)
