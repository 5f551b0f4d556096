"""Curves of a training, read from its event file without TensorFlow."""

import struct
from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event

Curves = dict[str, list[tuple[int, float]]]  # Steps and values by name.


def read_curves(folder: Path) -> Curves:
  """The curves in the one event file of a folder."""
  (file,) = folder.glob("events*")
  data, curves = file.read_bytes(), Curves()
  while data:  # A length, its checksum, an event, its checksum.
    (length,) = struct.unpack("<Q", data[:8])
    event = Event.FromString(data[12 : 12 + length])
    for point in event.summary.value:
      curves.setdefault(point.tag, []).append((event.step, point.simple_value))
    data = data[16 + length :]
  return curves


def read_by_tensorboard(folder: Path) -> Curves:
  """The same curves, as TensorBoard reads them, which imports TensorFlow."""
  from tensorboard.backend.event_processing import event_accumulator

  (file,) = folder.iterdir()
  accumulator = event_accumulator.EventAccumulator(str(file))
  accumulator.Reload()
  return {
    name: [(event.step, event.value) for event in accumulator.Scalars(name)]
    for name in accumulator.Tags()["scalars"]
  }
