"""The number of programs that XLA compiles in this process."""

import jax.monitoring

_EVENT = "/jax/core/compile/backend_compile_duration"


class Compilations:
  """A count that begins when it is made.

  Attributes:
    count: programs compiled by now.
  """

  def __init__(self) -> None:
    self.count = 0
    jax.monitoring.register_event_duration_secs_listener(self._hear)

  def _hear(
    self, event: str, duration_secs: float, **unused: str | int
  ) -> None:
    self.count += event == _EVENT
