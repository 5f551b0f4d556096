"""Files with tasks as users write them."""

from pathlib import Path

_TEXT = """
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="{name}",
    family="extra",
    source="a test",
    suites=({suites}),
    inputs={{"x": Interval(0, 1)}},
    function={function},
  )
)
"""


def write_tasks(
  path: Path,
  *names: str,
  suites: str = "",
  function: str = "lambda x: np.sin(3 * x)",
) -> str:
  """Writes tasks of those names to a file.

  Args:
    path: of the file.
    names: of the tasks.
    suites: as written between parentheses.
    function: as written.

  Returns:
    The path.
  """
  texts = (
    _TEXT.format(name=name, suites=suites, function=function) for name in names
  )
  path.write_text("import numpy as np\n" + "".join(texts))
  return str(path)
