"""The process that reads a test split, and alone needs TensorFlow for it.

  python -m tasks.clrs30.data.splits.process DESCRIPTOR ALGORITHM DATA_DIR

It ends when its standard input does: when whoever started it is gone.
"""

import os
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from harness.core.errors import UserError
from tasks.clrs30.data.splits.transfer import Failure, Stage, one_line, send


def main() -> None:
  threading.Thread(target=_end_with_parent, daemon=True).start()
  algorithm, data_dir = sys.argv[2], Path(sys.argv[3])
  with Connection(int(sys.argv[1]), readable=False) as parent:
    send(parent, _answer(algorithm, data_dir, parent))


def _answer(
  algorithm: str, data_dir: Path, parent: "Connection[Any, Any]"
) -> Any:
  """The split, or a Failure."""
  try:
    # Here, and not above, so that it can fail with a message.
    from tasks.clrs30.data.splits.tfds_reader import read_test_split
  except Exception as error:
    return _without_tensorflow(error)
  try:
    return read_test_split(
      algorithm, data_dir, lambda line: send(parent, Stage(line))
    )
  except UserError as error:
    return Failure(str(error))
  except ImportError as error:  # TFDS imports some things late.
    return _without_tensorflow(error)
  except Exception as error:
    return Failure(
      f"can't have the test split of {algorithm} in {data_dir}: "
      f"{one_line(error)}; choose another --data_dir"
    )


def _without_tensorflow(error: Exception) -> Failure:
  return Failure(
    "the test splits need TensorFlow and tensorflow-datasets, which can't be "
    f"imported ({one_line(error)}): pip install 'actmine[clrs]', or carry the "
    "samples here from a machine that has them (--samples_dir)"
  )


def _end_with_parent() -> None:
  os.read(sys.stdin.fileno(), 1)
  os._exit(1)


if __name__ == "__main__":
  main()
