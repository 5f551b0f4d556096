import multiprocessing
import threading

import numpy as np
import pytest

from tasks.clrs30.data.splits.transfer import Stage, receive, send


def test_arrays_come_whole_and_can_be_written_to() -> None:
  large = np.arange(300_000.0).reshape(3, 100_000)  # More than one part.
  message = {"large": large, "turned": large.T, "none": np.empty((0, 2))}
  ours, theirs = multiprocessing.Pipe()
  sender = threading.Thread(target=send, args=(theirs, message))
  sender.start()
  ticks: list[None] = []
  found = receive(ours, lambda: ticks.append(None))
  sender.join()
  assert found.keys() == message.keys()
  for name, values in message.items():
    np.testing.assert_array_equal(found[name], values)
    found[name][...] = 0
  assert len(ticks) > 2


@pytest.mark.parametrize("begun", [False, True])
def test_a_closed_end_is_the_end(begun: bool) -> None:
  ours, theirs = multiprocessing.Pipe()
  send(theirs, Stage("reading"))
  if begun:
    theirs.send((b"", [8]))
  theirs.close()
  assert receive(ours, lambda: None) == Stage("reading")
  with pytest.raises(EOFError):
    receive(ours, lambda: None)
