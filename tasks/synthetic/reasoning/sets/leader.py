"""The mark of the element that is first by a weighted sum of its keys.

  weights  1, -0.5     keys  (0.2, 0.9)  (0.7, 0.4)     marks  b  a
  sums  -0.25  0.5     answer: a

The number of marks is drawn. In larger sets more elements compete, and the
first two lie closer to each other.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, one_hot
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  num_marks = int(rng.integers(2, 5))
  angle = int(rng.integers(10)) * 36

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    keys = rng.uniform(size=(count, size, 2))
    marks = rng.integers(num_marks, size=(count, size))
    nodes = np.concatenate([keys, one_hot(marks, num_marks)], axis=-1)
    direction = np.cos(np.radians([angle, angle - 90]))
    first = (keys @ direction).argmax(axis=1)
    return nodes, None, marks[np.arange(count), first]

  return ReasoningTask(
    parameters={"angle": angle, "marks": num_marks},
    generate=generate,
    num_classes=num_marks,
  )


register(
  Generator(
    name="leader",
    family="reasoning",
    source="selection by a linear key",
    draw=_draw,
    tags=("set",),
  )
)
