"""Files with tasks as users write them."""

from pathlib import Path

_TEXT = """
from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  Generator(
    name="{name}",
    family="extra",
    source="a test",
    draw=lambda rng: RegressionTask(
      inputs={{"x": Interval(0, 1)}}, function={function}
    ),
    streams=({streams}),
  )
)
"""


def write_tasks(
  path: Path,
  *names: str,
  streams: str = '"lab",',
  function: str = "lambda x: np.sin(3 * x)",
) -> str:
  """Writes generators of one task each to a file.

  Args:
    path: of the file.
    names: of the tasks.
    streams: as written between parentheses.
    function: as written.

  Returns:
    The path.
  """
  texts = (
    _TEXT.format(name=name, streams=streams, function=function)
    for name in names
  )
  path.write_text("import numpy as np\n" + "".join(texts))
  return str(path)
