"""Curves for TensorBoard, written without TensorFlow."""

import time
from collections.abc import Mapping
from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

# In a workdir; its folders are what TensorBoard calls runs.
FOLDER = "tensorboard"


class Scalars:
  """Writes named numbers by step into a new event file of a folder."""

  def __init__(self, folder: Path):
    """Earlier files stay; TensorBoard joins them."""
    folder.mkdir(parents=True, exist_ok=True)
    now = time.time()
    name = f"events.out.tfevents.{now:.6f}"
    self._writer = RecordWriter(open(folder / name, "wb"))  # noqa: SIM115
    self._add(Event(wall_time=now, file_version="brain.Event:2"))

  def write(self, step: int, values: Mapping[str, float]) -> None:
    """Adds a point to each curve; it is in the file when this returns."""
    points = [
      Summary.Value(tag=tag, simple_value=value)
      for tag, value in values.items()
    ]
    summary = Summary(value=points)
    self._add(Event(wall_time=time.time(), step=step, summary=summary))

  def _add(self, event: Event) -> None:
    self._writer.write(event.SerializeToString())
    self._writer.flush()

  def __enter__(self) -> "Scalars":
    return self

  def __exit__(self, *error: object) -> None:
    self._writer.close()
